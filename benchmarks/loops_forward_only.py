"""Loops without a backward pass: onnxruntime, onnx's own evaluator in numpy, and keras on numpy."""

import os
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.loops import Loop, inputs_of
from benchmarks.loops_with_gradients import time_first, time_last
from rnn_reference.arrays import Array
from rnn_reference.problems.problem import Problem


class OnnxReference(Loop):
    """onnx's ``ReferenceEvaluator`` on a model of its RNN operator and a softmax over a product."""

    needs = ("onnx",)
    offers_backward = False

    def __init__(self, problem: Problem) -> None:
        from onnx.reference import ReferenceEvaluator

        self.run = partial(ReferenceEvaluator(_model(problem)).run, None, _feeds(problem))

    def forward(self) -> Any:
        """Run the model."""
        return self.run()

    def named(self, result: Any) -> dict[str, Array]:
        """Remove the axis of directions, and move time to the last axis."""
        a, y = result
        return {"a": time_last(a[:, 0]), "y_pred": time_last(y)}


class OnnxRuntime(OnnxReference):
    """onnxruntime on the same model with one thread, in the only dtype of its RNN operator."""

    needs = ("onnx", "onnxruntime")
    dtypes = ("float32",)
    in_numpy = False

    def __init__(self, problem: Problem) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = _model(problem).SerializeToString()
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.run = partial(session.run, None, _feeds(problem))


def _feeds(problem: Problem) -> dict[str, Array]:
    x, a0, _, _ = inputs_of(problem)
    return {"x": time_first(x), "a0": np.ascontiguousarray(a0.T[None])}


def _model(problem: Problem) -> Any:
    from onnx import checker, helper, numpy_helper

    _, _, p, _ = inputs_of(problem)
    weights = {"W": p["Wax"][None], "R": p["Waa"][None], "Wya_T": p["Wya"].T.copy(), "by": p["by"][:, 0]}
    weights["B"] = np.concatenate([p["ba"], 0 * p["ba"]])[:, 0][None]
    weights["directions"] = np.array([1])
    nodes = [
        helper.make_node("RNN", ["x", "W", "R", "B", "", "a0"], ["a"], hidden_size=problem.n_a),
        helper.make_node("Squeeze", ["a", "directions"], ["states"]),
        helper.make_node("MatMul", ["states", "Wya_T"], ["products"]),
        helper.make_node("Add", ["products", "by"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["y"], axis=-1),
    ]
    number = helper.np_dtype_to_tensor_dtype(np.dtype(problem.dtype))
    T_x, m = problem.T_x, problem.m
    shapes = {"x": (T_x, m, problem.n_x), "a0": (1, m, problem.n_a)}
    results = {"a": (T_x, 1, m, problem.n_a), "y": (T_x, m, problem.n_y)}
    told = [[helper.make_tensor_value_info(n, number, s) for n, s in some.items()] for some in (shapes, results)]
    initial = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "rnn", *told, initial), opset_imports=[helper.make_opsetid("", 14)], ir_version=8
    )
    checker.check_model(model)
    return model


class KerasNumpy(Loop):
    """``keras.layers.SimpleRNN`` and a dense softmax layer, on keras' numpy backend, which has no gradients."""

    needs = ("keras",)
    dtypes = ("float32",)  # float64 layers return states in float32
    offers_backward = False

    def __init__(self, problem: Problem) -> None:
        with patch.dict(os.environ, {"KERAS_BACKEND": "numpy"}):  # it is read once, at the first import
            import keras

        if keras.backend.backend() != "numpy":
            raise ModuleNotFoundError(f"keras came up with {keras.backend.backend()}, not numpy", name="keras")
        x, a0, p, _ = inputs_of(problem)
        self.layer = keras.layers.SimpleRNN(problem.n_a, return_sequences=True, dtype=problem.dtype)
        self.head = keras.layers.Dense(problem.n_y, activation="softmax", dtype=problem.dtype)
        self.x, self.a0 = np.ascontiguousarray(x.transpose(1, 2, 0)), np.ascontiguousarray(a0.T)
        self.layer.build(self.x.shape)
        self.head.build((*self.x.shape[:2], problem.n_a))
        self.layer.set_weights([p["Wax"].T, p["Waa"].T, p["ba"][:, 0]])
        self.head.set_weights([p["Wya"].T, p["by"][:, 0]])

    def forward(self) -> Any:
        """Call both layers."""
        a = self.layer(self.x, initial_state=self.a0)
        return a, self.head(a)

    def named(self, result: Any) -> dict[str, Array]:
        """Transpose from ``(m, T_x, n)``."""
        a, y = result
        return {"a": a.transpose(2, 0, 1), "y_pred": y.transpose(2, 0, 1)}
