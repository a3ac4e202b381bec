"""The name of each target in a table: its path without what is common to all paths."""

from collections import Counter, UserDict
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePath


class Names(UserDict[str, str]):
    """The name of each target. Those that were found in ``folders`` are named by folders."""

    def __init__(self, targets: Iterable[str], folders: Iterable[str] = ()) -> None:
        self._folders = list(folders)
        super().__init__(names_of(list(dict.fromkeys(targets)), self._folders))

    def was_found(self, target: str) -> bool:
        """True if the target was found in a folder, rather than given by its name."""
        return _is_inside(PurePath(target).parts, [PurePath(folder).parts for folder in self._folders])

    def only(self, targets: Iterable[str]) -> None:
        """Name these as if the others were not there."""
        self.data |= names_of(list(targets), self._folders)


def names_of(targets: Collection[str], folders: Iterable[str] = ()) -> dict[str, str]:
    """Returns the name of each target: ``submissions/ada_123/hw5.ipynb`` among others of its kind is ``ada_123``.

    Folders that all paths begin with, folders and a file name that all paths end with, and a suffix that all files
    have are left out. A target that was found in one of ``folders`` keeps only the first part of the rest, or the
    first parts, that no other target has. All names differ.
    """
    parts = {target: PurePath(target).parts or (target,) for target in targets}
    parents = [PurePath(folder).parts for folder in folders]
    if len(parts) < 2:
        return {target: _alone(path, parents) for target, path in parts.items()}
    head = _common(parts.values())
    short = {target: path[head:] for target, path in parts.items()}
    beginnings = Counter(path[:length] for path in short.values() for length in range(1, len(path) + 1))
    tail = _common([path[::-1] for path in short.values()])
    for target, path in short.items():
        own = next((n for n in range(1, len(path)) if beginnings[path[:n]] == 1), len(path))
        short[target] = path[:own] if _is_inside(parts[target], parents) else path[: len(path) - tail]
    return _without_common_suffix({target: PurePath(*path).as_posix() for target, path in short.items()}, targets)


def _is_inside(path: tuple[str, ...], folders: Iterable[tuple[str, ...]]) -> bool:
    return any(path[: len(folder)] == folder for folder in folders)


def _alone(path: tuple[str, ...], parents: Sequence[tuple[str, ...]]) -> str:
    """Returns the name of a single target: its first folder in the given folder, or its file."""
    inside = [path[len(parent)] for parent in parents if path[: len(parent)] == parent and len(path) > len(parent)]
    return inside[0] if inside else path[-1]


def _common(paths: Collection[tuple[str, ...]]) -> int:
    """Returns the number of first parts that all paths share; the last part of a path is not counted."""
    shortest = min(len(path) for path in paths) - 1
    return next((n for n in range(shortest) if len({path[n] for path in paths}) > 1), shortest)


def _without_common_suffix(names: dict[str, str], targets: Collection[str]) -> dict[str, str]:
    """Returns the names without their suffix, if each is that of a file and all have the same."""
    suffixes = {PurePath(name).suffix for name in names.values()}
    if len(suffixes) > 1 or not all(target.endswith(names[target]) for target in targets):
        return names
    (suffix,) = suffixes
    return {target: name.removesuffix(suffix) for target, name in names.items()}
