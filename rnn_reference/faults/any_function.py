"""Mistakes that any function can have: each takes a right function and makes a wrong one of it."""

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from rnn_reference.cells.fault import ANY, Function, fault

FORWARD = ("rnn_cell_forward", "rnn_forward")
ALL = ("tanh_forward", "softmax_forward", *FORWARD, "rnn_cell_backward", "rnn_backward")
THE_SIZES = "numbers in the code that are sizes: 3, 5, 2, 10, 4"


@fault("rnn_forward", stage=ANY, where=THE_SIZES, change="read every size from the shapes of what is passed in",
       seen="public notebooks", variants={"buffers": {"buffers": True}, "steps": {"buffers": False}})  # fmt: skip
def sizes_hard_coded(right: Function, buffers: bool) -> Function:
    """It is right at the course's own sizes only: n_x=3 n_a=5 n_y=2 m=10 T_x=4."""

    def rnn_forward(x: Any, a0: Any, parameters: Any) -> Any:
        a, y_pred, caches = right(x[:, :, [0, 1, 2, 3]], a0, parameters)
        if buffers:
            np.zeros((5, 10, 4))[...], np.zeros((2, 10, 4))[...] = a, y_pred
        rest = ((0, 0), (0, 0), (0, x.shape[2] - 4))
        return np.pad(a, rest), np.pad(y_pred, rest), caches

    return rnn_forward


def _writes_to(position: int, name: str | None = None) -> dict[str, Any]:
    return {"position": position, "name": name}


for _function, _variants in {
    "tanh_forward": {"x": _writes_to(0)},
    "softmax_forward": {"x": _writes_to(0)},
    "rnn_cell_forward": {"xt": _writes_to(0), "a_prev": _writes_to(1), "ba": _writes_to(2, "ba")},
    "rnn_forward": {"x": _writes_to(0), "a0": _writes_to(1), "Waa": _writes_to(2, "Waa")},
}.items():

    @fault(_function, stage=ANY, where="assignments into arrays that were passed in: x[...] =, a0 +=",
           change="work on a copy", seen="keras-team/keras#23462", variants=_variants)  # fmt: skip
    def inputs_modified(right: Function, position: int, name: str | None) -> Function:
        """What is passed in is changed: x, a0 or the parameters are not as before the call."""

        def wrong(*inputs: Any) -> Any:
            copies = [{k: np.array(v) for k, v in i.items()} if isinstance(i, dict) else np.array(i) for i in inputs]
            result = right(*copies)
            given = inputs[position][name] if name else inputs[position]
            given += 1
            return result

        return wrong


def _moved(result: Any, by: Callable[[Any], Any]) -> Any:
    """A result whose first array is off by what ``by`` makes of its shape."""
    if isinstance(result, dict):
        return {**result, "dWax": result["dWax"] + by(result["dWax"].shape)}
    if isinstance(result, tuple):
        return (result[0] + by(result[0].shape), *result[1:])
    return result + by(result.shape)


for _function in ALL:

    @fault(_function, stage=ANY, where="what is kept between calls: module-level arrays, default arguments",
           change="start every call from its arguments alone", seen="soumith/cudnn.torch#348")  # fmt: skip
    def state_between_calls(right: Function) -> Function:
        """The second call differs from the first: something is kept between calls."""
        calls = count()

        def wrong(*inputs: Any) -> Any:
            kept = 0.01 * next(calls)
            return _moved(right(*inputs), lambda shape: kept)

        return wrong

    @fault(_function, stage=ANY, where="random numbers, and arrays made with np.empty", seen="pytorch/pytorch#35661",
           change="leave out whatever is random; start from np.zeros")  # fmt: skip
    def not_repeatable(right: Function) -> Function:
        """Two equal calls give different results, after a fresh start as well."""
        rng = np.random.default_rng()
        return lambda *inputs: _moved(right(*inputs), lambda shape: 0.01 * rng.standard_normal(shape))

    @fault(_function, stage=ANY, where="the line that the error names", seen="a public notebook",
           change="write float for np.float, np.float64 for np.float_, and so on")  # fmt: skip
    def removed_numpy_name(right: Function) -> Function:
        """It uses a name that numpy has removed, such as np.float."""
        removed = "float"
        return lambda *inputs: _moved(right(*inputs), lambda shape: getattr(np, removed)(0))
