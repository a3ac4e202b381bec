"""A pytest plug-in that does what pytest-randomly does: another order, and other global random numbers in each test."""

import random

import numpy as np
import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Put the tests into another order, the same in every process."""
    random.Random(1).shuffle(items)


def pytest_runtest_setup(item):
    """Seed the global generators by the test's name."""
    random.seed(item.nodeid)
    np.random.seed(random.getrandbits(32))
