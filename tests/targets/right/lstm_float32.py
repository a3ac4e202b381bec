"""Right: in float32 throughout; each sigmoid takes the exponential of a negative number, on either side of zero."""

import numpy as np

dtype = "float32"
GATES = "fioc"


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def tanh_forward(x):
    return np.sign(x) * (1 - 2 / (np.exp(2 * np.minimum(np.abs(x), 40)) + 1))


def softmax_forward(x):
    e = np.exp(x - x.max(axis=0))
    return e / e.sum(axis=0)


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    p, n_a = parameters, len(a_prev)
    z = {g: p[f"W{g}"][:, :n_a] @ a_prev + (p[f"W{g}"][:, n_a:] @ xt + p[f"b{g}"]) for g in GATES}
    f, i, o, g = sigmoid(z["f"]), sigmoid(z["i"]), sigmoid(z["o"]), np.tanh(z["c"])
    c_next = i * g + f * c_prev
    a_next = tanh_forward(c_next) * o
    kept = [a_next, c_next, a_prev, c_prev, f, i, o, g, xt, p]
    return a_next, c_next, softmax_forward(p["Wy"] @ a_next + p["by"]), kept


def lstm_cell_backward(da_next, dc_next, cache):
    _, c_next, a_prev, c_prev, f, i, o, g, xt, p = cache
    n_a = len(a_prev)
    squashed = np.tanh(c_next)
    total = da_next * o * (1 - squashed) * (1 + squashed) + dc_next
    dz = [total * c_prev * f * (1 - f), total * g * i * (1 - i), da_next * squashed * o * (1 - o)]
    dz = dict(zip(GATES, [*dz, total * i * (1 - g) * (1 + g)], strict=True))
    found = {"dxt": np.zeros_like(xt), "da_prev": np.zeros_like(a_prev), "dc_prev": total * f}
    for gate, d in dz.items():
        W = p[f"W{gate}"]
        found["dxt"] += W[:, n_a:].T @ d
        found["da_prev"] += W[:, :n_a].T @ d
        found[f"dW{gate}"] = np.concatenate([d @ a_prev.T, d @ xt.T], axis=1)
        found[f"db{gate}"] = d.sum(axis=1, keepdims=True)
    return found


def lstm_forward(x, a0, parameters, c0=None):
    a, c, steps = a0, np.zeros_like(a0) if c0 is None else c0, []
    for t in range(x.shape[2]):
        a, c, y, cache = lstm_cell_forward(x[:, :, t], a, c, parameters)
        steps.append((a, y, c, cache))
    *whole, caches = zip(*steps, strict=True)
    return (*(np.stack(one, axis=2) for one in whole), caches)


def lstm_backward(da, caches):
    da_next, dc_next, dx, sums = np.float32(0), np.float32(0), [], {}
    for t in reversed(range(len(caches))):
        step = lstm_cell_backward(da[:, :, t] + da_next, dc_next, caches[t])
        dx.insert(0, step.pop("dxt"))
        da_next, dc_next = step.pop("da_prev"), step.pop("dc_prev")
        sums = {name: sums.get(name, np.float32(0)) + value for name, value in step.items()}
    return {"dx": np.stack(dx, axis=2), "da0": da_next, **sums}
