"""Right: scipy's softmax, a tanh made of the logistic function, the document's loops with its own names."""

import numpy as np
from scipy.special import expit, softmax


def tanh_forward(x):
    return 2 * expit(2 * x) - 1


def softmax_forward(x):
    return softmax(x, axis=0)


def rnn_cell_forward(xt, a_prev, parameters):
    Wax, Waa, Wya, ba, by = (parameters[k] for k in ("Wax", "Waa", "Wya", "ba", "by"))
    a_next = tanh_forward(np.dot(Wax, xt) + np.dot(Waa, a_prev) + ba)
    yt_pred = softmax_forward(np.dot(Wya, a_next) + by)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def rnn_forward(x, a0, parameters):
    a = np.zeros((a0.shape[0], x.shape[1], x.shape[2]))
    y_pred = np.zeros((parameters["Wya"].shape[0], x.shape[1], x.shape[2]))
    caches, a_next = [], a0
    for t in range(x.shape[2]):
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a[:, :, t], y_pred[:, :, t] = a_next, yt_pred
        caches.append(cache)
    return a, y_pred, (caches, x)


def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dtanh = (1 - a_next) * (1 + a_next) * da_next
    return {
        "dxt": np.dot(parameters["Wax"].T, dtanh),
        "da_prev": np.dot(parameters["Waa"].T, dtanh),
        "dWax": np.dot(dtanh, xt.T),
        "dWaa": np.dot(dtanh, a_prev.T),
        "dba": np.sum(dtanh, axis=1, keepdims=True),
    }


def rnn_backward(da, caches):
    per_step, x = caches
    total = {"dx": np.zeros_like(x), "dWax": 0.0, "dWaa": 0.0, "dba": 0.0}
    da_prevt = np.zeros_like(da[:, :, 0])
    for t in reversed(range(da.shape[2])):
        gradients = rnn_cell_backward(da[:, :, t] + da_prevt, per_step[t])
        da_prevt = gradients["da_prev"]
        total["dx"][:, :, t] = gradients["dxt"]
        for name in ("dWax", "dWaa", "dba"):
            total[name] = total[name] + gradients[name]
    return {**total, "da0": da_prevt}
