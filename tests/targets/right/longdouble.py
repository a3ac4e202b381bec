"""Right: everything in the longest numbers that there are, rounded once at the end; a softmax by logarithms."""

import numpy as np

LONG = np.longdouble


def rnn_forward(x, a0, parameters):
    p = {name: np.asarray(value, LONG) for name, value in parameters.items()}
    state, states, scores = np.asarray(a0, LONG), [], []
    for t in range(x.shape[2]):
        state = np.tanh(p["Waa"] @ state + p["Wax"] @ np.asarray(x[:, :, t], LONG) + p["ba"])
        states.append(state)
        scores.append(p["Wya"] @ state + p["by"])
    a, z = np.stack(states, axis=2), np.stack(scores, axis=2)
    y_pred = np.exp(z - np.log(np.exp(z - z.max(axis=0)).sum(axis=0)) - z.max(axis=0))
    kept = {"a": a, "a0": np.asarray(a0, LONG), "x": np.asarray(x, LONG), **p}
    return a.astype(x.dtype), y_pred.astype(x.dtype), kept


def rnn_backward(da, caches):
    a, x = caches["a"], caches["x"]
    carried = np.zeros_like(caches["a0"])
    dx, dWax, dWaa, dba = np.zeros_like(x), 0, 0, 0
    for t in range(a.shape[2])[::-1]:
        before = a[:, :, t - 1] if t > 0 else caches["a0"]
        dz = (carried + da[:, :, t]) * (1 - a[:, :, t] ** 2)
        dx[:, :, t] = caches["Wax"].T @ dz
        dWax, dWaa, dba = dWax + dz @ x[:, :, t].T, dWaa + dz @ before.T, dba + dz.sum(axis=1, keepdims=True)
        carried = caches["Waa"].T @ dz
    found = {"dx": dx, "da0": carried, "dWax": dWax, "dWaa": dWaa, "dba": dba}
    return {name: value.astype(da.dtype) for name, value in found.items()}
