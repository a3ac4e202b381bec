"""Right: the course's exercise, line by line: one loop, sigmoids by exp(-z), which may overflow, no c0, dc or dc0."""

import numpy as np


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum(axis=0)


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    n_a, m = a_prev.shape
    n_x, _ = xt.shape
    concat = np.zeros((n_a + n_x, m))
    concat[:n_a, :] = a_prev
    concat[n_a:, :] = xt
    ft = sigmoid(np.dot(parameters["Wf"], concat) + parameters["bf"])
    it = sigmoid(np.dot(parameters["Wi"], concat) + parameters["bi"])
    cct = np.tanh(np.dot(parameters["Wc"], concat) + parameters["bc"])
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(parameters["Wo"], concat) + parameters["bo"])
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(np.dot(parameters["Wy"], a_next) + parameters["by"])
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def lstm_forward(x, a0, parameters):
    _, m, T_x = x.shape
    n_y, n_a = parameters["Wy"].shape
    a, c, y = np.zeros((n_a, m, T_x)), np.zeros((n_a, m, T_x)), np.zeros((n_y, m, T_x))
    a_next, c_next, caches = a0, np.zeros(a0.shape), []
    for t in range(T_x):
        a_next, c_next, yt, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a[:, :, t], c[:, :, t], y[:, :, t] = a_next, c_next, yt
        caches.append(cache)
    return a, y, c, (caches, x)


def lstm_cell_backward(da_next, dc_next, cache):
    (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters) = cache
    n_a = a_next.shape[0]
    through = dc_next + ot * (1 - np.square(np.tanh(c_next))) * da_next
    d = {
        "f": through * c_prev * ft * (1 - ft),
        "i": through * cct * it * (1 - it),
        "c": through * it * (1 - np.square(cct)),
        "o": da_next * np.tanh(c_next) * ot * (1 - ot),
    }
    concat = np.concatenate((a_prev, xt), axis=0)
    gradients = {f"dW{g}": np.dot(d[g], concat.T) for g in d}
    gradients |= {f"db{g}": np.sum(d[g], axis=1, keepdims=True) for g in d}
    gradients["da_prev"] = sum(np.dot(parameters[f"W{g}"][:, :n_a].T, d[g]) for g in d)
    gradients["dxt"] = sum(np.dot(parameters[f"W{g}"][:, n_a:].T, d[g]) for g in d)
    return gradients | {"dc_prev": through * ft}


def lstm_backward(da, caches):
    (caches, x) = caches
    n_a, m, T_x = da.shape
    sums = {f"d{kind}{g}": 0 for kind in "Wb" for g in "fico"}
    dx, da_prevt, dc_prevt = np.zeros(x.shape), np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches[t])
        da_prevt, dc_prevt, dx[:, :, t] = gradients["da_prev"], gradients["dc_prev"], gradients["dxt"]
        sums = {name: value + gradients[name] for name, value in sums.items()}
    return {"dx": dx, "da0": da_prevt, **sums}
