"""A network with all states, from one that returns the last: a run for each number of steps.

The gradient of a loss of all states is the sum of the gradients of losses of one state each.
"""

from __future__ import annotations

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.running import Parameters, Ran, Runner


def by_prefixes(run: Runner) -> Runner:
    """Returns the runner with all states. ``run`` gives the state of the last step only, and reads only its da."""

    def runs(x: Array, a0: Array, parameters: Parameters) -> Ran:
        steps = x.shape[2]
        each = [run(x[:, :, : t + 1], a0, parameters) for t in range(steps)]
        a = np.stack([ran.a[:, :, -1] for ran in each], axis=2)
        predictions = [ran.y[:, :, -1] for ran in each if ran.y is not None]
        y = np.stack(predictions, axis=2) if predictions else None

        def back(da: Array) -> dict[str, Array]:
            found = [ran.back(da[:, :, : t + 1]) for t, ran in enumerate(each) if ran.back]
            total = {name: np.sum([one[name] for one in found], axis=0) for name in found[0] if name != "dx"}
            if "dx" in found[0]:
                total["dx"] = np.zeros((*found[-1]["dx"].shape[:2], steps))
                for t, one in enumerate(found):
                    total["dx"][:, :, : t + 1] += one["dx"]
            return total

        return Ran(a, y, back if each[0].back else None)

    return runs
