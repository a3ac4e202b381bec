"""The rnn cell for ``certify``: its cases, its equations, and both ways to its gradients."""

import numpy as np

from benchmarks.studies.multiprecision import by_complex_step, softmax, tanh
from rnn_reference.problems.problem import EDGES, ORDINARY, Problem

NAME = "rnn"

ABOUT = """\
Golden values of the rnn cell, correct to the last bit, computed by no code of rnn-reference. Made by `python -m \
benchmarks.studies.certify`. The equations of the document's sections 1.3 and 1.4 are run in arithmetic of 100 digits \
(mpmath). The gradients are computed in two ways that share only the forward pass: the equations of section 2.1, \
carried back through time, and a complex step for each element of each input, imag L(x + ih) / h at h = 1e-40. The two \
must agree to 50 digits. Then each value is rounded once, to the nearest float64."""

CASES = {
    **ORDINARY,
    **{name: EDGES[name] for name in ("T_x=1", "m=1", "n=1", "square", "saturated", "large-cotangent")},
    "long": Problem(n_x=2, n_a=4, n_y=3, m=3, T_x=100),
}


def sizes_of(problem):
    """The sizes, seed and factors that make the problem's inputs."""
    return {n: getattr(problem, n) for n in ("n_x", "n_a", "n_y", "m", "T_x", "seed", "gain", "push")}


def inputs_of(problem):
    """The inputs by name."""
    return {"x": problem.x, "a0": problem.a0, "da": problem.da, **problem.parameters}


def states(p, columns=slice(None)):
    """``a`` for some columns of the batch, as ``(n_a, m, T_x)``."""
    a, found = p["a0"][:, columns], []
    for t in range(p["x"].shape[2]):
        a = tanh(p["Waa"].dot(a) + p["Wax"].dot(p["x"][:, columns, t]) + p["ba"])
        found.append(a)
    return np.stack(found, axis=2)


def forward(p):
    """``a`` and ``y_pred``."""
    a = states(p)
    scores = np.tensordot(p["Wya"], a, axes=(1, 0)) + p["by"][:, :, None]
    return {"a": a, "y_pred": softmax(scores)}


def through_time(p):
    """The gradients by section 2.1's equations, ``da_prev`` carried from each step to the one before."""
    a = states(p)
    T_x = a.shape[2]
    a_prev = np.concatenate([p["a0"][:, :, None], a[:, :, :-1]], axis=2)
    dz, carried = np.empty_like(a), 0 * p["a0"]
    for t in reversed(range(T_x)):
        dz[:, :, t] = (1 - a[:, :, t] ** 2) * (p["da"][:, :, t] + carried)
        carried = p["Waa"].T.dot(dz[:, :, t])
    return {
        "dx": np.stack([p["Wax"].T.dot(dz[:, :, t]) for t in range(T_x)], axis=2),
        "da0": carried,
        "dWax": sum(dz[:, :, t].dot(p["x"][:, :, t].T) for t in range(T_x)),
        "dWaa": sum(dz[:, :, t].dot(a_prev[:, :, t].T) for t in range(T_x)),
        "dba": dz.sum(axis=2).sum(axis=1)[:, None],
    }


def loss(p, columns):
    """``sum(da * a)`` over some columns of the batch."""
    return (p["da"][:, columns] * states(p, columns)).sum()


def stepped(p):
    """The gradients by a complex step for each element."""
    return by_complex_step(p, ("x", "a0", "Wax", "Waa", "ba"), ("x", "a0"), loss)
