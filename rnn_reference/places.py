"""Where the parts that are no modules lie."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def checks_folder() -> Path:
    """The folder of the checks: in the package once installed, beside it in a clone."""
    inside = PACKAGE / "checks"
    return inside if inside.is_dir() else PACKAGE.parent / "checks"
