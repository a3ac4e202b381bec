"""Arrays with time as the first axis, so that a step is one contiguous block, and sums over all steps."""

import numpy as np

from rnn_reference.arrays import Array

WIDE = 64
"""Number of columns above which one product for each step is as fast as one for all steps, and needs no copy."""

LARGE = 2**16
"""Size in bytes above which an array is copied row by row."""


def time_first(array: Array) -> Array:
    """Moves time to the first axis. Large arrays are copied one row at a time, because each row fits in cache."""
    steps = array.transpose(2, 0, 1)
    if array.nbytes < LARGE or steps.flags.c_contiguous:
        return np.ascontiguousarray(steps)
    copy = np.empty(steps.shape, steps.dtype)
    for i, row in enumerate(array):
        copy[:, i] = row.T
    return copy


def time_last(array: Array) -> Array:
    """Returns the array with the document's axes ``(n, m, T_x)``, as a view."""
    return array.transpose(1, 2, 0)


def summed_product(dz: Array, inputs: Array) -> Array:
    """Returns ``sum over t of dz_t inputs_t^T``: step by step if a step has many columns, else as one product."""
    T_x, _, m = dz.shape
    if m < WIDE:
        dz, inputs = (steps.transpose(1, 0, 2).reshape(steps.shape[1], T_x * m) for steps in (dz, inputs))
        return dz @ inputs.T
    total = np.zeros((dz.shape[1], inputs.shape[1]), dz.dtype)
    product = np.empty_like(total)
    for dz_t, input_t in zip(dz, inputs, strict=True):
        total += np.matmul(dz_t, input_t.T, out=product)
    return total
