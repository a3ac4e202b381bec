"""Wrong networks that once conformed: arrays that come in another way, numbers that random inputs lack."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import rnn_reference as right

pytestmark = pytest.mark.waits

LSTM = ("lstm_cell_forward", "lstm_forward", "lstm_cell_backward", "lstm_backward")


def but(**changed):
    """The reference's LSTM with some of its functions replaced."""
    return SimpleNamespace(**{name: getattr(right, name) for name in LSTM} | changed)


def before(name, change):
    """The LSTM with a change of the first argument of a function."""
    return but(**{name: lambda first, *others: getattr(right, name)(change(first), *others)})


def after(name, change):
    """The LSTM with a change of the gradients of a function: ``change(name, gradient, da)``."""

    def changed(da, *others):
        found = getattr(right, name)(da, *others)
        return {key: change(key, value, da) for key, value in found.items()}

    return but(**{name: changed})


def kept_by_identity(x, a0, parameters, c0, kept={}):  # noqa: B006 (the mistake)
    """A forward function that keeps a copy of the weights of each dict of arrays that it has seen."""
    key = id(parameters["Wf"])
    if key not in kept or kept[key][0] is not parameters["Wf"]:
        kept[key] = parameters["Wf"], {name: value.copy() for name, value in parameters.items()}
    return right.lstm_forward(x, a0, kept[key][1], c0)


def one_workspace(*arguments, kept={}):  # noqa: B006 (the mistake)
    """A backward function that returns the same arrays each time."""
    found = right.lstm_backward(*arguments)
    for name, value in found.items():
        kept.setdefault((name, value.shape), value.copy())[...] = value
    return {name: kept[name, value.shape] for name, value in found.items()}


def truncated(da, *others):
    """A backward function that returns no da0 where the cotangents of most steps are zero."""
    found = right.lstm_backward(da, *others)
    empty = [t for t in range(da.shape[2]) if not da[:, :, t].any()]
    return {**found, "da0": 0 * found["da0"]} if len(empty) > 9 else found


def filled_up(da, *others):
    """A backward function that computes no dx where the cotangent of a column is zero, and returns its memory."""
    found = right.lstm_backward(da, *others)
    found["dx"][:, (da == 0).all(axis=(0, 2))] = 1e300
    return found


WRONG = {
    "property.forward_layouts[lstm-time-first]": before(
        "lstm_forward", lambda x: np.lib.stride_tricks.as_strided(x, x.shape, sorted(x.strides, reverse=True))
    ),
    "property.backward_layouts[lstm-broadcast]": before("lstm_backward", lambda da: da * (1 + (0 in da.strides))),
    "property.cell_forward_layouts[lstm-reversed]": before(
        "lstm_cell_forward", lambda xt: xt[:: np.sign(xt.strides[0])]
    ),
    "property.cell_backward_layouts[lstm-fortran]": before(
        "lstm_cell_backward", lambda da: da.ravel(order="K").reshape(da.shape)
    ),
    "property.forward_layouts[lstm-mixed]": before("lstm_forward", lambda x: x if x.dtype == float else 2 * x),
    "property.gradients_kept[lstm]": but(lstm_backward=one_workspace),
    "property.updated_in_place[lstm]": but(lstm_forward=kept_by_identity),
    "property.input_scales[lstm]": before("lstm_forward", lambda x: np.clip(x, -10, 10)),
    "property.backward_extremes[lstm]": before("lstm_backward", lambda da: np.clip(da, -1e9, 1e9)),
    "property.cell_backward_extremes[lstm]": before("lstm_cell_backward", lambda da: np.where(abs(da) < 1e-15, 0, da)),
    "property.backward_nan[lstm-nan]": before("lstm_backward", np.nan_to_num),
    "property.backward_nan[lstm-inf]": after("lstm_backward", lambda name, value, da: np.nan_to_num(value)),
    "property.cell_backward_nan[lstm-nan]": before("lstm_cell_backward", np.nan_to_num),
    "property.nan[lstm]": before("lstm_forward", lambda x: x + 0 * x.sum(axis=1, keepdims=True)),
    "numerics.nan[lstm]": before("lstm_forward", np.nan_to_num),
    "numerics.backward_integers[lstm]": before("lstm_backward", lambda da: (da / 1.5).astype(da.dtype) * 1.5),
    "forward.values[lstm-large]": before("lstm_forward", lambda x: np.where(abs(x) > 1e3, 0, x)),
    "forward.cell_values[lstm-small]": before("lstm_cell_forward", lambda xt: np.where(abs(xt) < 1e-8, 0, xt)),
    "gradient.values[lstm-one-step]": but(lstm_backward=truncated),
    "gradient.values[lstm-no-cotangent-of-a-column]": but(lstm_backward=filled_up),
    "gradient.cell_values[lstm-no-cotangent-of-a-unit]": after(
        "lstm_cell_backward", lambda name, value, da: value * (1 + (da == 0).all(axis=1).any())
    ),
}  # fmt: skip
"""For a check of the LSTM a network that only this kind of check sees."""


@pytest.mark.parametrize("check", WRONG)
def test_a_wrong_lstm_is_seen(check, suite):
    """A network that conforms on ordinary problems fails the check of its kind, or gets its advice."""
    run = suite(WRONG[check], f"--rnn-only={check}")
    expected = {"advice"} if check.startswith("numerics.") else {"failed"}
    assert {record["outcome"] for record in run.records.values()} == expected, run.printed


def test_an_ordinary_problem_does_not_show_it(suite):
    """The same networks are right on the ordinary problems: without the checks of their kind they would conform."""
    for network in WRONG.values():
        run = suite(network, "--rnn-only=gradient.network[lstm-T_x=6]", group="gradient")
        assert {record["outcome"] for record in run.records.values()} == {"passed"}


IN_ITS_OWN_PROCESS = """
import numpy as np, rnn_reference as right
from rnn_reference import softmax_forward, rnn_cell_backward
KEPT, PACKED = {}, {}

def tanh_forward(x):
    return np.tanh(x.ravel(order="K")).reshape(x.shape)

def rnn_cell_forward(xt, a_prev, parameters):
    xt *= 1.0
    return right.rnn_cell_forward(xt, a_prev, parameters)

def rnn_forward(x, a0, parameters):
    np.random.seed(0)
    key = id(parameters["Waa"])
    if key not in PACKED or PACKED[key][0] is not parameters["Waa"]:
        PACKED[key] = parameters["Waa"], parameters["Waa"].copy()
    return right.rnn_forward(x, a0, {**parameters, "Waa": PACKED[key][1]})

def rnn_backward(da, caches):
    np.seterr(over="raise")
    found = right.rnn_backward(da * (1 + (0 in da.strides)), caches)
    for name, value in found.items():
        KEPT.setdefault((name, value.shape), value.copy())[...] = value
    return {name: KEPT[name, value.shape] for name, value in found.items()}
"""


def test_all_is_seen_in_another_process(verdict_on, script):
    """Strides, flags, results read later, arrays written again and settings reach a network in its own process."""
    report = verdict_on(Path(script(IN_ITS_OWN_PROCESS)).resolve()).report
    seen = {check["id"] for check in report["checks"] if check["outcome"] in ("failed", "advice")}
    assert seen >= {
        "property.tanh_layouts[fortran]", "property.updated_in_place",
        "property.backward_layouts[broadcast]", "property.gradients_kept",
        "numerics.cell_takes", "numerics.settings", "numerics.backward_settings",
    }  # fmt: skip
    assert "property.forward_layouts[fortran]" not in seen


def test_a_refused_layout_is_advice(suite):
    """A network that takes contiguous arrays only, and says so with an exception, conforms."""

    def strict(da, caches):
        if not da.flags.c_contiguous or not da.flags.writeable or da.dtype != float:
            raise TypeError("a contiguous, writable array of float64")
        return right.rnn_backward(da, caches)

    run = suite(SimpleNamespace(rnn_forward=right.rnn_forward, rnn_backward=strict), "--rnn-examples=1")
    assert run.status == 0, run.printed
    assert run.records["property.backward_layouts[fortran]"]["outcome"] == "not offered"
    assert run.records["numerics.backward_takes"]["outcome"] == "advice"


def test_a_loop_is_not_blamed_for_its_step(suite):
    """A step that is wrong for small x is blamed alone: the loop that calls it is right for it."""

    def step(xt, a_prev, parameters):
        return right.rnn_cell_forward(np.where(abs(xt) < 1e-8, 0, xt), a_prev, parameters)

    def loop(x, a0, parameters):
        return right.rnn_forward(np.where(abs(x) < 1e-8, 0, x), a0, parameters)

    run = suite(SimpleNamespace(rnn_cell_forward=step, rnn_forward=loop), "--rnn-examples=1", group="forward_values")
    assert run.records["forward.cell_values[small]"]["outcome"] == "failed"
    assert run.records["forward.values[small]"]["outcome"] == "passed"
