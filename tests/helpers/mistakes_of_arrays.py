"""One mistake for each check of arrays: how they come, and to whom they belong."""

from types import SimpleNamespace

import numpy as np
from names import FUNCTIONS

import rnn_reference

right = SimpleNamespace(**{name: getattr(rnn_reference, name) for name in FUNCTIONS})


def but(**changed):
    """The reference with some of its functions replaced."""
    return SimpleNamespace(**{**vars(right), **changed})


def _reads_memory(name, argument=0):
    """A function that reads the memory of one of its arguments, in whatever order the array has it."""

    def reading(*arguments):
        given = list(arguments)
        given[argument] = given[argument].ravel(order="K").reshape(given[argument].shape)
        return getattr(right, name)(*given)

    return but(**{name: reading})


class _Buffer:
    """A function that returns the same arrays at each call, with other numbers."""

    def __init__(self, name):
        vars(self).update(vars(right))
        self._kept = {}
        setattr(self, name, lambda *arguments: self._again(name, getattr(right, name)(*arguments)))

    def _again(self, name, result):
        if isinstance(result, np.ndarray):
            return self._written("out", result)
        if isinstance(result, dict):
            return {key: self._written(key, value) for key, value in result.items()}
        return (*(self._written(k, value) for k, value in enumerate(result[:-1])), result[-1])

    def _written(self, key, value):
        kept = self._kept.setdefault((key, value.shape), np.empty(value.shape))
        kept[...] = value
        return kept


class _Packs:
    """A forward function that packs the weights once for each array of weights."""

    def __init__(self, name):
        vars(self).update(vars(right))
        self._packed = {}
        setattr(self, name, lambda x, a, parameters: getattr(right, name)(x, a, self._once(parameters)))

    def _once(self, parameters):
        first = parameters["Waa"]
        kept, packed = self._packed.get(id(first), (None, None))
        if kept is not first:
            packed = {name: value.copy() for name, value in parameters.items()}
            self._packed[id(first)] = first, packed
        return packed


def _seeds(*arguments):
    np.random.seed(0)
    return right.rnn_forward(*arguments)


def _hides_warnings(*arguments):
    np.seterr(all="ignore")
    return right.rnn_backward(*arguments)


def _writes(name, argument=0):
    """A function that writes to one of its arguments, and puts the numbers back."""

    def writing(*arguments):
        arguments[argument][...] *= 1.0
        return getattr(right, name)(*arguments)

    return but(**{name: writing})


def _in_the_dtype_of(name, argument=0):
    """A function whose results have the dtype of one of its arguments."""

    def cast(*arguments):
        result, dtype = getattr(right, name)(*arguments), np.asarray(arguments[argument]).dtype
        if isinstance(result, np.ndarray):
            return result.astype(dtype)
        if isinstance(result, dict):
            return {key: value.astype(dtype) for key, value in result.items()}
        return (result[0].astype(dtype), *result[1:])

    return but(**{name: cast})


OF_ARRAYS = {
    "property.forward_layouts": _reads_memory("rnn_forward"),
    "property.backward_layouts": _reads_memory("rnn_backward"),
    "property.cell_forward_layouts": _reads_memory("rnn_cell_forward"),
    "property.cell_backward_layouts": _reads_memory("rnn_cell_backward"),
    "property.tanh_layouts": _reads_memory("tanh_forward"),
    "property.softmax_layouts": _reads_memory("softmax_forward"),
    "property.results_kept": _Buffer("rnn_forward"),
    "property.gradients_kept": _Buffer("rnn_backward"),
    "property.cell_results_kept": _Buffer("rnn_cell_forward"),
    "property.cell_gradients_kept": _Buffer("rnn_cell_backward"),
    "property.tanh_result_kept": _Buffer("tanh_forward"),
    "property.softmax_result_kept": _Buffer("softmax_forward"),
    "property.updated_in_place": _Packs("rnn_forward"),
    "property.backward_updated_in_place": _Packs("rnn_forward"),
    "property.cell_updated_in_place": _Packs("rnn_cell_forward"),
    "numerics.takes": _writes("rnn_forward"),
    "numerics.backward_takes": _writes("rnn_backward"),
    "numerics.cell_takes": _writes("rnn_cell_forward"),
    "numerics.cell_backward_takes": _writes("rnn_cell_backward"),
    "numerics.integers": _in_the_dtype_of("rnn_forward"),
    "numerics.backward_integers": _in_the_dtype_of("rnn_backward"),
    "numerics.cell_integers": _in_the_dtype_of("rnn_cell_forward"),
    "numerics.cell_backward_integers": _in_the_dtype_of("rnn_cell_backward"),
    "numerics.tanh_integers": _in_the_dtype_of("tanh_forward"),
    "numerics.softmax_integers": _in_the_dtype_of("softmax_forward"),
    "numerics.settings": but(rnn_forward=_seeds),
    "numerics.backward_settings": but(rnn_backward=_hides_warnings),
}
"""For each check of arrays, without its parameters, an implementation that it must not let pass."""
