"""Black boxes: recurrent networks without parameters to set. Five are right; the others each have one mistake."""

from collections import namedtuple

import numpy as np

_rng = np.random.default_rng(3)
U, W, b = _rng.standard_normal((4, 5)), 0.5 * _rng.standard_normal((4, 4)), _rng.standard_normal((4, 1))


# Right, each written another way


def plain(x, h=None):
    """The document's cell, step by step: x (n_x, m, T_x), a state in and out."""
    h = np.zeros((4, x.shape[1])) if h is None else h
    states = []
    for t in range(x.shape[2]):
        h = np.tanh(U @ x[:, :, t] + W @ h + b)
        states.append(h)
    return np.stack(states, 2), h


Memory = namedtuple("Memory", "h c")


class LongShortTerm:
    """An LSTM in float32 with the batch first, its state a pair of arrays."""

    def __init__(self):
        rng = np.random.default_rng(5)
        self.weights = rng.standard_normal((3 + 6, 4 * 6)).astype(np.float32) / 2

    def __call__(self, x, memory=None):
        x = x.astype(np.float32)
        h, c = memory or Memory(*np.zeros((2, len(x), 6), np.float32))
        outputs = np.empty((*x.shape[:2], 6), np.float32)
        for t in range(x.shape[1]):
            i, f, o, g = np.split(np.concatenate([x[:, t], h], 1) @ self.weights, 4, axis=1)
            c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
            h = np.tanh(c) / (1 + np.exp(-o))
            outputs[:, t] = h
        return outputs, Memory(h, c)


def gated(x, state=None):
    """A GRU with time first, by einsum, its state a dict, its outputs large scores."""
    rng = np.random.default_rng(7)
    into, back, out = rng.standard_normal((3, 2, 7)), 0.4 * rng.standard_normal((3, 7, 7)), rng.standard_normal((7, 3))
    h = np.zeros((x.shape[1], 7)) if state is None else state["h"]
    scores = []
    for xt in x:
        drive = np.einsum("mi,kij->kmj", xt, into)
        z, r = (1 / (1 + np.exp(-drive[k] - np.einsum("mi,ij->mj", h, back[k]))) for k in range(2))
        h = z * h + (1 - z) * np.tanh(drive[2] + np.einsum("mi,ij->mj", r * h, back[2]))
        scores.append(100 * h @ out)
    return np.array(scores), {"h": h}


def projected(x):
    """All inputs projected at once, no state handed out, predictions as probabilities."""
    drive = np.tensordot(U, x, 1) + b[:, :, None]
    a = np.zeros((4, x.shape[1], x.shape[2] + 1))
    for t in range(x.shape[2]):
        a[:, :, t + 1] = np.tanh(drive[:, :, t] + W.dot(a[:, :, t]))
    e = np.exp(np.tensordot(W, a[:, :, 1:], 1))
    return e / e.sum(0)


def at_once(x):
    """A linear recurrence h = 0.9 h + U x, solved for all steps at once by one triangular matrix."""
    steps = np.arange(x.shape[2])
    lags = steps[:, None] - steps
    decay = np.where(lags >= 0, 0.9 ** np.maximum(lags, 0), 0)
    return np.einsum("ni,imt,st->nms", U, x, decay)


long_short_term = LongShortTerm()
RIGHT = {"plain": "nmt", "long_short_term": "mtn", "gated": "tmn", "projected": "nmt", "at_once": "nmt"}


# Wrong


def batch_norm(x):
    return plain((x - x.mean(1, keepdims=True)) / (x.std(1, keepdims=True) + 1))[0]


def batch_leak(x):
    return plain(x + 1e-9 * x[:, :1])[0]


def two_directions(x):
    return plain(x)[0] + plain(x[:, :, ::-1])[0][:, :, ::-1]


def normalized_over_time(x):
    return plain(x / (1 + np.abs(x).max(axis=2, keepdims=True)))[0]


def counts_steps(x):
    return plain(x)[0] / x.shape[2]


def mutates(x):
    result = plain(x.copy())[0]
    x[0, 0, 0] += 1
    return result


def mutates_state(x, h=None):
    outputs, after = plain(x, h)
    if h is not None:
        h *= 0.5
    return outputs, after


_last = {}


def keeps_state(x):
    outputs, h = plain(x, _last.get(x.shape[1]))
    _last[x.shape[1]] = h
    return outputs


_noise = np.random.default_rng(1)


def drops_out(x):
    return plain(x)[0] * (_noise.random((4, 1, 1)) > 0.5)


def ignores_state(x, h=None):
    return plain(x)


def hands_out_first_state(x, h=None):
    outputs, _ = plain(x, h)
    return outputs, outputs[:, :, 0]


def starts_from_ones(x, h=None):
    return plain(x, np.ones((4, x.shape[1])) if h is None else h)


def last_step_alone(x):
    return plain(x)[1]


def no_memory(x):
    return np.tanh(np.tensordot(U, x, 1))


def not_finite(x):
    return plain(x)[0] / 0.0


def one_column_crashes(x):
    if x.shape[1] == 1:
        raise ValueError("one column is not enough")
    return plain(x)[0]


def stub(x):
    """To be done."""


WRONG = {
    "batch_norm": "blackbox.batch_independent",
    "batch_leak": "blackbox.batch_order",
    "two_directions": "blackbox.causal",
    "normalized_over_time": "blackbox.causal",
    "counts_steps": "blackbox.beginning",
    "mutates": "blackbox.inputs_kept",
    "mutates_state": "blackbox.inputs_kept",
    "keeps_state": "blackbox.repeatable",
    "drops_out": "blackbox.repeatable",
    "ignores_state": "blackbox.split",
    "hands_out_first_state": "blackbox.split",
    "starts_from_ones": "blackbox.no_state",
    "last_step_alone": "blackbox.outputs",
    "no_memory": "blackbox.remembers",
    "not_finite": "blackbox.outputs",
    "one_column_crashes": "blackbox.batch_columns",
}
"""For each wrong one, a check that it must not pass."""


def wants_inputs(x):
    """What takes 3,000 inputs and no other number."""
    if len(x) != 3000:
        raise ValueError(f"expected 3000 inputs, got {len(x)}")
    return plain(x[:5])[0]


def endless(x):
    while True:
        pass
