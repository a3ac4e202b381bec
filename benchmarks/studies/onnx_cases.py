"""ONNX's published cases of its RNN and LSTM nodes, asked of a network of one direction that returns states."""

import warnings
from functools import cache
from typing import Any

import numpy as np

from benchmarks.studies.other_suites import asked, refused
from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.gate_orders import ORDERS, apart

NODES = {"rnn": "RNN", "lstm": "LSTM"}


def onnx_cases(network: Any, cell: Cell) -> list[str]:
    """Run the cases of a cell's node, with ONNX's own comparator and each case's tolerances; states only."""
    return [case.name for case in cases(cell.name) if refused(lambda case=case: _similar(network, cell, case))]


def cases(cell: str) -> list[Any]:
    """Return the cases without peepholes ``P``, weights of the cell state in the gates: no function here takes them."""
    nodes = [(case, case.model.graph.node[0]) for case in _collected()]
    return [case for case, node in nodes if node.op_type == NODES[cell] and "P" not in node.input]


@cache
def _collected() -> list[Any]:
    """Return the cases of both nodes. ONNX makes the cases of all nodes, once in a process."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        made = [case for case in collect_testcases() if case.model is not None]
    return [case for case in made if case.model.graph.node[0].op_type in NODES.values()]


def _similar(network: Any, cell: Cell, case: Any) -> bool:
    import onnx
    from onnx.backend.test.runner import Runner

    node = case.model.graph.node[0]
    how = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    for inputs, outputs in case.data_sets:
        given = dict(
            zip(node.input, (array.copy() for array in inputs), strict=True)
        )  # some networks modify their inputs
        found = _as_node(network, cell, given, how)
        mine = [found[name] for name in node.output if name]
        Runner.assert_similar_outputs(outputs, mine, rtol=case.rtol, atol=case.atol)
    return True


def _as_node(network: Any, cell: Cell, given: dict[str, Any], how: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs of a node. Reversing and stacking directions is done here, not by the network."""
    X = np.swapaxes(given["X"], 0, 1) if how.get("layout") else given["X"]
    ways = {b"forward": [1], b"reverse": [-1], b"bidirectional": [1, -1]}[how.get("direction", b"forward")]
    each = [_direction(network, cell, X[::way], given, k) for k, way in enumerate(ways)]
    Y = np.stack([states[0][::way] for way, states in zip(ways, each, strict=True)], axis=1)
    last = [np.stack([state[-1] for state in states]) for states in zip(*each, strict=True)]
    if how.get("layout"):
        Y, last = Y.transpose(2, 0, 1, 3), [state.transpose(1, 0, 2) for state in last]
    found = {"Y": Y, **dict(zip(("Y_h", "Y_c"), last, strict=False))}
    return {name: array.astype(np.float32) for name, array in found.items()}


def _direction(network: Any, cell: Cell, X: Any, given: dict[str, Any], k: int) -> list[Any]:
    """Return each state in one direction, ``(T_x, m, n_a)``. ONNX has no predictions: their weights are ones."""
    W, R = given["W"][k], given["R"][k]
    n_a = R.shape[1]
    b = given["B"][k].reshape(2, -1, 1).sum(axis=0) if "B" in given else np.zeros((len(R), 1), np.float32)
    weights = {"Wax": W, "Waa": R, "ba": b} if cell.name == "rnn" else apart(ORDERS["onnx"], W, R, b, before="")
    head = {cell.head.weight: np.ones((2, n_a), np.float32), cell.head.bias: np.ones((2, 1), np.float32)}
    a0 = np.zeros((n_a, X.shape[1]), np.float32)
    arguments = {"x": X.transpose(2, 1, 0).copy(), f"{cell.states[0]}0": a0, "parameters": weights | head}
    results = asked(network, cell.forward, arguments)
    return [results[state].transpose(2, 1, 0) for state in cell.states]
