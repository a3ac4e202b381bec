"""Right: a network of small layers that each know their own way back, a tape that is played in reverse."""

import numpy as np


class Tape:
    def __init__(self):
        self.played, self.gradient = [], {}

    def run(self, value, *sources):
        self.played.append((value, sources))
        return value

    def add(self, value, gradient):
        key = id(value)
        self.gradient[key] = self.gradient[key] + gradient if key in self.gradient else gradient

    def of(self, value):
        return self.gradient.get(id(value), np.zeros_like(value))


def linear(tape, W, v):
    return tape.run(W @ v, (W, lambda g: g @ v.T), (v, lambda g: W.T @ g))


def plus(tape, first, second):
    return tape.run(first + second, (first, lambda g: g), (second, lambda g: g))


def bias(tape, b, v):
    return tape.run(v + b, (b, lambda g: g.sum(axis=1, keepdims=True)), (v, lambda g: g))


def squash(tape, v):
    a = np.tanh(v)
    return tape.run(a, (v, lambda g: g * (1 - a * a)))


def rnn_forward(x, a0, parameters):
    tape, p = Tape(), parameters
    inputs, states = [np.array(x[:, :, t]) for t in range(x.shape[2])], [a0]
    for xt in inputs:
        z = plus(tape, linear(tape, p["Wax"], xt), linear(tape, p["Waa"], states[-1]))
        states.append(squash(tape, bias(tape, p["ba"], z)))
    scores = [p["Wya"] @ state + p["by"] for state in states[1:]]
    y_pred = [np.exp(s - s.max(axis=0)) / np.exp(s - s.max(axis=0)).sum(axis=0) for s in scores]
    return np.dstack(states[1:]), np.dstack(y_pred), (tape, inputs, states, p)


def rnn_backward(da, caches):
    tape, inputs, states, p = caches
    tape.gradient = {}
    for t, state in enumerate(states[1:]):
        tape.add(state, da[:, :, t])
    for value, sources in reversed(tape.played):
        for source, way_back in sources:
            tape.add(source, way_back(tape.of(value)))
    weights = {f"d{name}": tape.of(p[name]) for name in ("Wax", "Waa", "ba")}
    return {"dx": np.dstack([tape.of(xt) for xt in inputs]), "da0": tape.of(states[0]), **weights}
