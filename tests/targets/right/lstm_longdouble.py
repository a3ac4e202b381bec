"""Right: everything in the longest numbers that there are, rounded once at the end; the gates are computed twice."""

import numpy as np

LONG = np.longdouble


def long(*arrays):
    return [np.asarray(array, LONG) for array in arrays]


def gates(xt, a_prev, p):
    v = np.concatenate([a_prev, xt])
    f, i, o = (1 / (1 + np.exp(-(p[f"W{g}"] @ v) - p[f"b{g}"])) for g in "fio")
    return v, f, i, o, np.tanh(p["Wc"] @ v + p["bc"])


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    p = dict(zip(parameters, long(*parameters.values()), strict=True))
    xt, a_prev, c_prev = long(xt, a_prev, c_prev)
    _, f, i, o, g = gates(xt, a_prev, p)
    c_next = f * c_prev + i * g
    a_next = o * np.tanh(c_next)
    z = p["Wy"] @ a_next + p["by"]
    yt_pred = np.exp(z - np.log(np.exp(z - z.max(axis=0)).sum(axis=0)) - z.max(axis=0))
    rounded = (value.astype(float) for value in (a_next, c_next, yt_pred))
    return (*rounded, {"xt": xt, "a_prev": a_prev, "c_prev": c_prev, "c_next": c_next, "a_next": a_next, "p": p})


def backward_long(da_next, dc_next, cache):
    xt, a_prev, c_prev, c_next, p = (cache[name] for name in ("xt", "a_prev", "c_prev", "c_next", "p"))
    v, f, i, o, g = gates(xt, a_prev, p)
    dc = dc_next + da_next * o / np.cosh(c_next) ** 2
    dz = {"f": dc * c_prev * f * (1 - f), "i": dc * g * i * (1 - i)}
    dz |= {"o": da_next * np.tanh(c_next) * o * (1 - o), "c": dc * i * (1 - g) * (1 + g)}
    dv = sum(p[f"W{gate}"].T @ d for gate, d in dz.items())
    found = {"dxt": dv[len(a_prev) :], "da_prev": dv[: len(a_prev)], "dc_prev": dc * f}
    found |= {f"dW{gate}": d @ v.T for gate, d in dz.items()}
    return found | {f"db{gate}": d.sum(axis=1, keepdims=True) for gate, d in dz.items()}


def lstm_cell_backward(da_next, dc_next, cache):
    found = backward_long(*long(da_next, dc_next), cache)
    return {name: value.astype(float) for name, value in found.items()}


def lstm_forward(x, a0, parameters):
    a, c, results = np.asarray(a0, LONG), np.zeros_like(a0, LONG), []
    for t in range(x.shape[2]):
        results.append(lstm_cell_forward(x[:, :, t], a, c, parameters))
        a, c = results[-1][3]["a_next"], results[-1][3]["c_next"]
    a, c, y, caches = zip(*results, strict=True)
    return np.dstack(a), np.dstack(y), np.dstack(c), caches


def lstm_backward(da, caches):
    dx, total, (da_next, dc_next) = [], {}, long(0, 0)
    for t in reversed(range(len(caches))):
        step = backward_long(da[:, :, t] + da_next, dc_next, caches[t])
        dx.append(step.pop("dxt"))
        da_next, dc_next = step.pop("da_prev"), step.pop("dc_prev")
        total = {name: value + total.get(name, 0) for name, value in step.items()}
    found = {"dx": np.dstack(dx[::-1]), "da0": da_next, "dc0": dc_next, **total}
    return {name: value.astype(float) for name, value in found.items()}
