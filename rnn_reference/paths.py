"""Where the parts that are no modules lie, and where a target does."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ISOLATED = PACKAGE / "isolated.ini"
"""The pytest settings of our own runs, in place of the caller's."""

ADAPTERS = PACKAGE / "implementations" / "adapters"
LAYOUTS = PACKAGE / "implementations" / "layouts"
FORMS = PACKAGE / "report" / "forms"
"""Folders in which each file is one part of its kind: to add one, add the file."""


@cache
def parts_in(folder: Path) -> dict[str, str]:
    """The parts that lie in such a folder, by the file's name, and the module of each; none of them is imported.

    A name has ``-`` where the file has ``_``. Code that several parts share lies in a folder inside.
    """
    package = ".".join(("rnn_reference", *folder.relative_to(PACKAGE).parts))
    files = sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))
    return {name.replace("_", "-"): f"{package}.{name}" for name in files}


@cache
def checks_folder() -> Path:
    """The folder of the checks: in the package once installed, beside it in a clone."""
    inside = PACKAGE / "checks"
    return inside if inside.is_dir() else PACKAGE.parent / "checks"


def golden_folder(cell: str = "rnn") -> Path:
    """The folder of a cell's golden values."""
    return PACKAGE / "cells" / cell / "golden"


def is_file(target: str) -> bool:
    """True if ``target`` names a file of code or a notebook, or a part of one."""
    return split_target(target)[0].endswith((".py", ".ipynb"))


def split_target(target: str) -> tuple[str, str]:
    """The file or module of ``target``, and the attribute ("" if none); a Windows drive's colon does not separate."""
    where, colon, attribute = target.rpartition(":")
    if colon and where and all(part.isidentifier() for part in attribute.split(".")) and not Path(target).exists():
        return where, attribute
    return target, ""


def either(words: list[str]) -> str:
    """``a, b or c``."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
