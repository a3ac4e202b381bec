"""The Python code of a target, in the order in which it runs: a script, or the cells of a notebook and their files."""

import linecache
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from rnn_reference.implementations.loading.cells import is_python, run_by, written_by
from rnn_reference.implementations.loading.notebook import read_cells
from rnn_reference.implementations.loading.parsing import Parsed, parsed
from rnn_reference.implementations.loading.source import text_of
from rnn_reference.implementations.unusable import Unusable


class Part(NamedTuple):
    """A script or a cell: the name of its code in tracebacks, what was parsed, and a function that names a line."""

    label: str
    parsed: Parsed
    place: Callable[[int], str]


class Parts:
    """The parts of one target. ``written`` has the text of each file that a cell writes with ``%%writefile``."""

    def __init__(self, path: Path) -> None:
        self.notes: list[str] = []
        self.written: dict[str, str] = {}
        self._seen: set[Path] = set()
        self.all = list(self._of(path))

    def _of(self, path: Path) -> Iterator[Part]:
        self._seen.add(path.resolve())
        if path.suffix != ".ipynb":
            text, notes = text_of(path)
            self.notes += notes
            yield from self._of_text(text, str(path), path.parent)
            return
        for cell in read_cells(path):
            if written := written_by(cell.source):
                before = self.written.get(written.name, "") if written.appended else ""
                self.written[written.name] = before + written.text
            elif is_python(cell.source):
                yield from self._of_text(cell.source, f"{path.name}, cell {cell.number}", path.parent)

    def _of_text(self, text: str, label: str, folder: Path) -> Iterator[Part]:
        for name in run_by(text):
            yield from self._run(name, label, folder)

        def place(line: int) -> str:
            return f"{label}, line {line}"

        part = Part(label, parsed(text, place), place)
        linecache.cache[label] = (len(text), None, part.parsed.source.splitlines(keepends=True), label)
        self.notes += [note if note.startswith(label) else f"{label}: {note}" for note in part.parsed.notes]
        yield part

    def _run(self, name: str, label: str, folder: Path) -> Iterator[Part]:
        """Yields the parts of a file that ``%run`` runs: one that a cell wrote, or one beside the target."""
        found = [folder / f"{name}{suffix}" for suffix in ("", ".py", ".ipynb")]
        path = next((one for one in found if one.is_file()), None)
        if name in self.written:
            yield from self._of_text(self.written[name], name, folder)
        elif path is None:
            self.notes.append(f"{label}: %run {name}: there is no such file")
        elif path.resolve() not in self._seen:
            try:
                yield from self._of(path)
            except Unusable as error:
                self.notes.append(f"{label}: %run {name}: {error}")
