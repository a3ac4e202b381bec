"""Right: a recursion over the steps in place of a loop; the way back is the return of the recursion."""

import numpy as np


def half(z):
    return 0.5 * np.tanh(0.5 * z)  # sigmoid(z) - 1/2


def softmax_forward(z):
    shifted = np.subtract(z, np.amax(z, axis=0, keepdims=True))
    return np.exp(shifted) / np.add.reduce(np.exp(shifted), axis=0, keepdims=True)


def onward(x, a, c, W, b):
    """Returns the states and the steps from here on: ``[(inputs, gates, c before, c after, a after), ...]``."""
    if not x:
        return []
    v = np.block([[a], [x[0]]])
    n = len(a)
    z = W @ v + b
    f, i, o, g = half(z[:n]), half(z[n : 2 * n]), half(z[2 * n : 3 * n]), np.tanh(z[3 * n :])
    new = (f + 0.5) * c + (i + 0.5) * g
    a = (o + 0.5) * np.tanh(new)
    return [(v, (f, i, o, g), c, new, a), *onward(x[1:], a, new, W, b)]


def lstm_forward(x, a0, parameters, c0=None):
    W, b = (np.vstack([parameters[kind + g] for g in "fioc"]) for kind in "Wb")
    steps = onward(list(x.transpose(2, 0, 1)), a0, 0 * a0 if c0 is None else c0, W, b)
    a, c = (np.stack([step[k] for step in steps], axis=2) for k in (4, 3))
    y = softmax_forward(np.tensordot(parameters["Wy"], a, 1) + parameters["by"][:, :, None])
    return a, y, c, (steps, W)


def home(steps, da, W):
    """Returns the gradients of the states before these steps, of each input, of W and of b."""
    if not steps:
        return 0, 0, [], 0, 0
    da_next, dc_next, dx, dW, db = home(steps[1:], da[1:], W)
    v, (f, i, o, g), before, after, _ = steps[0]
    s, da_next = np.tanh(after), da_next + da[0]
    dc = dc_next + da_next * (o + 0.5) * (1 - s**2)
    # the slope of a sigmoid is 1/4 - (sigmoid - 1/2)^2
    to_f, to_i, to_o = dc * before * (0.25 - f * f), dc * g * (0.25 - i * i), da_next * s * (0.25 - o * o)
    dz = np.vstack([to_f, to_i, to_o, dc * (i + 0.5) * (1 - g**2)])
    dv = W.T @ dz
    n = len(s)
    return dv[:n], dc * (f + 0.5), [dv[n:], *dx], dW + dz @ v.T, db + dz.sum(axis=1, keepdims=True)


def lstm_backward(da, caches):
    steps, W = caches
    da0, dc0, dx, dW, db = home(steps, list(np.moveaxis(da, 2, 0)), W)
    weights = {f"dW{g}": part for g, part in zip("fioc", np.vsplit(dW, 4), strict=True)}
    biases = {f"db{g}": part for g, part in zip("fioc", np.vsplit(db, 4), strict=True)}
    return {"dx": np.stack(dx, axis=2), "da0": da0, "dc0": dc0} | weights | biases
