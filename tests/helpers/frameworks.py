"""Frameworks that have an adapter, and a skip where one is not installed."""

import importlib.util

import pytest

from rnn_reference.implementations.loading.find import BUILT_IN, package_of

MODULES = {name: module for name, module in BUILT_IN.items() if name not in ("reference", "stepwise")}
"""The adapters of frameworks, by name: the module of each. Nothing is imported here."""


def require(name: str) -> None:
    """Skip the test if the framework of an adapter is not installed. Imports nothing."""
    package = package_of(name)
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"needs {package}: pip install 'rnn-reference[{package}]'")
