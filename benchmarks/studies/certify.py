"""Golden values of each cell, correct to the last bit, computed by no code of rnn-reference.

    python -m benchmarks.studies.certify

It writes ``certified.json`` and ``certified-decimal.json`` in ``rnn_reference/cells/CELL/golden``, with the same bytes
every time. ``ABOUT`` of each cell says how the values are computed; it stands in both files.
"""

import hashlib
import json
import sys
from pathlib import Path

import mpmath

from benchmarks.studies import certify_lstm, certify_rnn
from benchmarks.studies.multiprecision import AGREED, exact, rounded, set_digits
from rnn_reference.paths import golden_folder

CELLS = {cell.NAME: cell for cell in (certify_rnn, certify_lstm)}


def main(folder: Path | None = None, names=tuple(CELLS)) -> None:
    """Write the files of each cell, in its own folder, or in ``folder`` if it is given for one cell."""
    for name in names:
        write(CELLS[name], {case: certified(CELLS[name], case) for case in CELLS[name].CASES},
              folder or golden_folder(name))  # fmt: skip


def certified(cell, case):
    """Compute a case, the gradients in both ways, and compare the two. Returns its sizes and its arrays."""
    set_digits()
    problem = cell.CASES[case]
    inputs = {name: exact(array) for name, array in cell.inputs_of(problem).items()}
    carried, stepped = cell.through_time(inputs), cell.stepped(inputs)
    apart = require_agreement(f"{cell.NAME}, {case}", carried, stepped)
    print(f"{cell.NAME}, {case}: both ways agree to {mpmath.nstr(apart, 2)}", flush=True)
    arrays = {**inputs, **cell.forward(inputs), **carried}
    return {"sizes": cell.sizes_of(problem), "arrays": {n: rounded(v) for n, v in arrays.items()}}


def require_agreement(name, carried, stepped):
    """Exit if gradients that were computed in two ways differ. Returns how far they are apart."""
    apart = max(abs(carried[n] - stepped[n]).max() / max(1, abs(carried[n]).max()) for n in carried)
    if carried.keys() != stepped.keys() or apart > AGREED:
        sys.exit(f"{name}: the two ways differ by {mpmath.nstr(apart, 3)}")
    return apart


def write(cell, cases, folder):
    """Write both files: hexadecimal floats, which are visibly exact, and decimal ones, which every language reads."""
    for name, form in (("certified.json", float.hex), ("certified-decimal.json", float)):
        written = {
            case: {
                "sizes": found["sizes"],
                "sha256": hash_of(found["arrays"]),
                "arrays": {
                    n: {"shape": list(v.shape), "values": [form(float(x)) for x in v.ravel()]}
                    for n, v in found["arrays"].items()
                },
            }
            for case, found in cases.items()
        }
        text = json.dumps({"about": cell.ABOUT, "cases": written}, indent=0, separators=(",", ":"))
        (folder / name).write_text(text + "\n", encoding="utf-8")


def hash_of(arrays):
    """The sha256 of all arrays' bytes, little-endian float64, in their order."""
    return hashlib.sha256(b"".join(array.astype("<f8").tobytes() for array in arrays.values())).hexdigest()


if __name__ == "__main__":
    main(names=sys.argv[1:] or tuple(CELLS))
