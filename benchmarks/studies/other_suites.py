"""Other test suites, as published or with their default settings: what does each refuse in a network?

A test takes a network (an object with the six functions) and returns the names of the results that it refuses. An
exception from the network counts as refused, since any test run would show it.
"""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from benchmarks.studies.instances import INPUTS, Instance
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden

Test = Callable[[Any], list[str]]
WEIGHTS = ("Wax", "Waa", "Wya", "ba", "by")


def refused(content: Callable[[], Any]) -> bool:
    """Return True if a question to a network ends in False or in an exception."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return not content()
        except Exception:  # a wrong network may raise anything
            return True


def document(network: Any) -> list[str]:
    """Compare with the document's printed values, including the wrong ones of rnn_backward, to 1e-7."""
    return [
        f"{case.function}: {case.place}" for case in _printed() if refused(lambda case=case: _prints(network, case))
    ]


@cache
def _printed() -> list[golden.Golden]:
    return list(golden.read(golden_folder() / "document.json").values())


def _prints(network: Any, case: golden.Golden) -> bool:
    printed = case.entry.get("published", case.entry.get("correct_out"))
    got = np.asarray(_asked(network, case))[case.at]
    return got.shape == np.shape(printed) and bool(np.all(abs(got - np.array(printed, float)) < 1e-7))


def _asked(network: Any, case: golden.Golden) -> Any:
    """Return the tensor that the document prints a part of, by the calls of the document's section."""
    given = {name: array.copy() for name, array in case.inputs.items()}
    parameters = {name: given[name] for name in WEIGHTS if name in given}
    if case.function in ("tanh_forward", "softmax_forward"):
        return getattr(network, case.function)(given["x"])
    if case.function.startswith("rnn_cell"):
        _, yt_pred, cell_cache = network.rnn_cell_forward(given["xt"], given["a_prev"], parameters)
        if case.tensor == "yt_pred":
            return yt_pred
        return network.rnn_cell_backward(given["da_next"], cell_cache)[case.tensor]
    a, y_pred, caches = network.rnn_forward(given["x"], given["a0"], parameters)
    if case.function == "rnn_backward":
        return network.rnn_backward(given["da"], caches)[case.tensor]
    return {"a": a, "y_pred": y_pred, "caches[1]": caches[1]}[case.tensor]


def one_step(network: Any) -> list[str]:
    """Check the gradient of one time step numerically, with the sum of the states as the loss, like course tests."""
    names = {"cell": lambda: _cell_agrees(network), "network, T_x = 1": lambda: _network_agrees(network)}
    return [name for name, agrees in names.items() if refused(agrees)]


def _drawn() -> tuple[Any, Any, dict[str, Any]]:
    draw = np.random.RandomState(0).randn
    shapes = {"Wax": (5, 3), "Waa": (5, 5), "Wya": (2, 5), "ba": (5, 1), "by": (2, 1)}
    return draw(3, 4), draw(5, 4), {name: draw(*shape) for name, shape in shapes.items()}


def _cell_agrees(network: Any) -> bool:
    xt, a_prev, p = _drawn()
    a_next, _, cell_cache = network.rnn_cell_forward(xt, a_prev, p)
    gradients = network.rnn_cell_backward(np.ones_like(a_next), cell_cache)
    inputs = {"dxt": xt, "da_prev": a_prev, **{f"d{name}": p[name] for name in ("Wax", "Waa", "ba")}}
    return _agree(lambda: np.sum(network.rnn_cell_forward(xt, a_prev, p)[0]), inputs, gradients)


def _network_agrees(network: Any) -> bool:
    xt, a0, p = _drawn()
    x = xt[:, :, None]
    a, _, caches = network.rnn_forward(x, a0, p)
    gradients = network.rnn_backward(np.ones_like(a), caches)
    inputs = {"dx": x, "da0": a0, **{f"d{name}": p[name] for name in ("Wax", "Waa", "ba")}}
    return _agree(lambda: np.sum(network.rnn_forward(x, a0, p)[0]), inputs, gradients)


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
        if not np.linalg.norm(given - slope) / (np.linalg.norm(given) + np.linalg.norm(slope)) < 1e-7:
            return False
    return True


def onnx_cases(network: Any) -> list[str]:
    """Run ONNX's published cases of its RNN node, with its own comparator and each case's tolerances; states only."""
    return [case.name for case in _rnn_cases() if refused(lambda case=case: _similar(network, case))]


@cache
def _rnn_cases() -> list[Any]:
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings(), np.errstate(all="ignore"):  # it makes the cases of all nodes
        warnings.simplefilter("ignore")
        return list(collect_testcases("RNN"))


def _similar(network: Any, case: Any) -> bool:
    import onnx
    from onnx.backend.test.runner import Runner

    node = case.model.graph.node[0]
    how = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    for inputs, outputs in case.data_sets:
        given = dict(
            zip(node.input, (array.copy() for array in inputs), strict=True)
        )  # some networks modify their inputs
        found = _as_node(network, given, how)
        mine = [found[name] for name in node.output if name]
        Runner.assert_similar_outputs(outputs, mine, rtol=case.rtol, atol=case.atol)
    return True


def _as_node(network: Any, given: dict[str, Any], how: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs of an ONNX RNN node. Reversing and stacking directions is done here, not by the network."""
    X = np.swapaxes(given["X"], 0, 1) if how.get("layout") else given["X"]
    backwards = {b"forward": [1], b"reverse": [-1], b"bidirectional": [1, -1]}[how.get("direction", b"forward")]
    a = np.stack([_direction(network, X[::way], given, k)[::way] for k, way in enumerate(backwards)], axis=1)
    last = np.stack([a[-1 if way == 1 else 0, k] for k, way in enumerate(backwards)])
    Y, Y_h = (a.transpose(2, 0, 1, 3), last.transpose(1, 0, 2)) if how.get("layout") else (a, last)
    return {"Y": Y.astype(np.float32), "Y_h": Y_h.astype(np.float32)}


def _direction(network: Any, X: Any, given: dict[str, Any], k: int) -> Any:
    """Return the states of one direction, ``(T_x, m, n_a)``. ONNX has no predictions: their weights are ones."""
    n_a = given["R"].shape[-1]
    ba = given["B"][k].reshape(2, n_a, 1).sum(axis=0) if "B" in given else np.zeros((n_a, 1), np.float32)
    parameters = {"Wax": given["W"][k], "Waa": given["R"][k], "ba": ba}
    parameters |= {"Wya": np.ones((2, n_a), np.float32), "by": np.ones((2, 1), np.float32)}
    a0 = np.zeros((n_a, X.shape[1]), np.float32)
    return network.rnn_forward(X.transpose(2, 1, 0).copy(), a0, parameters)[0].transpose(2, 1, 0)


def gradcheck(network: Any) -> list[str]:
    """Run torch.autograd.gradcheck with default settings on the document's network of section 2.2."""
    import torch

    instance = Instance(1)

    class Network(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *args: Any) -> Any:
            given = dict(zip(INPUTS, (a.detach().numpy().copy() for a in args), strict=True))
            parameters = {name: given.get(name, instance.arrays[name]) for name in WEIGHTS}
            a, _, ctx.caches = network.rnn_forward(given["x"], given["a0"], parameters)
            return torch.tensor(a)

        @staticmethod
        def backward(ctx: Any, da: Any) -> Any:
            found = network.rnn_backward(da.numpy().copy(), ctx.caches)
            return tuple(torch.tensor(found[f"d{name}"]) for name in INPUTS)

    leaves = [torch.tensor(array, requires_grad=True) for array in instance.args]
    return ["gradcheck"] if refused(lambda: torch.autograd.gradcheck(Network.apply, leaves)) else []
