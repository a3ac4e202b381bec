"""The LSTM for ``certify``: its cases, its equations, and both ways to its gradients.

``W`` times ``[a_prev; xt]`` is written as in the course, with the two in one matrix.
"""

import numpy as np

from benchmarks.studies.multiprecision import by_complex_step, sigmoid, softmax, tanh
from rnn_reference.problems.problem import EDGES, ORDINARY, Problem

NAME = "lstm"

ABOUT = """\
Golden values of the LSTM, correct to the last bit, computed by no code of rnn-reference. Made by `python -m \
benchmarks.studies.certify`. The equations of the course are run in arithmetic of 100 digits (mpmath). The gradients \
of sum(da * a) + sum(dc * c) are computed in two ways that share only the forward pass: the chain rule by hand, with \
da_prev and dc_prev carried back through time, and a complex step for each element of each input, imag L(x + ih) / h \
at h = 1e-40. The two must agree to 50 digits. Then each value is rounded once, to the nearest float64. A case with \
`without` in its name has no c0 and no dc: both are zero there."""

MADE = {
    "T_x=6": Problem(m=4),
    "T_x=5": ORDINARY["T_x=5"],
    "T_x=1": Problem(m=4, T_x=1),
    **{name: EDGES[name] for name in ("m=1", "n=1", "square")},
    "saturated": Problem(n_x=2, n_a=4, n_y=3, m=5, T_x=6, gain=8.0),
    "large-cotangent": Problem(n_x=2, n_a=3, n_y=4, m=5, T_x=6, push=50.0),
    "long": Problem(n_x=2, n_a=4, n_y=3, m=2, T_x=60),
}
CASES = {
    f"{name}{word}": problem.at(cell_name="lstm", without=without)
    for name, problem in MADE.items()
    for word, without in (("", ()), (" without", ("c0", "dc")))
}

GATES = ("f", "i", "c", "o")


def sizes_of(problem):
    """The sizes, seed and factors that make the problem's inputs, the cell, and the optional arguments left out."""
    fields = ("n_x", "n_a", "n_y", "m", "T_x", "seed", "gain", "push", "cell_name")
    return {n: getattr(problem, n) for n in fields} | ({"without": problem.without} if problem.without else {})


def inputs_of(problem):
    """The inputs by name. ``c0`` and ``dc`` are missing if they are zero."""
    named = {n: problem.arrays[n] for n in ("x", "a0", "c0", "da", "dc") if n not in problem.without}
    return {**named, **problem.parameters}


def whole(p):
    """The inputs with ``c0`` and ``dc``, as zeros if they are missing."""
    return {"c0": 0 * p["a0"], "dc": 0 * p["da"], **p}


def steps(p, columns=slice(None)):
    """The arrays of each step by name, for some columns of the batch: ``[a_prev; xt]``, the gates and the states."""
    a, c, found = p["a0"][:, columns], p["c0"][:, columns], []
    for t in range(p["x"].shape[2]):
        h = np.concatenate([a, p["x"][:, columns, t]])
        z = {g: p[f"W{g}"].dot(h) + p[f"b{g}"] for g in GATES}
        f, i, o, cct = sigmoid(z["f"]), sigmoid(z["i"]), sigmoid(z["o"]), tanh(z["c"])
        c_prev, c = c, f * c + i * cct
        a = o * tanh(c)
        found.append({"h": h, "f": f, "i": i, "o": o, "cct": cct, "c_prev": c_prev, "c": c, "a": a})
    return found


def forward(p):
    """``a``, ``y`` and ``c``."""
    found = steps(whole(p))
    a, c = (np.stack([step[s] for step in found], axis=2) for s in ("a", "c"))
    scores = np.tensordot(p["Wy"], a, axes=(1, 0)) + p["by"][:, :, None]
    return {"a": a, "y": softmax(scores), "c": c}


def through_time(p):
    """The gradients by the chain rule, ``da_prev`` and ``dc_prev`` carried from each step to the one before."""
    p = whole(p)
    n_a, dx, da_prev, dc_prev = len(p["a0"]), [], 0 * p["a0"], 0 * p["a0"]
    weights = {f"d{kind}{g}": 0 * p[f"{kind}{g}"] for g in GATES for kind in "Wb"}
    for t, s in reversed(list(enumerate(steps(p)))):
        da, bent = p["da"][:, :, t] + da_prev, tanh(s["c"])
        dc = p["dc"][:, :, t] + dc_prev + da * s["o"] * (1 - bent**2)
        dz = {
            "f": dc * s["c_prev"] * s["f"] * (1 - s["f"]),
            "i": dc * s["cct"] * s["i"] * (1 - s["i"]),
            "c": dc * s["i"] * (1 - s["cct"] ** 2),
            "o": da * bent * s["o"] * (1 - s["o"]),
        }
        for g in GATES:
            weights[f"dW{g}"] = weights[f"dW{g}"] + dz[g].dot(s["h"].T)
            weights[f"db{g}"] = weights[f"db{g}"] + dz[g].sum(axis=1)[:, None]
        dh = sum(p[f"W{g}"].T.dot(dz[g]) for g in GATES)
        da_prev, dc_prev = dh[:n_a], dc * s["f"]
        dx.insert(0, dh[n_a:])
    return {"dx": np.stack(dx, axis=2), "da0": da_prev, "dc0": dc_prev, **weights}


def loss(p, columns):
    """``sum(da * a) + sum(dc * c)`` over some columns of the batch."""
    each = enumerate(steps(p, columns))
    return sum((p["da"][:, columns, t] * s["a"] + p["dc"][:, columns, t] * s["c"]).sum() for t, s in each)


def stepped(p):
    """The gradients by a complex step for each element."""
    names = ("x", "a0", "c0", *(f"{kind}{g}" for g in GATES for kind in "Wb"))
    return by_complex_step(whole(p), names, ("x", "a0", "c0"), loss)
