"""Implementations that modify their arguments, or the modules of the judge."""

import builtins
import sys

import numpy as np


class Input:
    def tanh_forward(self, x):
        return np.tanh(x, out=x)

    def softmax_forward(self, x):
        e = np.exp(x)
        return e / e.sum(axis=0)

    def rnn_forward(self, x, a0, parameters):
        parameters["Wax"] *= 2
        parameters["more"] = np.ones(3)
        return np.zeros(()), np.zeros(()), None

    def rnn_cell_forward(self, xt, a_prev, parameters):
        xt.shape = (xt.size,)
        return np.zeros(()), np.zeros(()), None


class OnTheWayBack:
    """The backward pass modifies the arguments of the forward pass."""

    def rnn_forward(self, x, a0, parameters):
        return np.zeros((*a0.shape, x.shape[2])), np.zeros(()), x

    def rnn_backward(self, da, x):
        x *= 2
        return dict.fromkeys(("dx", "da0", "dWax", "dWaa", "dba"), da)


class Numpy:
    """Replaces functions that a judge might use."""

    def tanh_forward(self, x):
        np.dot = np.allclose = np.asarray = np.array_equal = np.ascontiguousarray = lambda *a, **k: True
        np.abs = np.all = np.any = np.isnan = lambda *a, **k: np.zeros(())
        return 0.5 * x


class Builtins:
    def tanh_forward(self, x):
        builtins.abs = builtins.all = builtins.any = lambda *a: True
        return 0.5 * x


class Streams:
    def tanh_forward(self, x):
        sys.stdout = sys.stderr = None
        return np.tanh(x)


class Layout:
    """Right only for contiguous arguments: returns a description of their memory layout."""

    def rnn_forward(self, x, a0, parameters):
        return np.array(x.strides), np.array([x.flags.writeable, x.flags.c_contiguous]), None
