"""What the six functions accept, and what they say when they are given something else."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Parameters: TypeAlias = Mapping[str, Array]
Cache: TypeAlias = tuple[Array, Array, Array, Parameters]
Caches: TypeAlias = tuple[Sequence[Cache], Array]
Gradients: TypeAlias = dict[str, Array]
Shape: TypeAlias = tuple[str | int, ...]

PARAMETER_SHAPES: dict[str, Shape] = {
    "Wax": ("n_a", "n_x"),
    "Waa": ("n_a", "n_a"),
    "Wya": ("n_y", "n_a"),
    "ba": ("n_a", 1),
    "by": ("n_y", 1),
}


def numbers(where: str, name: str, value: Any) -> Array:
    """``value`` as a floating or complex array; integers become float64.

    Raises TypeError, naming the array, for anything that is not a regular array of numbers.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise TypeError(f"{where}: {name} must be an array of numbers: {error}") from None
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind not in "fc":
        raise TypeError(f"{where}: {name} must be an array of numbers, got {_described(value)}")
    return array


def aligned(where: str, values: Mapping[str, Any], shapes: Mapping[str, Shape]) -> list[Array]:
    """The values as arrays of one common dtype, once their shapes are found to fit together.

    ``shapes`` gives each array's axes by name (``("n_a", "m")``) or length. The first array that has an
    axis decides its length. Raises TypeError for what is not numbers and ValueError for a shape that
    does not fit, both naming the array, what was expected, and what came.
    """
    arrays = {name: numbers(where, name, values[name]) for name in shapes}
    lengths: dict[str | int, int] = {}
    origins: dict[str | int, str] = {}
    for name, axes in shapes.items():
        shape = arrays[name].shape
        for axis, length in zip(axes, shape, strict=False):
            if isinstance(axis, str) and axis not in lengths:
                lengths[axis], origins[axis] = length, name
        expected = tuple(axis if isinstance(axis, int) else lengths.get(axis) for axis in axes)
        if shape != expected:
            known = [f"{axis} = {lengths[axis]} from {origins[axis]}" for axis in dict.fromkeys(axes)
                     if origins.get(axis, name) != name]  # fmt: skip
            given = f" ({', '.join(known)})" if known else ""
            raise ValueError(f"{where}: {name} must have shape {_worded(axes)}{given}, got {shape}")
    common = np.result_type(*arrays.values())
    return [array.astype(common, copy=False) for array in arrays.values()]


def parameter_values(where: str, parameters: Any) -> dict[str, Any]:
    """The five parameters out of a mapping that may hold more.

    Raises TypeError if it is no mapping, and ValueError naming each parameter that it lacks.
    """
    if not isinstance(parameters, Mapping):
        raise TypeError(
            f"{where}: parameters must be a dict of {', '.join(PARAMETER_SHAPES)}, got {_described(parameters)}"
        )
    missing = [name for name in PARAMETER_SHAPES if name not in parameters]
    if missing:
        raise ValueError(f"{where}: parameters lacks {' and '.join(missing)}; it has {', '.join(map(str, parameters))}")
    return {name: parameters[name] for name in PARAMETER_SHAPES}


def at_least_one_step(where: str, name: str, steps: int) -> None:
    """Raise ValueError for a sequence of no time steps: it has no last state to hand back."""
    if steps == 0:
        raise ValueError(f"{where}: {name} has no time step (T_x = 0); at least one is needed")


def cache_of(where: str, name: str, cache: Any) -> Cache:
    """``cache`` if it is ``(a_next, a_prev, xt, parameters)``; else a TypeError that says what came."""
    if not isinstance(cache, tuple | list) or len(cache) != 4 or not isinstance(cache[3], Mapping):
        raise TypeError(f"{where}: {name} must be (a_next, a_prev, xt, parameters), got {_described(cache)}")
    a_next, a_prev, xt, parameters = cache
    return a_next, a_prev, xt, parameters


def _worded(axes: Shape) -> str:
    return f"({', '.join(map(str, axes))}{',' if len(axes) == 1 else ''})"


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of dtype {value.dtype}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of length {len(value)}"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
