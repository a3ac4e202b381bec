"""Gradient checkers, each with its default settings, on claims and functions of one kind each.

    python -m benchmarks.studies.gradient_kinds

writes the last section of docs/generated/gradient-checkers.md. A checker whose package is not installed has a dash.
"""

import warnings
from collections.abc import Callable

import numpy as np

from benchmarks.markdown import table
from benchmarks.studies import pages
from benchmarks.studies.vjp_kinds import KINDS, NONE, RIGHT, WRONG, Kind
from benchmarks.studies.vjp_peers import CHECKERS, LIMIT

METHOD = f"""\
Each function of one small array is given with a claimed vector-Jacobian product; each checker has its default \
settings. A claim is *right* or *wrong*, or has *no answer*: there is no derivative, or differences cannot show it. A \
checker *passes* or *refuses* a claim, or raises another exception, whose name is given. To pass is good for a right \
claim alone; for the others everything else is good. Scipy returns a norm and names no limit: {LIMIT:g} is taken. \
Numdifftools returns an error estimate: ten times this is taken. Most of these kinds stand here because check_vjp once \
got them wrong, and was mended; so its own column says that this holds, and not how it does on kinds that nobody has \
thought of (for those see the random compositions in [check_vjp](../how-to/check-vjp.md))."""
PAGE = "gradient-checkers.md"
HEADING = "## By kind of claim"

PACKAGES = ("numpy", "torch", "jax", "autograd", "scipy", "numdifftools")
REFUSALS = {"VjpError", "AssertionError", "GradcheckError"}


def outcome(check: Callable[..., None], kind: Kind) -> str:
    """Return what a checker does: it passes the claim, refuses it, or raises another exception."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(kind.f, kind.vjp, kind.x.copy())
    except ModuleNotFoundError:
        return "-"
    except Exception as error:
        name = type(error).__name__
        return "refuses" if name in REFUSALS else name
    return "passes"


def rows() -> list[list[str]]:
    """Return a row for each kind: what the claim is, and what each checker does."""
    return [
        [name, make().truth, *(outcome(check, make()) for check in CHECKERS.values())] for name, make in KINDS.items()
    ]


def is_good(truth: str, found: str) -> bool:
    """True if this is a good answer."""
    return (found == "passes") == (truth == RIGHT)


def counts(found: list[list[str]]) -> list[list[str]]:
    """Return, for each checker, how many claims of each truth got a good answer."""
    heads = {RIGHT: "right ones passed", WRONG: "wrong ones not passed", NONE: "without an answer, not passed"}
    lines = []
    for truth, words in heads.items():
        mine = [row for row in found if row[1] == truth]
        good = [sum(is_good(truth, row[2 + i]) for row in mine) for i in range(len(CHECKERS))]
        lines.append([words, *(f"{number} of {len(mine)}" for number in good)])
    return lines


def marked(row: list[str]) -> list[str]:
    """Return a row with the answers in bold that are not good."""
    kind, truth, *found = row
    return [kind, truth, *(each if each == "-" or is_good(truth, each) else f"**{each}**" for each in found)]


def section() -> str:
    """Return the last section of the page."""
    made = pages.made_by("python -m benchmarks.studies.gradient_kinds", *PACKAGES)
    found = rows()
    summary = table(["claims", *CHECKERS], counts(found))
    whole = table(["function and claim", "the claim is", *CHECKERS], [marked(row) for row in found])
    return "\n\n".join([HEADING, made, METHOD, summary, "Answers that are not good are bold.", whole]) + "\n"


def main() -> None:
    """Write the section again."""
    before = (pages.FOLDER / PAGE).read_text(encoding="utf-8").partition(HEADING)[0].rstrip()
    pages.write(PAGE, f"{before}\n\n{section()}")


if __name__ == "__main__":
    main()
