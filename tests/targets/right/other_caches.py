"""Right: the caches are a dict that holds pre-activations only; the backward pass computes the rest again."""

import numpy as np


def rnn_forward(x, a0, parameters):
    a = np.zeros((len(a0), x.shape[1], x.shape[2]))
    z = np.zeros_like(a)
    for t in range(x.shape[2]):
        before = a[:, :, t - 1] if t else a0
        z[:, :, t] = parameters["ba"] + parameters["Waa"] @ before + parameters["Wax"] @ x[:, :, t]
        a[:, :, t] = np.tanh(z[:, :, t])
    scores = np.einsum("ya,amt->ymt", parameters["Wya"], a) + parameters["by"][..., None]
    y = 1 / np.exp(scores[None] - scores[:, None]).sum(axis=1)
    return a, y, {"z": z, "start": a0, "input": x, **parameters}


def rnn_backward(da, caches):
    a = np.tanh(caches["z"])
    a_prev = np.concatenate([caches["start"][:, :, None], a[:, :, :-1]], axis=2)
    dz = np.zeros_like(a)
    for t in reversed(range(a.shape[2])):
        later = caches["Waa"].T @ dz[:, :, t + 1] if t + 1 < a.shape[2] else 0
        dz[:, :, t] = (da[:, :, t] + later) * (1 - a[:, :, t] ** 2)
    return {
        "dx": np.moveaxis(np.matmul(caches["Wax"].T, np.moveaxis(dz, 2, 0)), 0, 2),
        "da0": caches["Waa"].T @ dz[:, :, 0],
        "dWax": sum(dz[:, :, t] @ caches["input"][:, :, t].T for t in range(a.shape[2])),
        "dWaa": sum(dz[:, :, t] @ a_prev[:, :, t].T for t in range(a.shape[2])),
        "dba": dz.sum(axis=2).sum(axis=1).reshape(-1, 1),
    }
