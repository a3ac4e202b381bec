"""Right: in float32 throughout, its loops over units and steps written out."""

import numpy as np

dtype = "float32"


def tanh_forward(x):
    e = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - e) / (1 + e)


def softmax_forward(x):
    e = np.exp(x - x.max(axis=0))
    return e / e.sum(axis=0)


def rnn_cell_forward(xt, a_prev, parameters):
    z = parameters["ba"] + np.zeros_like(a_prev)
    for i in range(len(z)):
        for j in range(len(xt)):
            z[i] += parameters["Wax"][i, j] * xt[j]
        for j in range(len(a_prev)):
            z[i] += parameters["Waa"][i, j] * a_prev[j]
    a_next = tanh_forward(z)
    return a_next, softmax_forward(parameters["Wya"] @ a_next + parameters["by"]), (a_next, a_prev, xt, parameters)


def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, p = cache
    dz = da_next - da_next * a_next * a_next
    d = {"dxt": p["Wax"].T @ dz, "da_prev": p["Waa"].T @ dz}
    return d | {"dWax": dz @ xt.T, "dWaa": dz @ a_prev.T, "dba": dz.sum(axis=1, keepdims=True)}


def rnn_forward(x, a0, parameters):
    steps, state = [], a0
    for t in range(x.shape[2]):
        steps.append(rnn_cell_forward(x[:, :, t], state, parameters))
        state = steps[-1][0]
    a, y, caches = zip(*steps, strict=True)
    return np.stack(a, 2), np.stack(y, 2), caches


def rnn_backward(da, caches):
    dx, carried, sums = np.zeros((*caches[0][2].shape, len(caches)), np.float32), np.float32(0), {}
    for t in reversed(range(len(caches))):
        step = rnn_cell_backward(da[:, :, t] + carried, caches[t])
        dx[:, :, t], carried = step["dxt"], step["da_prev"]
        sums = {name: sums.get(name, np.float32(0)) + step[name] for name in ("dWax", "dWaa", "dba")}
    return {"dx": dx, "da0": carried, **sums}
