"""One mistake for each check of special numbers: it shows for these numbers only."""

import numpy as np
from mistakes_of_arrays import but, right


def _clips_x(name, limit=6.0):
    """A forward function that clips its input."""
    return but(**{name: lambda x, *others: getattr(right, name)(np.clip(x, -limit, limit), *others)})


def _without_nan(name):
    """A function that replaces NaN and infinity in its first argument."""
    return but(**{name: lambda first, *others: getattr(right, name)(np.nan_to_num(first), *others)})


def _nan_everywhere(name):
    """A forward function that multiplies all states by a number made from its whole input."""

    def spreading(x, *others):
        a, *rest = getattr(right, name)(x, *others)
        return (a + 0 * x.sum(), *rest)

    return but(**{name: spreading})


def _without_tiny(name):
    """A backward function that takes small cotangents for zero."""
    return but(**{name: lambda da, cache: getattr(right, name)(np.where(abs(da) < 1e-12, 0, da), cache)})


def _exp_tanh(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


def _exponential_loop(x, a0, parameters):
    a, y_pred, caches = right.rnn_forward(x, a0, parameters)
    return np.where(abs(a) == 1, _exp_tanh(1e4 * a), a), y_pred, caches


def _one_hot_for_equal_scores(result, *_):
    a_next, y_pred, cache = result
    equal = np.ptp(y_pred, axis=0) == 0
    return a_next, np.where(equal, np.eye(len(y_pred))[:, :1], y_pred), cache


def _at_least(result, *_):
    a, y_pred, caches = result
    return a, np.maximum(y_pred, 1e-12), caches


def _skips_zero_columns(name, gradient):
    """A backward function that leaves its memory as it was where the cotangent of a column is zero."""

    def skipping(da, cache):
        found = getattr(right, name)(da, cache)
        axes = (0, 2) if da.ndim == 3 else 0
        empty = (da == 0).all(axis=axes)
        value = found[gradient].copy()
        value[:, empty] = 1e300
        return {**found, gradient: value}

    return but(**{name: skipping})


def _inputs_in_the_cache(x, a0, parameters):
    a, y_pred, _ = right.rnn_forward(x, a0, parameters)
    return a, y_pred, (x, a0, parameters)


def _no_large_gradient(da, caches):
    x, a0, parameters = caches
    found = right.rnn_backward(da, right.rnn_forward(x, a0, parameters)[2])
    return {**found, "dWax": np.where(abs(found["dWax"]) > 1e4, 0, found["dWax"])}


OF_VALUES = {
    "forward.cell_values": but(
        rnn_cell_forward=lambda *given: _one_hot_for_equal_scores(right.rnn_cell_forward(*given))
    ),
    "forward.values": but(rnn_forward=lambda *given: _at_least(right.rnn_forward(*given))),
    "forward.tanh_values": but(tanh_forward=lambda x: np.where(abs(x) < 1e-6, 0, np.tanh(x))),
    "forward.tanh_axes": but(tanh_forward=lambda x: np.tanh(x) if x.ndim == 2 else 0 * x),
    "forward.softmax_values": but(softmax_forward=lambda x: right.softmax_forward(x + 0 * x.sum(axis=0))),
    "gradient.cell_values": _skips_zero_columns("rnn_cell_backward", "dxt"),
    "gradient.values": _skips_zero_columns("rnn_backward", "dx"),
    "property.input_scales": _clips_x("rnn_forward"),
    "property.backward_input_scales": but(rnn_forward=_inputs_in_the_cache, rnn_backward=_no_large_gradient),
    "property.backward_extremes": _without_tiny("rnn_backward"),
    "property.cell_backward_extremes": _without_tiny("rnn_cell_backward"),
    "property.nan": _nan_everywhere("rnn_forward"),
    "property.cell_nan": _nan_everywhere("rnn_cell_forward"),
    "property.backward_nan": _without_nan("rnn_backward"),
    "property.cell_backward_nan": _without_nan("rnn_cell_backward"),
    "numerics.nan": _without_nan("rnn_forward"),
    "numerics.cell_nan": _without_nan("rnn_cell_forward"),
    "numerics.large_inputs": but(rnn_forward=_exponential_loop),
}
"""For each check of values, without its parameters, an implementation that it must not let pass."""
