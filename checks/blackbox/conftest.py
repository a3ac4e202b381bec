"""The fixture of the checks of a black box: fresh inputs."""

from collections.abc import Callable

import numpy as np
import pytest

from rnn_reference.implementations.blackbox import Blackbox, Input
from rnn_reference.judging.judge import Judge


@pytest.fixture
def every_input(request: pytest.FixtureRequest, implementation: Blackbox, judge: Judge) -> Callable[..., None]:
    """A decorator that runs a check on fresh inputs. The check is a function of ``x (n_x, m, T_x)`` and a step."""
    options = request.config.option

    def run(check: Callable[[np.ndarray, int], None]) -> None:
        for example in range(options.rnn_examples):
            rng = np.random.default_rng([options.rnn_seed, example])
            m, T_x = int(rng.integers(2, 7)), int(rng.integers(4, 10))
            given = Input(implementation.n_x, m, T_x, options.rnn_seed + example, implementation.input_dtype)
            judge.problem = given  # type: ignore[assignment]
            check(given.x, int(rng.integers(1, T_x)))

    return run
