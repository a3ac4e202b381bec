"""Frameworks by their names: that each conforms, and what is said where one is missing."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_reference.implementations.loading.find import BUILT_IN, load, package_of
from rnn_reference.implementations.unusable import Unusable

ROOT = Path(__file__).resolve().parent.parent
FRAMEWORKS = ("torch", "jax", "flax", "flax-nnx", "keras", "onnxruntime", "onnx")


def require(name):
    """Skip where the framework is not installed; nothing is imported here."""
    package = package_of(name)
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")


def python(*arguments, **environment):
    """Run ``python ARGUMENTS`` here, for as long as it takes: jax compiles for each shape."""
    inherited = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment = inherited | {"PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.waits
def test_adapters_and_files():
    """Adapters and .onnx files are judged rightly; in a process apart, for frameworks begin threads and mind forks."""
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/adapters_apart.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.waits
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_framework_conforms(name, dtype):
    """Each framework that is installed conforms in each precision that it has."""
    require(name)
    if dtype == "float64" and name in ("keras", "onnxruntime"):
        pytest.skip(f"{name} has no float64")  # keras has on tensorflow: docs/generated/matrix.md
    done = python("-m", "rnn_reference", name, "--rnn-examples=1", f"--rnn-dtype={dtype}")
    assert done.returncode == 0 and f"{name}: conforms" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_missing_framework_is_told_in_one_line(name, monkeypatch):
    """Where a framework is not installed, the extra that brings it is named."""
    package = package_of(name)
    for module in (package, *(m for m in sys.modules if m.startswith("rnn_reference.implementations."))):
        if module == package or module == BUILT_IN[name] or module.endswith("keras_backend"):
            monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Unusable) as raised:
        load(name)
    assert str(raised.value).startswith(f"{package} is not installed (")
    assert str(raised.value).endswith(f": pip install 'rnn-reference[{package}]'")


@pytest.mark.waits
def test_keras_takes_the_backend_of_the_environment():
    """``KERAS_BACKEND`` goes first, the environment is left as it was, and a backend without gradients offers none."""
    require("keras")
    code = "import os; from rnn_reference.implementations.loading.find import load; "
    code += "print(*load('keras').offered, os.environ.get('KERAS_BACKEND'))"
    forward = "tanh_forward softmax_forward rnn_cell_forward rnn_forward"
    assert python("-c", code, KERAS_BACKEND="numpy").stdout == f"{forward} numpy\n"
    assert python("-c", code).stdout.endswith(" None\n")


def test_every_adapter_is_a_module():
    """Each name of the list is a file that is there."""
    assert all(importlib.util.find_spec(module) for module in BUILT_IN.values())
