"""Right: weights as one array (gate, unit, input), every product by einsum, 1 - sigmoid(z) taken as sigmoid(-z)."""

import numpy as np

ORDER = ("o", "c", "i", "f")


def weights(p):
    return np.stack([p[f"W{g}"] for g in ORDER]), np.stack([p[f"b{g}"] for g in ORDER])


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


def softmax_forward(x):
    return np.exp(x - x.max() - np.log(np.exp(x - x.max()).sum(axis=0)))


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    W, b = weights(parameters)
    z = np.einsum("gij,jm->gim", W, np.r_[a_prev, xt]) + b
    c_next = sigmoid(z[3]) * c_prev + sigmoid(z[2]) * np.tanh(z[1])
    a_next = sigmoid(z[0]) * np.tanh(c_next)
    y = softmax_forward(np.einsum("ya,am->ym", parameters["Wy"], a_next) + parameters["by"])
    return a_next, c_next, y, {"z": z, "in": np.r_[a_prev, xt], "c": c_next, "before": c_prev, "W": W}


def lstm_cell_backward(da_next, dc_next, cache):
    z, c, n_a = cache["z"], cache["c"], len(cache["c"])
    dc = np.asarray(dc_next) + da_next * sigmoid(z[0]) / np.cosh(c) ** 2
    dz = np.stack([
        da_next * np.tanh(c) * sigmoid(z[0]) * sigmoid(-z[0]),
        dc * sigmoid(z[2]) * (1 - np.tanh(z[1]) ** 2),
        dc * np.tanh(z[1]) * sigmoid(z[2]) * sigmoid(-z[2]),
        dc * cache["before"] * sigmoid(z[3]) * sigmoid(-z[3]),
    ])  # fmt: skip
    d_in = np.einsum("gij,gim->jm", cache["W"], dz)
    dW, db = np.einsum("gim,jm->gij", dz, cache["in"]), np.einsum("gim->gi", dz)[:, :, None]
    found = {f"dW{g}": one for g, one in zip(ORDER, dW, strict=True)}
    found |= {f"db{g}": one for g, one in zip(ORDER, db, strict=True)}
    return {"da_prev": d_in[:n_a], "dxt": d_in[n_a:], "dc_prev": sigmoid(z[3]) * dc, **found}


def lstm_forward(x, a0, parameters, c0=0.0):
    a, c = np.empty((2, *a0.shape, x.shape[-1]))
    y, caches = np.empty((len(parameters["by"]), *x.shape[1:])), []
    state = a0, c0 + np.zeros_like(a0)
    for t in range(x.shape[-1]):
        *state, y[..., t], cache = lstm_cell_forward(x[..., t], *state, parameters)
        a[..., t], c[..., t] = state
        caches.append(cache)
    return a, y, c, caches


def lstm_backward(da, caches, dc=None):
    dc = np.zeros_like(da) if dc is None else dc
    steps, later = [], {"da_prev": 0, "dc_prev": 0}
    for t in range(len(caches))[::-1]:
        later = lstm_cell_backward(da[..., t] + later["da_prev"], dc[..., t] + later["dc_prev"], caches[t])
        steps.append(later)
    found = {name: sum(step[name] for step in steps) for name in later if name[:2] in ("dW", "db")}
    dx = np.stack([step["dxt"] for step in steps[::-1]], axis=-1)
    return {**found, "dx": dx, "da0": later["da_prev"], "dc0": later["dc_prev"]}
