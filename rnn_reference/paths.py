"""Where the parts that are no modules lie, and where a target does."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ISOLATED = PACKAGE / "isolated.ini"
"""The pytest settings of our own runs, in place of the caller's."""


@cache
def checks_folder() -> Path:
    """The folder of the checks: in the package once installed, beside it in a clone."""
    inside = PACKAGE / "checks"
    return inside if inside.is_dir() else PACKAGE.parent / "checks"


def golden_folder(cell: str = "rnn") -> Path:
    """The folder of a cell's golden values."""
    return PACKAGE / "cells" / cell / "golden"


def is_file(target: str) -> bool:
    """Whether ``target`` names a file of code or a notebook, or a part of one."""
    return parted(target)[0].endswith((".py", ".ipynb"))


def parted(target: str) -> tuple[str, str]:
    """``target``'s place and the attribute; the colon of a Windows drive is no separator."""
    where, colon, attribute = target.rpartition(":")
    if colon and where and all(part.isidentifier() for part in attribute.split(".")) and not Path(target).exists():
        return where, attribute
    return target, ""
