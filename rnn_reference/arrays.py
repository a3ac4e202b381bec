"""Checks of the arrays that a function accepts, and the error messages for anything else."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Gradients: TypeAlias = dict[str, Array]
Shape: TypeAlias = tuple[str | int, ...]


def numbers(where: str, name: str, value: Any) -> Array:
    """Returns ``value`` as a floating or complex array; integers become float64.

    ``where`` and ``name`` are the function and the argument, for the message. Raises TypeError if ``value`` is not a
    regular array of numbers.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise TypeError(f"{where}: {name} must be an array of numbers: {error}") from None
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind not in "fc":
        raise TypeError(f"{where}: {name} must be an array of numbers, got {described(value)}")
    return array


def aligned(where: str, values: Mapping[str, Any], shapes: Mapping[str, Shape]) -> list[Array]:
    """Returns the values as arrays of one common dtype, in the order of ``shapes``.

    ``shapes`` gives each array's axes by name (``("n_a", "m")``) or by length. The first array with an axis decides
    the length of this axis. Raises TypeError for a value that is not an array of numbers, and ValueError for a shape
    that does not fit. Both messages name the array, the expected and the actual value.
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


def table(where: str, name: str, values: Any, wanted: Iterable[str]) -> dict[str, Any]:
    """Returns the wanted values of a mapping, such as the parameters. The mapping may hold more.

    Raises TypeError if ``values`` is not a mapping, and ValueError with the name of each missing value.
    """
    wanted = list(wanted)
    if not isinstance(values, Mapping):
        raise TypeError(f"{where}: {name} must be a dict of {', '.join(wanted)}, got {described(values)}")
    missing = [one for one in wanted if one not in values]
    if missing:
        raise ValueError(f"{where}: {name} lacks {' and '.join(missing)}; it has {', '.join(map(str, values))}")
    return {one: values[one] for one in wanted}


def at_least_one_step(where: str, name: str, steps: int) -> None:
    """Raise ValueError if there are no time steps: such a sequence has no last state to return."""
    if steps == 0:
        raise ValueError(f"{where}: {name} has no time step (T_x = 0); at least one is needed")


def _worded(axes: Shape) -> str:
    return f"({', '.join(map(str, axes))}{',' if len(axes) == 1 else ''})"


def described(value: Any) -> str:
    """Returns a short description of a value for an error message: its type, and its text or length."""
    if isinstance(value, np.ndarray):
        return f"an array of dtype {value.dtype}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of length {len(value)}"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
