"""A network of a batch, from one that takes a single column: a run for each, and gradients added up."""

from __future__ import annotations

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.running import Parameters, Ran, Runner

OF_THE_COLUMN = ("dx", "da0")
"""Gradients that belong to a column. Those of the weights are sums over all."""


def by_columns(run: Runner) -> Runner:
    """Returns the runner of a batch."""

    def runs(x: Array, a0: Array, parameters: Parameters) -> Ran:
        each = [run(x[:, [i]], a0[:, [i]], parameters) for i in range(x.shape[1])]
        predictions = [ran.y for ran in each if ran.y is not None]
        y = np.concatenate(predictions, axis=1) if predictions else None

        def back(da: Array) -> dict[str, Array]:
            found = [ran.back(da[:, [i]]) for i, ran in enumerate(each) if ran.back]
            return {
                name: np.concatenate([one[name] for one in found], axis=1)
                if name in OF_THE_COLUMN
                else np.sum([one[name] for one in found], axis=0)
                for name in found[0]
            }

        return Ran(np.concatenate([ran.a for ran in each], axis=1), y, back if each[0].back else None)

    return runs
