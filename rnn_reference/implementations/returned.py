"""Converts the result of a function to arrays by name, or raises the outcome for a result of another form."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import ACTIVATION, CACHES, CELL_FORWARD, Function
from rnn_reference.cells.head import predictions
from rnn_reference.implementations.values import as_numbers, kind_of
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.outcomes import NotImplementedYet, Wrong

COUNT_WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def results_of(function: Function, returned: Any, lacks: Sequence[str] = ()) -> dict[str, Any]:
    """Returns the results of a call by name: copies of the arrays, and a cache unchanged.

    Gradients in ``lacks``, by the names of a sequence, are left out: they are not judged. Raises Wrong for another
    form, and NotImplementedYet for a stub.
    """
    if function.role == ACTIVATION:
        return {function.returns[0]: array_of(function.name, "its result", returned)}
    return _gradients(function, returned, lacks) if function.takes_cache else _tuple(function, returned)


def array_of(function: str, what: str, value: Any) -> Array:
    """Returns ``value`` as an array of numbers, as a copy. Raises Wrong; ``what`` names the value in the message."""
    try:
        return as_numbers(value).copy()  # it may be a buffer that the next call writes into
    except TypeError as error:
        raise Wrong([("returned", f"{what} is not an array of numbers{error}")], function=function) from None


def _tuple(function: Function, returned: Any) -> dict[str, Any]:
    """Returns the arrays and the cache of a forward function, by name."""
    names = function.returns
    if not isinstance(returned, tuple | list) or len(returned) != len(names):
        came = f"{len(returned)} values" if isinstance(returned, tuple | list) else kind_of(returned)
        wanted = f"the {COUNT_WORDS[len(names)]} {', '.join(names)}"
        raise Wrong([("returned", f"{came}, expected {wanted}")], function=function.name)
    _require_begun(function, returned[:-1])
    arrays = {name: array_of(function.name, name, value) for name, value in zip(names, returned[:-1], strict=False)}
    return {**arrays, names[-1]: returned[-1]}


def _gradients(function: Function, returned: Any, lacks: Sequence[str]) -> dict[str, Any]:
    """Returns the arrays of a backward function, by name. ``dx`` is accepted for ``dxt``: the document uses both."""
    names = tuple(name for name in function.returns if name not in function.may_lack or _has(returned, name))
    names = tuple(name for name in names if not _lacking(function, name, lacks))
    if not isinstance(returned, Mapping):
        came = f"{kind_of(returned)}, expected a dict of {', '.join(names)}"
        raise Wrong([("returned", came)], function=function.name)
    if "dxt" in names and "dxt" not in returned and "dx" in returned:
        returned = {**returned, "dxt": returned["dx"]}
    missing = [name for name in names if name not in returned]
    if missing and set(missing) == set(function.of_inputs) & set(names) != set(names):
        missing, names = [], tuple(name for name in names if name not in missing)  # of the weights alone
    if missing:
        has = ", ".join(map(str, returned)) or "nothing"
        raise Wrong([("returned", f"a dict without {' and '.join(missing)}; it has {has}")], function=function.name)
    _require_begun(function, [returned[name] for name in names])
    return {name: array_of(function.name, name, returned[name]) for name in names}


def _lacking(function: Function, name: str, lacks: Sequence[str]) -> bool:
    """True if a gradient is not given. A step has a state before it, also where a sequence starts from zeros."""
    of_sequence = function.cell.of_sequence.get(name, name)
    return of_sequence in lacks and (of_sequence == name or of_sequence.removeprefix("d") not in lacks)


def _has(returned: Any, name: str) -> bool:
    return isinstance(returned, Mapping) and returned.get(name) is not None


def _require_begun(function: Function, values: Sequence[Any]) -> None:
    """Raise NotImplementedYet if every value is None, as in an empty exercise."""
    if all(value is None for value in values):
        names = ", ".join(function.tensors)
        raise NotImplementedYet([("", f"{function.name} is a stub: {names} are None")], function=function.name)


def wrong_shape(function: Function, arguments: Sequence[Any], results: Mapping[str, Any]) -> Wrong | None:
    """Returns the outcome of a result with a wrong shape; None if there is none, or if the sizes are not known."""
    sizes = sizes_of(function, function.named(arguments))
    if function.takes_cache and "dx" in results:
        sizes |= dict(zip(("n_x",), results["dx"].shape, strict=False))
    try:
        expected = {name: function.cell.shape(name, sizes) for name in function.tensors if name in results}
        require_shapes(results, expected)
    except KeyError:
        pass
    except Wrong as wrong:
        wrong.function = function.name
        return wrong
    return None


def with_predictions(function: Function, arguments: Sequence[Any], results: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the results with the right predictions for their states, so that no check sees those returned.

    States of a wrong shape keep the predictions as they are.
    """
    head, names = function.cell.head, function.cell.of_step if function.role == CELL_FORWARD else {}
    state, place = (names.get(one, one) for one in (function.cell.states[0], head.of_sequence))
    if place not in results or function.takes_cache:
        return dict(results)
    a, given = results[state], function.named(arguments)["parameters"]
    try:
        y = predictions(head, a, {name: np.asarray(given[name], a.dtype) for name in (head.weight, head.bias)})
    except (ValueError, TypeError):
        return dict(results)
    return {**results, place: y}


def sizes_of(function: Function, given: Mapping[str, Any]) -> dict[str, int]:
    """The length of each axis, by its name, as the arrays that a function is given have it."""
    arrays = {name: value for name, value in given.items() if name not in (*CACHES, "parameters")}
    arrays = {**given.get("parameters", {}), **arrays}
    sizes: dict[str, int] = {}
    for name, value in arrays.items():
        axes = function.cell.axes.get(name, ())
        sizes |= {axis: n for axis, n in zip(axes, np.shape(value), strict=False) if isinstance(axis, str)}
    return sizes
