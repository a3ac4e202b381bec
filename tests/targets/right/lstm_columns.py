"""Right: one column of the batch after the other, unit by unit in Python's own numbers, with math.exp and fsum."""

import math

import numpy as np


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))


def dot(row, vector, more=0.0):
    return math.fsum([more, *(w * v for w, v in zip(row, vector, strict=True))])


def read(parameters):
    return {name: value.tolist() for name, value in parameters.items()}


def one_step(x, a, c, p):
    v = a + x
    z = {g: [dot(row, v, b) for row, (b,) in zip(p["W" + g], p["b" + g], strict=True)] for g in "fico"}
    gates = {g: [(math.tanh if g == "c" else sigmoid)(one) for one in z[g]] for g in z}
    after = [f * old + i * g for f, old, i, g in zip(gates["f"], c, gates["i"], gates["c"], strict=True)]
    return [o * math.tanh(new) for o, new in zip(gates["o"], after, strict=True)], after, (v, c, after, gates)


def predicted(a, p):
    z = [dot(row, a, b) for row, (b,) in zip(p["Wy"], p["by"], strict=True)]
    return [1 / math.fsum(math.exp(other - one) for other in z) for one in z]


def lstm_forward(x, a0, parameters, c0=None):
    p, results, caches = read(parameters), [], []
    start = np.zeros_like(a0) if c0 is None else c0
    for column in range(x.shape[1]):
        a, c, rows, kept = a0[:, column].tolist(), start[:, column].tolist(), [], []
        for xt in x[:, column].T.tolist():
            a, c, cache = one_step(xt, a, c, p)
            rows.append((a, predicted(a, p), c))
            kept.append(cache)
        results.append(rows)
        caches.append(kept)
    a, y, c = (np.array([[step[k] for step in rows] for rows in results]).transpose(2, 0, 1) for k in range(3))
    return a, y, c, (caches, p)


def lstm_backward(da, caches, dc=None):
    columns, p = caches
    n, m, T_x = da.shape
    dc, n_in = np.zeros_like(da) if dc is None else dc, len(p["Wf"][0])
    dx, da0, dc0 = np.zeros((n_in - n, m, T_x)), np.zeros((n, m)), np.zeros((n, m))
    dW, db = np.zeros((4, n, n_in)), np.zeros((4, n, 1))
    for k, kept in enumerate(columns):
        carried, dcell = [0.0] * n_in, [0.0] * n
        for t in range(T_x - 1, -1, -1):
            v, before, after, gates = kept[t]
            dz = np.zeros((4, n))
            for u in range(n):
                f, i, g, o, s = (*(gates[name][u] for name in "fico"), math.tanh(after[u]))
                da_u = carried[u] + da[u, k, t]
                dc_u = dcell[u] + dc[u, k, t] + da_u * o * (1 - s * s)
                dz[:, u] = dc_u * before[u] * f * (1 - f), dc_u * g * i * (1 - i), dc_u * i * (1 - g * g), 0
                dz[3, u] = da_u * s * o * (1 - o)
                dcell[u] = dc_u * f
            dW, db = dW + np.einsum("gu,j->guj", dz, v), db + dz[:, :, None]
            carried = sum(dz[j] @ np.array(p["W" + g]) for j, g in enumerate("fico"))
            dx[:, k, t] = carried[n:]
        da0[:, k], dc0[:, k] = carried[:n], dcell
    found = {f"dW{g}": dW[j] for j, g in enumerate("fico")} | {f"db{g}": db[j] for j, g in enumerate("fico")}
    return {"dx": dx, "da0": da0, "dc0": dc0, **found}
