"""Right: time first inside, all inputs projected at once, the weight gradients as one product over all steps."""

import numpy as np


def rnn_forward(x, a0, parameters):
    n_x, m, T_x = x.shape
    steps = np.ascontiguousarray(np.transpose(x, (2, 1, 0)))
    drive = (steps.reshape(-1, n_x) @ parameters["Wax"].T).reshape(T_x, m, -1) + parameters["ba"].ravel()
    states = np.empty((T_x + 1, m, len(a0)), dtype=drive.dtype)
    states[0] = a0.T
    for t in range(T_x):
        np.tanh(drive[t] + states[t] @ parameters["Waa"].T, out=states[t + 1])
    scores = states[1:] @ parameters["Wya"].T + parameters["by"].ravel()
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return states[1:].transpose(2, 1, 0), scores.transpose(2, 1, 0), (states, steps, parameters)


def rnn_backward(da, caches):
    states, steps, parameters = caches
    T_x, m, n_a = states[1:].shape
    dz = np.empty((T_x, m, n_a), dtype=states.dtype)
    carried = np.zeros((m, n_a), dtype=states.dtype)
    for t in range(T_x - 1, -1, -1):
        dz[t] = (da[:, :, t].T + carried) * (1 - np.square(states[t + 1]))
        carried = dz[t] @ parameters["Waa"]
    flat = dz.reshape(-1, n_a).T
    return {
        "dx": (dz @ parameters["Wax"]).transpose(2, 1, 0),
        "da0": carried.T,
        "dWax": flat @ steps.reshape(T_x * m, -1),
        "dWaa": flat @ states[:-1].reshape(T_x * m, n_a),
        "dba": flat.sum(axis=1, keepdims=True),
    }
