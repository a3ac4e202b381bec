"""The pages in ``docs/generated``: their folder, and the line that says how a page was made."""

import datetime
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rnn_reference import __version__

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "generated"


def write(name: str, text: str) -> None:
    """Write a page, and say so."""
    (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"wrote {(FOLDER / name).relative_to(ROOT)}")


def made_by(command: str, *packages: str) -> str:
    """Return the command, the date, and the versions of what was used."""
    return f"Made by `{command}` on {datetime.date.today()}; {versions(*packages)}."


def versions(*packages: str) -> str:
    """Return the versions of this package, of the given packages, and of Python."""
    found = [f"rnn-reference {__version__}"]
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return f"{', '.join(found)}; Python {platform.python_version()} on {platform.machine()}"
