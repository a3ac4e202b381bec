"""A network of real inputs, from one that reads numbers of words.

A word is a column of the input's weight. Here word t is ``Wax x_t``: what a network of real inputs adds at this step.
The gradient of a column is the gradient of the sum at its step, and from it come dx and dWax.
"""

from __future__ import annotations

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.prefixes import by_prefixes
from rnn_reference.implementations.roles.running import Parameters, Ran, Runner


def by_words(run: Runner) -> Runner:
    """Returns the runner of real inputs. ``run`` takes one column, and word t at step t, of 2 T words."""

    def runs(x: Array, a0: Array, parameters: Parameters) -> Ran:
        if not np.isfinite(x).all():  # times zero, a word that is not finite reaches every step
            return by_prefixes(at_once)(x, a0, parameters)
        return at_once(x, a0, parameters)

    def at_once(x: Array, a0: Array, parameters: Parameters) -> Ran:
        ran, steps = run(*as_words(x, a0, parameters)), x.shape[2]

        def back(da: Array) -> dict[str, Array]:
            found = dict(ran.back(da)) if ran.back else {}
            if "dWax" in found:
                dz = found.pop("dWax")[:, :steps]
                found |= {"dWax": dz @ x[:, 0].T, "dx": (parameters["Wax"].T @ dz)[:, None]}
            return found

        return Ran(ran.a, None, back if ran.back else None)

    return runs


def as_words(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Parameters]:
    """Returns the arguments of the runner of words: an input of which only the sizes count, and other weights."""
    steps, n_a = x.shape[2], len(a0)
    columns = np.zeros((n_a, 2 * steps))
    columns[:, :steps] = parameters["Wax"] @ x[:, 0]
    head = {"Wya": np.zeros((2 * steps, n_a)), "by": np.zeros((2 * steps, 1))}
    return np.zeros((2 * steps, 1, steps)), a0, {**parameters, **head, "Wax": columns}
