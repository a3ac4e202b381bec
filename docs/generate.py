"""Write the pages that are made from the code: what each check asks, and every mistake with its hints.

python docs/generate.py
"""

import ast
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

GROUPS = {
    "protocol": "What comes back has the form that the API says: so many values, dicts with these names, these shapes.",
    "forward": "States and predictions, on problems of every kind; the loop with the implementation's own cell.",
    "gradient": "The gradients, against the numerical derivative of the implementation's own forward pass and against "
    "the reference's; a backward pass that is right for a wrong forward pass is not blamed.",
    "property": "What holds for any recurrent network, as identities between two of its own runs.",
    "golden": "Values that nobody's code has computed here: the document's, and some right to 50 digits.",
    "numerics": "Advice: what is right but for the limits of arithmetic. It fails with `--rnn-strict` alone.",
    "blackbox": "What holds for any recurrent network, asked of a callable whose weights cannot be set "
    "(`--rnn-blackbox`).",
}


def checks() -> str:
    """The page of checks: one paragraph a group, one sentence a check, from the checks themselves."""
    lines = ["# What each check asks", "", "Made by `python docs/generate.py` from the checks' own sentences.", ""]
    for group, about in GROUPS.items():
        folder = DOCS.parent / "checks"
        path = folder / ("blackbox" if group == "blackbox" else "") / f"test_{group}.py"
        lines += [f"## {group}", "", about, "", "| check | asks |", "|---|---|"]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                asks = " ".join((ast.get_docstring(node) or "").split()).replace("|", "\\|")
                lines.append(f"| `{group}.{node.name.removeprefix('test_')}` | {asks} |")
        lines.append("")
    return "\n".join(lines)


def faults() -> str:
    """The page of faults: by function, each mistake with its sentence, its two hints and where it was seen."""
    from rnn_reference.faults import CATALOGUE

    lines = ["# Every mistake with a name", ""]
    lines += ["Made by `python docs/generate.py` from the catalogue. `python -m rnn_reference "
              "rnn_reference.faults:carry_dropped` judges the network that makes one.", ""]  # fmt: skip
    for function in dict.fromkeys(fault.function for fault in CATALOGUE):
        lines += [f"## {function}", "", "| mistake | what it is | where to look | what to change | ways |"]
        lines.append("|---|---|---|---|---|")
        mine = [fault for fault in CATALOGUE if fault.function == function]
        for id in dict.fromkeys(fault.id for fault in mine):
            ways = [fault for fault in mine if fault.id == id]
            cells = (ways[0].sentence, ways[0].where, ways[0].change)
            told = " | ".join(cell.replace("|", "\\|") for cell in cells)
            lines.append(f"| `{id}`{' (advice)' if ways[0].advice else ''} | {told} | {len(ways)} |")
        lines.append("")
    return "\n".join(lines)


PAGES = {"checks.md": checks, "faults.md": faults}

if __name__ == "__main__":
    for name, made in PAGES.items():
        (DOCS / name).write_text(made(), encoding="utf-8")
