"""The folders of the package's parts, and the path in the name of a target."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ISOLATED = PACKAGE / "isolated.ini"
"""The pytest settings of the command. They replace the caller's settings."""

ADAPTERS = PACKAGE / "implementations" / "adapters"
LAYOUTS = PACKAGE / "implementations" / "layouts"
FORMS = PACKAGE / "report" / "forms"
"""Folders with one part in each file. To add a part, add a file."""


@cache
def parts_in(folder: Path) -> dict[str, str]:
    """Returns the module of each part in such a folder, by the part's name. No part is imported.

    The name of a part is the name of its file, with ``-`` for ``_``. Code that several parts share is in a subfolder.
    """
    package = ".".join(("rnn_reference", *folder.relative_to(PACKAGE).parts))
    files = sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))
    return {name.replace("_", "-"): f"{package}.{name}" for name in files}


@cache
def checks_folder() -> Path:
    """Returns the folder of the checks: inside the installed package, beside the package in a clone."""
    inside = PACKAGE / "checks"
    return inside if inside.is_dir() else PACKAGE.parent / "checks"


def golden_folder(cell: str = "rnn") -> Path:
    """Returns the folder with the golden values of a cell."""
    return PACKAGE / "cells" / cell / "golden"


def is_file(target: str) -> bool:
    """True if ``target`` names a Python file, a notebook, or an attribute of one."""
    return split_target(target)[0].endswith((".py", ".ipynb"))


def split_target(target: str) -> tuple[str, str]:
    """Returns the file or module of ``target`` and its attribute ("" if none). The colon of a Windows drive is kept."""
    where, colon, attribute = target.rpartition(":")
    if colon and where and all(part.isidentifier() for part in attribute.split(".")) and not Path(target).exists():
        return where, attribute
    return target, ""


def either(words: list[str]) -> str:
    """Returns the words as ``a, b or c``."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
