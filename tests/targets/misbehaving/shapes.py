"""Networks that are right except for the shapes of their results."""

import rnn_reference


class _Right:
    tanh_forward = staticmethod(rnn_reference.tanh_forward)
    softmax_forward = staticmethod(rnn_reference.softmax_forward)
    rnn_cell_forward = staticmethod(rnn_reference.rnn_cell_forward)
    rnn_forward = staticmethod(rnn_reference.rnn_forward)
    rnn_cell_backward = staticmethod(rnn_reference.rnn_cell_backward)
    rnn_backward = staticmethod(rnn_reference.rnn_backward)


class TimeFirst(_Right):
    def rnn_forward(self, x, a0, parameters):
        a, y_pred, caches = rnn_reference.rnn_forward(x, a0, parameters)
        return a.transpose(2, 0, 1), y_pred.transpose(2, 0, 1), caches


class Flat(_Right):
    def rnn_forward(self, x, a0, parameters):
        a, y_pred, caches = rnn_reference.rnn_forward(x, a0, parameters)
        return a.ravel(), y_pred.sum(), caches

    def rnn_cell_forward(self, xt, a_prev, parameters):
        a_next, yt_pred, cache = rnn_reference.rnn_cell_forward(xt, a_prev, parameters)
        return a_next.ravel(), yt_pred.sum(), cache


class FlatGradients(_Right):
    def rnn_backward(self, da, caches):
        return {name: value.ravel() for name, value in rnn_reference.rnn_backward(da, caches).items()}

    def rnn_cell_backward(self, da_next, cache):
        return {name: value.sum() for name, value in rnn_reference.rnn_cell_backward(da_next, cache).items()}


class FlatActivations(_Right):
    def tanh_forward(self, x):
        return rnn_reference.tanh_forward(x).ravel()

    def softmax_forward(self, x):
        return rnn_reference.softmax_forward(x).sum()
