"""A right recurrent network, written unlike the reference: batch first, one weight matrix, its own kind of cache."""

import numpy as np


def softmax_forward(x):
    shifted = np.exp(x - x.max(axis=0, keepdims=True))
    return shifted / shifted.sum(axis=0, keepdims=True)


def tanh_forward(x):
    return np.tanh(x)


def rnn_cell_forward(xt, a_prev, parameters):
    both = np.vstack([a_prev, xt])
    weights = np.hstack([parameters["Waa"], parameters["Wax"]])
    a_next = tanh_forward(weights @ both + parameters["ba"])
    yt_pred = softmax_forward(parameters["Wya"] @ a_next + parameters["by"])
    return a_next, yt_pred, {"weights": weights, "both": both, "slope": 1 - a_next**2}


def rnn_cell_backward(da_next, cache):
    n_a = len(da_next)
    dz = da_next * cache["slope"]
    d_weights, d_both = dz @ cache["both"].T, cache["weights"].T @ dz
    return {
        "dxt": d_both[n_a:],
        "da_prev": d_both[:n_a],
        "dWax": d_weights[:, n_a:],
        "dWaa": d_weights[:, :n_a],
        "dba": dz.sum(axis=1, keepdims=True),
    }


def rnn_forward(x, a0, parameters):
    states, predictions, caches = [], [], []
    a = a0
    for t in range(x.shape[2]):
        a, y, cache = rnn_cell_forward(x[:, :, t], a, parameters)
        states.append(a)
        predictions.append(y)
        caches.append(cache)
    return np.stack(states, axis=2), np.stack(predictions, axis=2), caches


def rnn_backward(da, caches):
    dx = []
    total = {"dWax": 0, "dWaa": 0, "dba": 0}
    carried = 0
    for t in reversed(range(da.shape[2])):
        step = rnn_cell_backward(da[:, :, t] + carried, caches[t])
        dx.insert(0, step["dxt"])
        carried = step["da_prev"]
        total = {name: value + step[name] for name, value in total.items()}
    return {"dx": np.stack(dx, axis=2), "da0": carried, **total}
