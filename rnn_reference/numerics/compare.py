"""The comparison of arrays, and the text of every message about a difference."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.evidence import COMPUTED_BACKWARD, evidence_of, steps_of
from rnn_reference.outcomes import Wrong


def difference(got: Array, expected: Array) -> Array:
    """Returns ``|got - expected|`` for each element; infinity if only one of the two is NaN or infinite."""
    with np.errstate(all="ignore"):
        off = np.abs(got.astype(_wide(got)) - expected)
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    return np.asarray(np.where(same, 0.0, np.where(np.isnan(off), np.inf, off)))


def ulps(got: Array, exact: Array) -> Array:
    """Returns the error of each element in units in the last place (ulp) of the exact value in float64."""
    return difference(got, exact) / np.spacing(np.maximum(np.abs(exact), np.finfo(float).tiny))


def agrees(got: Mapping[str, Array], expected: Mapping[str, Array], tolerance: Mapping[str, Array | float]) -> bool:
    """True if every tensor has the expected shape, and every element is within its tolerance."""
    return all(
        got[name].shape == expected[name].shape
        and bool(np.all(difference(got[name], expected[name]) <= tolerance[name]))
        for name in expected
    )


def require_close(
    got: Mapping[str, Array],
    expected: Mapping[str, Array],
    tolerance: Mapping[str, Array | float],
    source: str = "the reference gives",
) -> float:
    """Returns the largest tolerance that was used. Raises ``Wrong``, with all details, if a tensor does not agree.

    ``source`` is the text before the expected value in the message; it names the origin of ``expected``.
    """
    used = {name: _spread_over(tolerance[name], expected[name].shape) for name in expected}
    require_shapes(got, {name: array.shape for name, array in expected.items()})
    off = {name: difference(got[name], expected[name]) for name in expected}
    wrong = {name: off[name] > used[name] for name in expected if np.any(off[name] > used[name])}
    if wrong:
        raise _wrong(got, expected, used, off, wrong, source)
    return max((float(t.max(initial=0.0)) for t in used.values()), default=0.0)


def _spread_over(tolerance: Array | float, shape: tuple[int, ...]) -> Array:
    """Returns the tolerance for each element; the largest tolerance for all if the shapes do not fit."""
    try:
        return np.broadcast_to(tolerance, shape)
    except ValueError:
        return np.broadcast_to(np.max(tolerance), shape)


def require_shapes(got: Mapping[str, Array], expected: Mapping[str, tuple[int, ...]]) -> None:
    """Raise ``Wrong``, with the name of each tensor that has an unexpected shape."""
    reshaped = {name: got[name].shape for name in expected if got[name].shape != expected[name]}
    if reshaped:
        lines = [(name, f"has shape {shape}, expected {expected[name]}") for name, shape in reshaped.items()]
        raise Wrong(lines, evidence={"shapes": {name: list(shape) for name, shape in reshaped.items()}})


def require_unchanged(given: Any, before: Any, function: str) -> None:
    """Raise ``Wrong``, with the name of each array in ``given`` (nested dicts) that differs from ``before``."""
    now, then = _flat(given), _flat(before)
    kept = {name for name in now.keys() & then.keys() if np.array_equal(now[name], then[name], equal_nan=True)}
    changed = [name for name in then | now if name not in kept]
    if changed:
        raise Wrong([("changed", f"{', '.join(changed)}: not as before the call")], function=function)


def require_finite(function: str, got: Mapping[str, Array]) -> None:
    """Raise ``Wrong`` if an array contains NaN or infinity."""
    for name, array in got.items():
        if not np.all(np.isfinite(array)):
            kind = "NaN" if np.any(np.isnan(array)) else "infinite"
            count = f"{(~np.isfinite(array)).sum()} of {array.size} entries are {kind}"
            raise Wrong([(name, count)], function=function)


def require_same_dtype(got: Mapping[str, Any], dtype: str = "float32") -> None:
    """Raise ``Wrong``, with the name of each result whose dtype is not that of the arguments."""
    others = {name: np.asarray(value).dtype for name, value in got.items() if np.asarray(value).dtype != dtype}
    if others:
        came = ", ".join(f"{name} is {other}" for name, other in others.items())
        raise Wrong([("dtype", f"{came}; {dtype} went in")])


def _flat(arrays: Mapping[str, Any]) -> dict[str, Array]:
    """Returns the arrays of nested dicts in one dict."""
    flat: dict[str, Array] = {}
    for name, value in arrays.items():
        flat |= _flat(value) if isinstance(value, Mapping) else {name: value}
    return flat


def _wrong(
    got: Mapping[str, Array],
    expected: Mapping[str, Array],
    used: Mapping[str, Array],
    off: Mapping[str, Array],
    wrong: Mapping[str, Array],
    source: str,
) -> Wrong:
    lines = []
    for name, where in wrong.items():
        count = f"{where.sum()} of {where.size} entries differ" if where.size > 1 else "differs"
        lines.append((name, "; ".join([count, *_when(name, where)])))
    name = max(wrong, key=lambda n: (got[n].ndim == 3, _times(off[n], used[n]).max()))
    index = np.unravel_index(np.argmax(_times(off[name], used[name])), off[name].shape)
    is_, was = _distinct_texts(got[name][index], expected[name][index])
    place = f"{name}[{','.join(map(str, index))}]" if index else name
    lines.append(("worst", f"{place} = {is_}, {source} {was} (tolerance {used[name][index]:.1g})"))
    worst = {
        "tensor": name,
        "index": [int(i) for i in index],
        "got": _plain(got[name][index]),
        "expected": _plain(expected[name][index]),
        "tolerance": float(used[name][index]),
    }
    return Wrong(lines, evidence=evidence_of(worst, used, off, wrong))


def _times(off: Array, used: Array) -> Array:
    """Returns the error in units of the tolerance."""
    with np.errstate(all="ignore"):
        return np.asarray(np.where(off > 0, off / np.maximum(used, np.finfo(float).tiny), 0.0))


def _when(name: str, where: Array) -> list[str]:
    """Returns the text about the wrong steps of a tensor with a time axis, in the order of the computation."""
    if where.ndim != 3 or where.shape[2] == 1:
        return []
    steps, last = steps_of(where), where.shape[2] - 1
    if name in COMPUTED_BACKWARD and steps == list(range(steps[-1] + 1)):
        return [_when_backward(steps[-1], last)]
    if name not in COMPUTED_BACKWARD and steps == list(range(steps[0], last + 1)):
        return [f"right up to t={steps[0] - 1}, wrong from t={steps[0]} on" if steps[0] else "wrong from t=0 on"]
    named = ", ".join(map(str, steps[:4])) + (", ..." if len(steps) > 4 else "")
    return [f"wrong at t={named} only"]


def _when_backward(first_wrong: int, last: int) -> str:
    """The words for a tensor computed from the last step to the first, all of it wrong from ``first_wrong`` back."""
    if first_wrong == last:
        return "wrong from the last step back"
    if first_wrong == last - 1:
        return f"right at t={last}, wrong from t={first_wrong} back"
    return f"right down to t={first_wrong + 1}, wrong from t={first_wrong} back"


def _distinct_texts(got: Any, expected: Any) -> tuple[str, str]:
    """Returns both numbers as text, with as few digits as possible to show that they differ."""
    for digits in (6, 9, 12, 17):
        pair = f"{got:.{digits}g}", f"{expected:.{digits}g}"
        if pair[0] != pair[1]:
            break
    return pair


def _plain(value: Any) -> float | str:
    return float(value.real) if np.isfinite(value) else str(value)


def _wide(array: Array) -> type:
    return np.complex128 if np.iscomplexobj(array) else np.float64
