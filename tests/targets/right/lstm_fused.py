"""Right: one product a step for all four gates, sigmoids by tanh, all gates of all steps in one array; takes c0, dc."""

import numpy as np


def fused(p):
    W = np.concatenate([p["Wi"], p["Wf"], p["Wo"], p["Wc"]])
    b = np.concatenate([p["bi"], p["bf"], p["bo"], p["bc"]])
    return W, b


def lstm_forward(x, a0, parameters, c0=None):
    (n_a, m), T_x = a0.shape, x.shape[2]
    W, b = fused(parameters)
    G = np.empty((T_x, 4 * n_a, m))
    H, C = np.empty((T_x + 1, n_a, m)), np.empty((T_x + 1, n_a, m))
    H[0], C[0] = a0, 0 if c0 is None else c0
    scale = np.repeat([0.5, 0.5, 0.5, 1], n_a)[:, None]
    for t in range(T_x):
        G[t] = W @ np.concatenate([H[t], x[:, :, t]]) + b
        G[t] = np.tanh(G[t] * scale) * scale + (1 - scale)
        i, f, o, g = np.split(G[t], 4)
        C[t + 1] = f * C[t] + i * g
        H[t + 1] = o * np.tanh(C[t + 1])
    scores = parameters["Wy"] @ H[1:] + parameters["by"]
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    y = e / e.sum(axis=1, keepdims=True)
    return H[1:].transpose(1, 2, 0), y.transpose(1, 2, 0), C[1:].transpose(1, 2, 0), (G, H, C, x, W)


def lstm_backward(da, caches, dc=None):
    G, H, C, x, W = caches
    T_x, n_a, m = H[1:].shape
    dG, dx = np.empty_like(G), np.empty_like(x)
    dh, dcell = np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in range(T_x - 1, -1, -1):
        i, f, o, g = np.split(G[t], 4)
        squashed = np.tanh(C[t + 1])
        dh = dh + da[:, :, t]
        dcell = dcell + dh * o * (1 - squashed**2) + (0 if dc is None else dc[:, :, t])
        dG[t, :n_a] = dcell * g * i * (1 - i)
        dG[t, n_a : 2 * n_a] = dcell * C[t] * f * (1 - f)
        dG[t, 2 * n_a : 3 * n_a] = dh * squashed * o * (1 - o)
        dG[t, 3 * n_a :] = dcell * i * (1 - g**2)
        dh, dx[:, :, t] = np.split(W.T @ dG[t], [n_a])
        dcell = dcell * f
    inputs = np.concatenate([H[:-1], x.transpose(2, 0, 1)], axis=1)
    dW = np.tensordot(dG, inputs, axes=([0, 2], [0, 2]))
    db = dG.sum(axis=2).sum(axis=0)[:, None]
    found = {"dx": dx, "da0": dh, "dc0": dcell}
    for k, gate in enumerate("ifoc"):
        rows = slice(k * n_a, (k + 1) * n_a)
        found[f"dW{gate}"], found[f"db{gate}"] = dW[rows], db[rows]
    return found
