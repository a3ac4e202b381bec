"""Right: the backward pass solves one triangular system of linear equations for all steps of a column at once."""

import numpy as np


def rnn_forward(x, a0, parameters):
    p, states = parameters, [a0]
    for xt in np.moveaxis(x, -1, 0):
        states.append(np.tanh(np.matmul(p["Wax"], xt) + (np.matmul(p["Waa"], states[-1]) + p["ba"])))
    a = np.stack(states[1:], axis=-1)
    e = np.exp(np.tensordot(p["Wya"], a, axes=(1, 0)) + p["by"][:, :, np.newaxis])
    return a, e / e.sum(axis=0), (states, x, p)


def rnn_backward(da, caches):
    states, x, p = caches
    n_a, m, T_x = da.shape
    dz = np.empty_like(da)
    for column in range(m):
        slope = np.concatenate([1 - state[:, column] ** 2 for state in states[1:]])
        system = np.eye(n_a * T_x)
        for t in range(T_x - 1):
            here, later = np.s_[t * n_a : (t + 1) * n_a], np.s_[(t + 1) * n_a : (t + 2) * n_a]
            system[here, later] = -slope[here, np.newaxis] * p["Waa"].T
        right = slope * da[:, column].T.ravel()
        dz[:, column] = np.linalg.solve(system, right).reshape(T_x, n_a).T
    before = np.stack(states[:-1], axis=-1)
    return {
        "dx": np.einsum("ax,amt->xmt", p["Wax"], dz),
        "da0": p["Waa"].T @ dz[:, :, 0],
        "dWax": np.einsum("amt,xmt->ax", dz, x),
        "dWaa": np.einsum("amt,bmt->ab", dz, before),
        "dba": np.einsum("amt->a", dz)[:, np.newaxis],
    }
