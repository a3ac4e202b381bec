"""Right: scipy's expit and softmax, time first and batch before units inside, the gates in a dict for each kind."""

import numpy as np
from scipy.special import expit, softmax


def lstm_forward(x, a0, parameters):
    p, n_a = parameters, len(a0)
    steps = np.ascontiguousarray(x.transpose(2, 1, 0))  # (T_x, m, n_x)
    drive = {g: steps @ p["W" + g][:, n_a:].T + p["b" + g].T for g in "fico"}
    gates = {g: np.empty_like(drive[g]) for g in "fico"}
    h = np.empty((len(steps) + 1, *a0.T.shape), x.dtype)
    c = np.zeros_like(h)
    h[0] = a0.T
    for t in range(len(steps)):
        for g in "fio":
            expit(drive[g][t] + h[t] @ p["W" + g][:, :n_a].T, out=gates[g][t])
        np.tanh(drive["c"][t] + h[t] @ p["Wc"][:, :n_a].T, out=gates["c"][t])
        c[t + 1] = gates["f"][t] * c[t] + gates["i"][t] * gates["c"][t]
        h[t + 1] = gates["o"][t] * np.tanh(c[t + 1])
    y = softmax(h[1:] @ p["Wy"].T + p["by"].T, axis=-1)
    a, y, cells = (array.transpose(2, 1, 0) for array in (h[1:], y, c[1:]))
    return a, y, cells, {"h": h, "c": c, "x": steps, "gates": gates, "p": p}


def lstm_backward(da, caches):
    h, c, steps, p = (caches[name] for name in ("h", "c", "x", "p"))
    f, i, g, o = (caches["gates"][name] for name in "fico")
    n_a = h.shape[-1]
    squashed = np.tanh(c)
    slopes = {"f": f * (1 - f), "i": i * (1 - i), "c": 1 - g**2, "o": o * (1 - o)}
    dz = {name: np.empty_like(f) for name in slopes}
    dh, dcell = np.zeros_like(h[0]), np.zeros_like(c[0])
    for t in range(len(steps) - 1, -1, -1):
        dh += da[:, :, t].T
        dcell += dh * o[t] * (1 - squashed[t + 1] ** 2)
        for name, factor in (("f", c[t]), ("i", g[t]), ("c", i[t])):
            dz[name][t] = dcell * factor * slopes[name][t]
        dz["o"][t] = dh * squashed[t + 1] * slopes["o"][t]
        dh = sum(dz[name][t] @ p["W" + name][:, :n_a] for name in "ocif")
        dcell *= f[t]
    inputs = np.concatenate([h[:-1], steps], axis=-1)
    found = {"dW" + name: np.einsum("tma,tmb->ab", dz[name], inputs, optimize=True) for name in dz}
    found |= {"db" + name: dz[name].sum(axis=(0, 1)).reshape(-1, 1) for name in dz}
    dx = sum(dz[name] @ p["W" + name][:, n_a:] for name in dz)
    return {"dx": dx.transpose(2, 1, 0), "da0": dh.T, "dc0": dcell.T, **found}
