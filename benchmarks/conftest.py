"""Whose loop is timed: the reference, the document's step-by-step structure, and ``--rnn=THEIRS``."""

import pytest

from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.loading import load
from rnn_reference.plugin import implementation_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One column for each loop; theirs too, where ``--rnn`` names one."""
    if "loop" in metafunc.fixturenames:
        theirs = [metafunc.config.option.rnn] if metafunc.config.option.rnn else []
        metafunc.parametrize("loop", ["reference", "stepwise", *theirs], indirect=True)


@pytest.fixture
def loop(request: pytest.FixtureRequest) -> Implementation:
    """The implementation whose loop is timed."""
    theirs = request.param == request.config.option.rnn
    implementation = implementation_of(request.config) if theirs else load(request.param)
    if not implementation.offers("rnn_forward"):
        pytest.skip(f"{request.param} offers no rnn_forward")
    return implementation
