"""Frameworks that have an adapter, and a skip where one is not installed."""

import importlib.util

import pytest

from rnn_reference.implementations.adapters import package_of
from rnn_reference.paths import ADAPTERS, parts_in

MODULES = {name: module for name, module in parts_in(ADAPTERS).items() if name not in ("reference", "stepwise")}
"""The adapters of frameworks, by name: the module of each. Nothing is imported here."""


def require(name: str) -> None:
    """Skip the test if the framework of an adapter is not installed. Imports nothing."""
    package = package_of(name)
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"needs {package}: pip install 'rnn-reference[{package}]'")
