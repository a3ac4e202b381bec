"""Right: the backward pass solves one system of linear equations for both states of all steps, column by column."""

import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def gates_of(x, a, c, p):
    both = np.concatenate([a, x])
    z = [np.tensordot(p[f"W{g}"], both, 1) + p[f"b{g}"][:, :, None] for g in "fico"]
    return both, [sigmoid(z[0]), sigmoid(z[1]), np.tanh(z[2]), sigmoid(z[3])]


def lstm_forward(x, a0, parameters, c0=None):
    p, a, c = parameters, [a0], [np.zeros_like(a0) if c0 is None else c0]
    for t in range(x.shape[2]):
        _, gates = gates_of(x[:, :, t, None], a[-1][..., None], c[-1], p)
        f, i, g, o = (gate[:, :, 0] for gate in gates)
        c.append(f * c[-1] + i * g)
        a.append(o * np.tanh(c[-1]))
    a, c = np.stack(a, axis=-1), np.stack(c, axis=-1)
    e = np.exp(np.tensordot(p["Wy"], a[:, :, 1:], 1) + p["by"][:, :, None])
    return a[:, :, 1:], e / e.sum(axis=0), c[:, :, 1:], (x, a, c, p)


def lstm_backward(da, caches, dc=None):
    x, a, c, p = caches
    n, m, T_x = da.shape
    both, (f, i, g, o) = gates_of(x, a[:, :, :-1], c[:, :, :-1], p)
    s = np.tanh(c[:, :, 1:])
    # the derivatives of c_next by the arguments of f, i and the candidate, and of a_next by that of o
    slope = {"f": c[:, :, :-1] * f * (1 - f), "i": g * i * (1 - i), "c": i * (1 - g**2), "o": s * o * (1 - o)}
    dcell_da, da_all, dc_all = o * (1 - s**2), np.empty_like(da), np.empty_like(da)
    for k in range(m):
        system = np.eye(2 * n * T_x)  # for each step dL/da, then dL/dc, of every unit
        right = np.stack([da[:, k].T, np.zeros((T_x, n)) if dc is None else dc[:, k].T], axis=1).ravel()
        for t in range(T_x):
            at_a, at_c = 2 * n * t + np.arange(n), 2 * n * t + n + np.arange(n)
            system[at_c, at_a] = -dcell_da[:, k, t]
            if t + 1 < T_x:
                later = {gate: p[f"W{gate}"][:, :n].T * slope[gate][:, k, t + 1] for gate in "fico"}
                system[np.ix_(at_a, at_a + 2 * n)] = -later["o"]
                system[np.ix_(at_a, at_c + 2 * n)] = -later["f"] - later["i"] - later["c"]
                system[at_c, at_c + 2 * n] = -f[:, k, t + 1]
        found = np.linalg.solve(system, right).reshape(T_x, 2, n)
        da_all[:, k], dc_all[:, k] = found[:, 0].T, found[:, 1].T
    dz = {gate: slope[gate] * (da_all if gate == "o" else dc_all) for gate in "fico"}
    reached = sum(np.tensordot(p[f"W{gate}"].T, dz[gate], 1) for gate in dz)
    gradients = {f"dW{gate}": np.einsum("amt,bmt->ab", dz[gate], both) for gate in dz}
    gradients |= {f"db{gate}": dz[gate].sum(axis=(1, 2))[:, None] for gate in dz}
    return {"dx": reached[n:], "da0": reached[:n, :, 0], "dc0": (dc_all * f)[:, :, 0], **gradients}
