"""Golden values of the rnn cell, correct to the last bit, computed by no code of rnn-reference.

    python -m benchmarks.studies.certify

It writes ``certified.json`` and ``certified-decimal.json`` in ``rnn_reference/cells/rnn/golden``, with the same bytes
every time. ``ABOUT`` says how the values are computed; it stands in both files.
"""

import hashlib
import json
import sys
from pathlib import Path

import mpmath
import numpy as np

from rnn_reference.paths import golden_folder
from rnn_reference.problems.problem import EDGES, ORDINARY, Problem

ABOUT = """\
Golden values of the rnn cell, correct to the last bit, computed by no code of rnn-reference. Made by `python -m \
benchmarks.studies.certify`. The equations of the document's sections 1.3 and 1.4 are run in arithmetic of 100 digits \
(mpmath). The gradients are computed in two ways that share only the forward pass: the equations of section 2.1, \
carried back through time, and a complex step for each element of each input, imag L(x + ih) / h at h = 1e-40. The two \
must agree to 50 digits. Then each value is rounded once, to the nearest float64."""

CASES = {
    **ORDINARY,
    **{name: EDGES[name] for name in ("T_x=1", "m=1", "n=1", "square", "saturated", "large-cotangent")},
    "long": Problem(n_x=2, n_a=4, n_y=3, m=3, T_x=100),
}
AGREED = mpmath.mpf(10) ** -50
STEP = mpmath.mpf(10) ** -40


def main(folder: Path | None = None) -> None:
    """Compute every case in both ways, compare them, and write the files."""
    mpmath.mp.dps = 100
    cases = {}
    for name, problem in CASES.items():
        inputs = inputs_of(problem)
        a, y_pred = forward(inputs)
        carried, stepped = through_time(inputs, a), by_complex_step(inputs)
        apart = max(abs(carried[n] - stepped[n]).max() / max(1, abs(carried[n]).max()) for n in carried)
        if apart > AGREED:
            sys.exit(f"{name}: the two ways differ by {mpmath.nstr(apart, 3)}")
        print(f"{name}: both ways agree to {mpmath.nstr(apart, 2)}")
        arrays = {**inputs, "a": a, "y_pred": y_pred, **carried}
        cases[name] = {"sizes": sizes_of(problem), "arrays": {n: rounded(v) for n, v in arrays.items()}}
    write(cases, folder or golden_folder())


def sizes_of(problem):
    """The sizes, seed and factors that make the problem's inputs."""
    return {n: getattr(problem, n) for n in ("n_x", "n_a", "n_y", "m", "T_x", "seed", "gain", "push")}


def inputs_of(problem):
    """The inputs as exact numbers of 100 digits."""
    arrays = {"x": problem.x, "a0": problem.a0, "da": problem.da, **problem.parameters}
    return {name: exact(array) for name, array in arrays.items()}


def exact(array):
    """An object array of mpmath numbers, equal to the floats."""
    return np.array([mpmath.mpf(float(v)) for v in array.ravel()], dtype=object).reshape(array.shape)


def rounded(array):
    """The nearest float64 to each number."""
    return np.array([float(v) for v in array.ravel()]).reshape(array.shape)


tanh = np.frompyfunc(mpmath.tanh, 1, 1)
exp = np.frompyfunc(mpmath.exp, 1, 1)
imaginary = np.frompyfunc(lambda z: z.imag if isinstance(z, mpmath.mpc) else mpmath.mpf(0), 1, 1)


def states(p, columns=slice(None)):
    """``a`` for some columns of the batch, as ``(n_a, m, T_x)``."""
    a, found = p["a0"][:, columns], []
    for t in range(p["x"].shape[2]):
        a = tanh(p["Waa"].dot(a) + p["Wax"].dot(p["x"][:, columns, t]) + p["ba"])
        found.append(a)
    return np.stack(found, axis=2)


def forward(p):
    """``a`` and ``y_pred``."""
    a = states(p)
    scores = np.tensordot(p["Wya"], a, axes=(1, 0)) + p["by"][:, :, None]
    e = exp(scores)
    return a, e / e.sum(axis=0)


def through_time(p, a):
    """The gradients by section 2.1's equations, ``da_prev`` carried from each step to the one before."""
    T_x = a.shape[2]
    a_prev = np.concatenate([p["a0"][:, :, None], a[:, :, :-1]], axis=2)
    dz, carried = np.empty_like(a), 0 * p["a0"]
    for t in reversed(range(T_x)):
        dz[:, :, t] = (1 - a[:, :, t] ** 2) * (p["da"][:, :, t] + carried)
        carried = p["Waa"].T.dot(dz[:, :, t])
    return {
        "dx": np.stack([p["Wax"].T.dot(dz[:, :, t]) for t in range(T_x)], axis=2),
        "da0": carried,
        "dWax": sum(dz[:, :, t].dot(p["x"][:, :, t].T) for t in range(T_x)),
        "dWaa": sum(dz[:, :, t].dot(a_prev[:, :, t].T) for t in range(T_x)),
        "dba": dz.sum(axis=2).sum(axis=1)[:, None],
    }


def by_complex_step(p):
    """The gradients of ``sum(da * a)``, each element moved into the complex plane by itself."""
    found = {}
    for name in ("x", "a0", "Wax", "Waa", "ba"):
        gradient = np.empty_like(p[name])
        for index in np.ndindex(p[name].shape):
            moved = p[name].copy()
            moved[index] = mpmath.mpc(moved[index], STEP)
            columns = [index[1]] if name in ("x", "a0") else slice(None)  # the others do not feel it
            a = states({**p, name: moved}, columns)
            gradient[index] = (p["da"][:, columns] * imaginary(a)).sum() / STEP
        found[f"d{name}"] = gradient
    return found


def write(cases, folder):
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
        text = json.dumps({"about": ABOUT, "cases": written}, indent=0, separators=(",", ":"))
        (folder / name).write_text(text + "\n", encoding="utf-8")


def hash_of(arrays):
    """The sha256 of all arrays' bytes, little-endian float64, in their order."""
    return hashlib.sha256(b"".join(array.astype("<f8").tobytes() for array in arrays.values())).hexdigest()


if __name__ == "__main__":
    main()
