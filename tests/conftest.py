"""What the tests of targets share: a folder to write them in, and a process left as it was found."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

RIGHT = Path(__file__).resolve().parent.parent / "examples" / "right.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder; what is imported from it is forgotten again."""
    before = dict(sys.modules)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - set(before):
        if _lies_in(tmp_path, sys.modules[name]):
            del sys.modules[name]


def _lies_in(folder: Path, module: object) -> bool:
    place = getattr(module, "__file__", None)
    return bool(place) and os.path.realpath(str(place)).startswith(os.path.realpath(folder))


@pytest.fixture
def notebook(folder: Path) -> Callable[..., str]:
    """Write a notebook of the given code cells; its name."""
    import nbformat.v4 as v4

    def write(*cells: str, name: str = "homework.ipynb") -> str:
        import nbformat

        nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(source) for source in cells]), folder / name)
        return name

    return write


@pytest.fixture
def script(folder: Path) -> Callable[..., str]:
    """Write a Python file; its name."""

    def write(source: str, name: str = "homework.py") -> str:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return name

    return write
