"""Right: one matrix for inputs, state and bias together, split only at the end."""

import numpy as np


def tanh_forward(x):
    return np.sign(x) * -np.expm1(-2 * np.abs(x)) / (1 + np.exp(-2 * np.abs(x)))


def softmax_forward(x):
    shifted = np.subtract(x, np.amax(x, axis=0, keepdims=True))
    return np.exp(shifted) / np.add.reduce(np.exp(shifted), axis=0, keepdims=True)


def together(xt, a_prev):
    return np.vstack([xt, a_prev, np.ones((1, xt.shape[1]))])


def rnn_cell_forward(xt, a_prev, parameters):
    W = np.hstack([parameters["Wax"], parameters["Waa"], parameters["ba"]])
    V = np.hstack([parameters["Wya"], parameters["by"]])
    v = together(xt, a_prev)
    a_next = tanh_forward(W @ v)
    yt_pred = softmax_forward(V @ np.vstack([a_next, np.ones((1, a_next.shape[1]))]))
    return a_next, yt_pred, (v, a_next, W, len(xt))


def rnn_cell_backward(da_next, cache):
    v, a_next, W, n_x = cache
    dz = da_next * (1 - a_next) * (1 + a_next)
    dW, dv = dz @ v.T, W.T @ dz
    return {
        "dxt": dv[:n_x],
        "da_prev": dv[n_x:-1],
        "dWax": dW[:, :n_x],
        "dWaa": dW[:, n_x:-1],
        "dba": dW[:, -1:],
    }


def rnn_forward(x, a0, parameters):
    caches, a_next = [], a0
    a = np.full((len(a0), *x.shape[1:]), np.nan)
    y_pred = np.full((len(parameters["by"]), *x.shape[1:]), np.nan)
    for t, xt in enumerate(x.T):
        a_next, y_pred[:, :, t], cache = rnn_cell_forward(xt.T, a_next, parameters)
        a[:, :, t] = a_next
        caches.append(cache)
    return a, y_pred, caches


def rnn_backward(da, caches):
    da_next, dx, total = np.zeros(da.shape[:2]), [], 0
    while caches:
        *caches, cache = caches
        da_next = da_next + da[:, :, len(caches)]
        step = rnn_cell_backward(da_next, cache)
        da_next = step["da_prev"]
        dx.insert(0, step["dxt"])
        total = total + np.hstack([step["dWax"], step["dWaa"], step["dba"]])
    n_x, n_a = len(dx[0]), len(da)
    dWax, dWaa, dba = np.split(total, [n_x, n_x + n_a], axis=1)
    return {"dx": np.dstack(dx), "da0": da_next, "dWax": dWax, "dWaa": dWaa, "dba": dba}
