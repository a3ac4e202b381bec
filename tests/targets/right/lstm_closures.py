"""Right: no loop over steps, only folds; each cache is a function that pulls a pair of gradients back."""

from functools import reduce
from itertools import accumulate

import numpy as np

NAMES = [f"{kind}{gate}" for gate in "fico" for kind in "Wb"]


def tanh_forward(z):
    return np.expm1(2 * z) / (np.exp(2 * z) + 1)


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    Wf, bf, Wi, bi, Wc, bc, Wo, bo = (parameters[name] for name in NAMES)
    v = np.concatenate((a_prev, xt))
    f, i, o = (np.reciprocal(1 + np.exp(-(W @ v) - b)) for W, b in ((Wf, bf), (Wi, bi), (Wo, bo)))
    g = np.tanh(Wc @ v + bc)
    c_next = np.add(np.multiply(f, c_prev), np.multiply(i, g))
    s = np.tanh(c_next)
    scores = parameters["Wy"] @ (o * s) + parameters["by"]
    yt_pred = np.exp(scores - np.logaddexp.reduce(scores, axis=0))

    def pull_back(da_next, dc_next):
        dc = dc_next + o * da_next - o * da_next * s * s
        df, di, do, dg = dc * c_prev * (f - f * f), dc * g * (i - i * i), da_next * s * (o - o * o), dc * i
        dg = dg - dg * g * g
        dv = Wf.T @ df + Wi.T @ di + Wc.T @ dg + Wo.T @ do
        slopes = {"f": df, "i": di, "c": dg, "o": do}
        dW = {f"dW{gate}": d @ v.T for gate, d in slopes.items()}
        db = {f"db{gate}": np.sum(d, axis=1, keepdims=True) for gate, d in slopes.items()}
        return {"dxt": dv[len(c_prev) :], "da_prev": dv[: len(c_prev)], "dc_prev": dc * f, **dW, **db}

    return o * s, c_next, yt_pred, pull_back


def lstm_cell_backward(da_next, dc_next, cache):
    return cache(da_next, dc_next)


def lstm_forward(x, a0, parameters, c0=None):
    first = (a0, np.zeros_like(a0) if c0 is None else c0, None, None)
    inputs = np.moveaxis(x, 2, 0)
    steps = accumulate(inputs, lambda last, xt: lstm_cell_forward(xt, *last[:2], parameters), initial=first)
    a, c, y, pulls = zip(*list(steps)[1:], strict=True)
    return np.stack(a, axis=2), np.stack(y, axis=2), np.stack(c, axis=2), pulls


def lstm_backward(da, caches, dc=None):
    def one_more(later, step):
        pull_back, *arriving = step
        found = pull_back(later["da_prev"] + arriving[0], later["dc_prev"] + arriving[1])
        sums = {name: later.get(name, 0) + found[name] for name in (f"d{name}" for name in NAMES)}
        return {**found, **sums, "dx": [found["dxt"], *later["dx"]]}

    cotangents = (np.moveaxis(d, 2, 0)[::-1] for d in (da, np.zeros_like(da) if dc is None else dc))
    steps = zip(reversed(caches), *cotangents, strict=True)
    found = reduce(one_more, steps, {"da_prev": 0, "dc_prev": 0, "dx": []})
    found |= {"da0": found["da_prev"], "dc0": found["dc_prev"], "dx": np.stack(found["dx"], axis=2)}
    return found
