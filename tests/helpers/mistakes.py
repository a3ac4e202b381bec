"""One mistake for each check, which the check must catch. (The faults that people really make are in the catalogue.)"""

from types import SimpleNamespace

import numpy as np
from mistakes_of_arrays import OF_ARRAYS
from mistakes_of_precision import OF_PRECISION
from mistakes_of_values import OF_VALUES
from names import FUNCTIONS

import rnn_reference
from rnn_reference.faults import faults_named

right = SimpleNamespace(**{name: getattr(rnn_reference, name) for name in FUNCTIONS})


def but(**changed):
    """The reference with some of its functions replaced."""
    return SimpleNamespace(**{**vars(right), **changed})


def _changed(function, change):
    """``function`` with ``change`` applied to its result."""

    def wrapper(*arguments):
        return change(function(*arguments), *arguments)

    return wrapper


def forward(change):
    """A network whose ``(a, y_pred, caches)`` is changed: ``change(a, y_pred, caches, x, a0, parameters)``."""
    return but(rnn_forward=_changed(right.rnn_forward, lambda result, *given: change(*result, *given)))


def backward(change):
    """A network whose gradients are changed: ``change(gradients, da, caches)``."""
    return but(rnn_backward=_changed(right.rnn_backward, change))


def cell(change):
    """A cell whose ``(a_next, yt_pred, cache)`` is changed."""
    return but(rnn_cell_forward=_changed(right.rnn_cell_forward, lambda result, *given: change(*result, *given)))


def cell_backward(change):
    """A cell whose gradients are changed."""
    return but(rnn_cell_backward=_changed(right.rnn_cell_backward, change))


def off(array, by=1e-9):
    """The array with its last element off by a little."""
    array = np.array(array)
    array[(-1,) * array.ndim] += by
    return array


def _looks_ahead(x, a0, parameters):
    return right.rnn_forward(x + 1e-6 * x[:, :, -1:], a0, parameters)


def _forgets(x, a0, parameters):
    return right.rnn_forward(x, 0 * a0, {**parameters, "Waa": 0 * parameters["Waa"]})


def _spoils_its_input(x, a0, parameters):
    result = right.rnn_forward(x.copy(), a0.copy(), parameters)
    x[0, 0, 0] = 0
    return result


def _cell_spoils_its_input(xt, a_prev, parameters):
    result = right.rnn_cell_forward(xt.copy(), a_prev.copy(), parameters)
    a_prev += 1
    return result


def _spoils(function):
    def spoiling(da, caches):
        result = function(da.copy(), caches)
        da *= 2
        return result

    return spoiling


def _spoils_x(function):
    def spoiling(x):
        result = function(x.copy())
        x += 1
        return result

    return spoiling


class _Shares:
    """Every forward pass writes into the one cache that the backward pass reads."""

    def rnn_forward(self, x, a0, parameters):
        a, y_pred, self.last = right.rnn_forward(x, a0, parameters)
        return a, y_pred, "the last one"

    def rnn_backward(self, da, caches):
        return right.rnn_backward(da, self.last)


class _Counts:
    """Each call gives a little more than the one before."""

    def __init__(self, name):
        vars(self).update(vars(right))
        self.calls = 0

        def counting(*arguments):
            self.calls += 1
            result = getattr(right, name)(*arguments)
            if isinstance(result, dict):
                return {**result, "dba": result["dba"] + 1e-6 * self.calls}
            return (result[0] + 1e-6 * self.calls, *result[1:])

        setattr(self, name, counting)


def _sequence_averages_batch(x, a0, parameters):
    return right.rnn_forward(x + 1e-6 * x.mean(axis=1, keepdims=True), a0, parameters)


def _first_column_leaks(x, a0, parameters):
    return right.rnn_forward(x + 1e-6 * x[:, :1], a0, parameters)


def _step_zero_is_special(x, a0, parameters):
    x = x.copy()
    x[:, :, 0] *= 1 + 1e-6
    return right.rnn_forward(x, a0, parameters)


def _exp_tanh(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


def _softmax_without_maximum(x):
    return np.exp(x) / np.exp(x).sum(axis=0)


def _softmax_of_one_maximum(x):
    return np.exp(x - x.max()) / np.exp(x - x.max()).sum(axis=0)


def _only_contiguous(x, a0, parameters):
    a, y_pred, caches = right.rnn_forward(x, a0, parameters)
    return (a if x.flags.c_contiguous else a + 1), y_pred, caches


def _upcast(value):
    return np.asarray(value, np.float64)


def _never_zero(gradients, da, caches):
    return {**gradients, "dba": gradients["dba"] + 1e-300}


def _squares(gradients, da, caches):
    return {**gradients, "dba": gradients["dba"] + 1e-6 * (da**2).sum()}


def _skips_empty_steps(da, caches):
    steps = [t for t in range(da.shape[2]) if da[:, :, t].any()]
    return right.rnn_backward(da if steps == list(range(da.shape[2])) else 0 * da, caches)


def _clips(da, caches):
    return right.rnn_backward(np.clip(da, -1e3, 1e3), caches)


def _in_their_order(x, a0, parameters):
    values = [value for value in parameters.values() if value.ndim]
    return right.rnn_forward(x, a0, dict(zip(("Wax", "Waa", "Wya", "ba", "by"), values, strict=True)))


class _SharesACell:
    """Every step forward writes into the one cache that the step backward reads."""

    def rnn_cell_forward(self, xt, a_prev, parameters):
        a_next, yt_pred, self.last = right.rnn_cell_forward(xt, a_prev, parameters)
        return a_next, yt_pred, "the last one"

    def rnn_cell_backward(self, da_next, cache):
        return right.rnn_cell_backward(da_next, self.last)


CAUGHT = {
    **OF_ARRAYS,
    **OF_VALUES,
    **OF_PRECISION,
    "protocol.tanh": but(tanh_forward=lambda x: np.tanh(x).ravel()),
    "protocol.softmax": but(softmax_forward=lambda x: right.softmax_forward(x)[:1]),
    "protocol.cell_forward": cell(lambda a_next, yt_pred, cache, *_: (a_next.T, yt_pred, cache)),
    "protocol.network_forward": forward(lambda a, y, caches, *_: (a.transpose(2, 0, 1), y, caches)),
    "protocol.cell_backward": cell_backward(lambda g, *_: {**g, "dba": g["dba"][:, 0]}),
    "protocol.network_backward": backward(lambda g, *_: {n: g[n] for n in ("dx", "da0", "dWax", "dWaa")}),
    "protocol.caches": forward(lambda a, y, caches, *_: (a, y, ([caches[0][-1]] * len(caches[0]), caches[1]))),
    "golden.tanh": but(tanh_forward=lambda x: off(np.tanh(x), 1e-14)),
    "golden.softmax": but(softmax_forward=lambda x: off(right.softmax_forward(x), 1e-14)),
    "golden.cell_forward": cell(lambda a_next, yt_pred, cache, *_: (a_next, off(yt_pred, 1e-13), cache)),
    "golden.network_forward": forward(lambda a, y, caches, *_: (a + 1e-13, y, caches)),
    "golden.cell_backward": cell_backward(lambda g, *_: {**g, "dxt": g["dxt"] + 1e-13}),
    "golden.network_backward": but(rnn_backward=faults_named("carry-dropped")[0].of(right.rnn_cell_backward)),
    "golden.certified_states": forward(lambda a, y, caches, *_: (a, off(y, 1e-14), caches)),
    "golden.certified_gradients": backward(lambda g, *_: {**g, "da0": off(g["da0"], 1e-11)}),
    "forward.tanh": but(tanh_forward=lambda x: x - x**3 / 3),
    "forward.softmax": but(softmax_forward=lambda x: right.softmax_forward(x.T).T),
    "forward.cell_state": cell(lambda a_next, yt_pred, cache, *_: (off(a_next, 1e-13), yt_pred, cache)),
    "forward.cell_prediction": cell(lambda a_next, yt_pred, cache, *_: (a_next, off(yt_pred, 1e-13), cache)),
    "forward.states": forward(lambda a, y, caches, *_: (off(a, 1e-13), y, caches)),
    "forward.predictions": forward(lambda a, y, caches, *_: (a, off(y, 1e-13), caches)),
    "forward.fresh": forward(lambda a, y, caches, *_: (off(a, 1e-13), y, caches)),
    "forward.cell_sizes": cell(lambda a, y, cache, *_: (off(a, 1e-3 * (a.shape[1] > 128)), y, cache)),
    "forward.sizes": forward(lambda a, y, caches, *_: (off(a, 1e-3 * (a.shape[2] % 16 == 0)), y, caches)),
    "gradient.cell": cell_backward(lambda g, *_: {**g, "dWaa": off(g["dWaa"])}),
    "gradient.network": backward(lambda g, *_: {**g, "dWaa": off(g["dWaa"])}),
    "gradient.spot": backward(lambda g, *_: {name: value * (1 + 1e-8) for name, value in g.items()}),
    "gradient.cell_fresh": cell_backward(lambda g, *_: {**g, "dWax": off(g["dWax"], 1e-11)}),
    "gradient.cell_sizes": cell_backward(lambda g, *_: {**g, "dWaa": g["dWaa"] * (1 + (len(g["dWaa"]) == 11))}),
    "gradient.sizes": backward(lambda g, *_: {**g, "dx": off(g["dx"], g["dx"].shape[2] > 100)}),
    "gradient.network_fresh": backward(lambda g, *_: {**g, "dx": off(g["dx"], 1e-11)}),
    "property.split": but(rnn_forward=_step_zero_is_special),
    "property.batch_columns": but(rnn_forward=_sequence_averages_batch),
    "property.batch_order": but(rnn_forward=_first_column_leaks),
    "property.causal": but(rnn_forward=_looks_ahead),
    "property.remembers": but(rnn_forward=_forgets),
    "property.no_recurrence": but(rnn_forward=_step_zero_is_special),
    "property.backward_linear": backward(_squares),
    "property.backward_zero": backward(_never_zero),
    "property.backward_causal": backward(lambda g, *_: {**g, "dx": g["dx"] + 1e-9}),
    "property.repeatable": _Counts("rnn_forward"),
    "property.backward_repeatable": _Counts("rnn_backward"),
    "property.caches_kept": _Shares(),
    "property.inputs_kept": but(rnn_forward=_spoils_its_input),
    "property.cotangent_kept": but(rnn_backward=_spoils(right.rnn_backward)),
    "property.cell_inputs_kept": but(rnn_cell_forward=_cell_spoils_its_input),
    "property.cell_cotangent_kept": but(rnn_cell_backward=_spoils(right.rnn_cell_backward)),
    "property.tanh_input_kept": but(tanh_forward=_spoils_x(right.tanh_forward)),
    "property.softmax_input_kept": but(softmax_forward=_spoils_x(right.softmax_forward)),
    "property.backward_sparse": but(rnn_backward=_skips_empty_steps),
    "property.backward_scales": but(rnn_backward=_clips),
    "property.cell_caches_kept": _SharesACell(),
    "property.parameters_by_name": but(rnn_forward=_in_their_order),
    "numerics.caches": forward(lambda a, y, caches, *_: (a, y, (caches[0], caches[1] * (1 + 1e-15)))),
    "numerics.tanh_large": but(tanh_forward=_exp_tanh),
    "numerics.softmax_large": but(softmax_forward=_softmax_without_maximum),
    "numerics.softmax_columns": but(softmax_forward=_softmax_of_one_maximum),
    "numerics.tanh_float32": but(tanh_forward=lambda x: _upcast(np.tanh(x))),
    "numerics.softmax_float32": but(softmax_forward=lambda x: _upcast(right.softmax_forward(x))),
    "numerics.cell_float32": cell(lambda a_next, yt_pred, cache, *_: (_upcast(a_next), yt_pred, cache)),
    "numerics.network_float32": forward(lambda a, y, caches, *_: (a, _upcast(y), caches)),
    "numerics.gradient_float32": backward(lambda g, *_: {**g, "dba": _upcast(g["dba"])}),
    "numerics.layout": but(rnn_forward=_only_contiguous),
}
"""For each check, without its parameters, an implementation that it must not let pass."""
