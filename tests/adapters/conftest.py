"""Tests that import frameworks come last: torch and jax start threads, and a process with threads must not fork."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the tests of this folder behind all others."""
    items.sort(key=lambda item: item.path.is_relative_to(HERE))
