"""Other test suites, as published or with their default settings: what does each refuse in a network?

A test takes a network (an object with the functions of a cell) and the cell, and returns the names of the results that
it refuses. An exception from the network counts as refused, since any test run would show it. The cases of ONNX are in
``onnx_cases.py``.
"""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from rnn_reference.cells.cell import ACTIVATION, CELL_FORWARD, Cell, Function
from rnn_reference.cells.registry import function_named
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden

Test = Callable[[Any, Cell], list[str]]


def refused(content: Callable[[], Any]) -> bool:
    """Return True if a question to a network ends in False or in an exception."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return not content()
        except Exception:  # a wrong network may raise anything
            return True


def asked(network: Any, function: Function, given: dict[str, Any]) -> dict[str, Any]:
    """Return the results of one function of a network by name. ``given`` has its arguments, and may have more."""
    return function.results(getattr(network, function.name)(*function.ordered(given)))


def published(network: Any, cell: Cell) -> list[str]:
    """Compare with the printed values, including the older ones of the backward pass, which are wrong, to 1e-7."""
    return _unlike(network, cell, "published")


def published_newer(network: Any, cell: Cell) -> list[str]:
    """Compare with the printed values, and with the newer edition's where a value is printed twice, to 1e-7."""
    return _unlike(network, cell, "published_newer")


def _unlike(network: Any, cell: Cell, edition: str) -> list[str]:
    return [
        f"{case.function}: {case.place}"
        for case in _printed(cell.name)
        if refused(lambda case=case: _prints(network, case, edition))
    ]


@cache
def _printed(cell: str) -> list[golden.Golden]:
    return list(golden.read(golden_folder(cell) / "document.json").values())


def _prints(network: Any, case: golden.Golden, edition: str) -> bool:
    printed = next(case.entry[name] for name in (edition, "published", "correct_out") if name in case.entry)
    got = np.asarray(_tensor(network, case))[case.at]
    return got.shape == np.shape(printed) and bool(np.all(abs(got - np.array(printed, float)) < 1e-7))


def _tensor(network: Any, case: golden.Golden) -> Any:
    """Return the tensor that the document prints a part of, by the calls of the document's section."""
    function = function_named(case.function)
    given = {name: array.copy() for name, array in case.inputs.items()}
    if function.role == ACTIVATION:
        return getattr(network, function.name)(given["x"])
    given["parameters"] = {name: given[name] for name in case.cell.parameters if name in given}
    results = asked(network, function.partner if function.takes_cache else function, given)
    if function.takes_cache:
        results = asked(network, function, given | results)
    name, _, part = case.tensor.rstrip("]").partition("[")  # such as caches[1]
    return results[name][int(part)] if part else results[name]


def drawn(cell: Cell, seed: int, m: int, T_x: int) -> dict[str, Any]:
    """Return random inputs by name, drawn in this order: x, the initial states, the parameters."""
    sizes = {"n_x": 3, "n_a": 5, "n_y": 2, "m": m, "T_x": T_x}
    names = ("x", *(f"{s}0" for s in cell.states), *cell.parameters)
    draw = np.random.RandomState(seed).randn
    arrays = {name: draw(*cell.shape(name, sizes)) for name in names}
    return arrays | {"parameters": {name: arrays[name] for name in cell.parameters}}


def one_step(network: Any, cell: Cell) -> list[str]:
    """Check the gradient of one time step numerically, with the sum of the states as the loss, like course tests.

    A sequence is called as in the course: with one initial state, and with the cotangent of one state.
    """
    names = {"cell": cell.cell_forward, "network, T_x = 1": cell.forward}
    return [name for name, forward in names.items() if refused(lambda forward=forward: _agrees(network, forward))]


def _agrees(network: Any, forward: Function) -> bool:
    cell, backward, given = forward.cell, forward.partner, drawn(forward.cell, seed=0, m=4, T_x=1)
    if forward.role == CELL_FORWARD:
        given["x"] = given["x"][:, :, 0]
        given = {cell.of_step.get(name, name): value for name, value in given.items()}
    given = {name: given[name] for name in (*forward.arguments, *cell.trained)}
    results = asked(network, forward, given)
    states = [name.removeprefix("d") for name in backward.arguments[:-1]]
    cotangents = {f"d{state}": np.ones_like(results[state]) for state in states}
    gradients = asked(network, backward, {**results, **cotangents})

    def loss() -> Any:
        found = asked(network, forward, given)
        return sum(np.sum(found[state]) for state in states)

    return _agree(loss, {f"d{name}": value for name, value in given.items() if name != "parameters"}, gradients)


def _agree(loss: Callable[[], Any], inputs: dict[str, Any], gradients: dict[str, Any], h: float = 1e-5) -> bool:
    """Compare with central differences: the relative error of the norms must be below 1e-7."""
    for name, array in inputs.items():
        slope = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            kept, losses = array[index], []
            for moved in (kept + h, kept - h):
                array[index] = moved
                losses.append(loss())
            array[index] = kept
            slope[index] = (losses[0] - losses[1]) / (2 * h)
        given = gradients[name]
        if not np.linalg.norm(given - slope) <= 1e-7 * (np.linalg.norm(given) + np.linalg.norm(slope)):
            return False  # equal where both are zero: without c0, the weights of the forget gate have no effect
    return True


def gradcheck(network: Any, cell: Cell) -> list[str]:
    """Run torch.autograd.gradcheck with default settings on a network of four steps, for every state and input."""
    import torch

    arrays = drawn(cell, seed=1, m=10, T_x=4)
    moved = ("x", *(f"{s}0" for s in cell.states), *cell.trained)

    class Network(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *args: Any) -> Any:
            given = arrays | dict(zip(moved, (a.detach().numpy().copy() for a in args), strict=True))
            given["parameters"] = {name: given[name] for name in cell.parameters}
            results = asked(network, cell.forward, given)
            ctx.caches = results["caches"]
            return tuple(torch.tensor(results[s]) for s in cell.states)

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            given = {f"d{s}": one.numpy().copy() for s, one in zip(cell.states, cotangents, strict=True)}
            found = asked(network, cell.backward, given | {"caches": ctx.caches})
            return tuple(torch.tensor(found[f"d{name}"]) for name in moved)

    leaves = [torch.tensor(arrays[name], requires_grad=True) for name in moved]
    return ["gradcheck"] if refused(lambda: torch.autograd.gradcheck(Network.apply, leaves)) else []
