"""The ways in which a caller hands arrays over, and numpy's settings that a call may change."""

import contextlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np


def handed_over(
    calls: Iterable[tuple[str, Sequence[Any]]], read_only: bool = False, in_place: bool = False
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yields the function and the arguments of each call, just before the call.

    With ``read_only`` each array is a view that cannot be written to. With ``in_place`` a later call of a function gets
    the arrays of its first call, into which the values of its own arguments are written, as a training loop does.
    """
    first: dict[str, Sequence[Any]] = {}
    for name, arguments in calls:
        if in_place and name in first:
            for array, values in zip(first[name], arguments, strict=True):
                _write(array, values)
        first.setdefault(name, arguments)
        given = first[name] if in_place else arguments
        yield name, [_locked(one) for one in given] if read_only else given


def _write(array: Any, values: Any) -> None:
    if isinstance(array, Mapping):
        for name, one in array.items():
            _write(one, values[name])
    elif isinstance(array, np.ndarray):
        array[...] = values


def _locked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _locked(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        value = value[...]
        value.flags.writeable = False
    return value


@contextlib.contextmanager
def watched_settings() -> Iterator[list[str]]:
    """Yields a list. At the end it has the names of the settings of numpy and Python that the calls inside changed."""
    changed: list[str] = []
    kept = np.random.get_state(), random.getstate()
    with np.errstate(all="warn"):
        np.random.random_sample(), random.random()  # a call that sets a seed has perhaps set it before
        before = _settings()
        try:
            yield changed
            changed += [name for name, value in _settings().items() if value != before[name]]
        finally:
            np.random.set_state(kept[0])
            random.setstate(kept[1])


def _settings() -> dict[str, Any]:
    kind, *state = np.random.get_state()
    return {
        "np.random": (kind, *(np.asarray(part).tolist() for part in state)),
        "random": random.getstate(),
        "np.seterr": np.geterr(),
    }
