"""Right networks whose caches do not like to be looked at."""

from collections.abc import Mapping

import numpy as np

import rnn_reference


class Touchy(Mapping):
    """A mapping that says no to everybody."""

    def __getitem__(self, name):
        raise RuntimeError("not yours")

    def __iter__(self):
        raise RuntimeError("not yours")

    def __len__(self):
        raise RuntimeError("not yours")


class _Right:
    """The reference's network, its caches in something else."""

    def around(self, caches):
        raise NotImplementedError

    def rnn_forward(self, x, a0, parameters):
        a, y_pred, self.caches = rnn_reference.rnn_forward(x, a0, parameters)
        return a, y_pred, self.around(x)

    def rnn_backward(self, da, caches):
        return rnn_reference.rnn_backward(da, self.caches)


class InAMapping(_Right):
    def around(self, x):
        return [Touchy()] * x.shape[2], x


class InMillions(_Right):
    def around(self, x):
        return [[[0.5] * 1000] * 1000] * x.shape[2], x


class InALoop(_Right):
    def around(self, x):
        caches = []
        caches.append(caches)
        return caches


class InBytes(_Right):
    def around(self, x):
        return [np.zeros(2**25)] * x.shape[2], x


class Cache:
    """Counts how many there are."""

    alive = 0

    def __init__(self):
        Cache.alive += 1

    def __del__(self):
        Cache.alive -= 1


class Counted(_Right):
    """Says how many of its caches are alive."""

    def around(self, x):
        return Cache()

    def tanh_forward(self, x):
        return np.full(x.shape, Cache.alive)
