"""A digest of what a target is made of: it tells whether a target changed since it was judged."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from rnn_reference.paths import split_target


def digest(target: str) -> str:
    """Returns a digest of the target's files, and of the files beside them that they name; "" for other targets.

    A file is named if its name without suffix is a word of the text: ``import helper``, ``%run helper.py``,
    ``load("helper.npz")``. Of a folder that is named, the scripts in it count.
    """
    name, _ = split_target(target)
    paths = [Path(name)] if Path(name).is_file() or "+" not in name else [Path(part) for part in name.split("+")]
    if not all(path.is_file() for path in paths):
        return ""
    found: dict[Path, bytes] = {}
    for path in paths:
        _collect(path, found)
    whole = hashlib.sha256()
    for path, content in sorted(found.items()):
        whole.update(f"{path}\0{len(content)}\0".encode(errors="surrogateescape") + content)
    return whole.hexdigest()


def _collect(path: Path, found: dict[Path, bytes]) -> None:
    """Add the file, and the files that it names, to those that were found."""
    if path in found:
        return
    try:
        found[path] = path.read_bytes()
        beside = sorted(path.parent.iterdir())
    except OSError:
        return
    if path.suffix not in (".py", ".ipynb"):
        return
    words = set(re.findall(rb"\w+", found[path]))
    for other in beside:
        if other != path and set(re.findall(rb"\w+", other.stem.encode(errors="surrogateescape"))) <= words:
            for each in _files_of(other):
                _collect(each, found)


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir() and not path.name.startswith((".", "__")):
        yield from sorted(each for each in path.rglob("*.py") if each.is_file())
