"""Right: batch first and time in the middle inside, transposed only at the border."""

import numpy as np


def rnn_forward(x, a0, parameters):
    p = parameters
    inside = x.transpose(1, 2, 0)  # (m, T_x, n_x)
    m, steps, _ = inside.shape
    a = np.empty((m, steps, len(a0)))
    state = a0.T
    for t in range(steps):
        state = np.tanh(inside[:, t] @ p["Wax"].T + state @ p["Waa"].T + p["ba"].T)
        a[:, t] = state
    scores = a @ p["Wya"].T + p["by"].T
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    y = e / e.sum(axis=-1, keepdims=True)
    return a.transpose(2, 0, 1), y.transpose(2, 0, 1), (inside, a0.T, a, p)


def rnn_backward(da, caches):
    inside, start, a, p = caches
    before = np.concatenate([start[:, None], a[:, :-1]], axis=1)
    outside = da.transpose(1, 2, 0)
    dz = np.zeros_like(a)
    carried = np.zeros_like(start)
    for t in range(a.shape[1] - 1, -1, -1):
        dz[:, t] = (outside[:, t] + carried) * (1 - a[:, t]) * (1 + a[:, t])
        carried = dz[:, t] @ p["Waa"]
    flat = dz.reshape(-1, dz.shape[-1])
    return {
        "dx": (dz @ p["Wax"]).transpose(2, 0, 1),
        "da0": carried.T,
        "dWax": flat.T @ inside.reshape(len(flat), -1),
        "dWaa": flat.T @ before.reshape(len(flat), -1),
        "dba": flat.sum(axis=0)[:, None],
    }
