"""Each framework with an adapter conforms, and a missing framework is reported in one line."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest
from folders import ROOT
from frameworks import MODULES, package_of, require

from rnn_reference import rnn_forward
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.problems.problem import NAMED

PROBLEM = NAMED["T_x=6"]


def python(*arguments, **environment):
    """Run ``python ARGUMENTS`` without a time limit: jax compiles for each shape."""
    inherited = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment = inherited | {"PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.waits
@pytest.mark.parametrize("name", MODULES)
def test_a_framework_gives_what_the_reference_gives(name, recwarn, capfd):
    """States and predictions equal the reference's. Nothing is printed, and there is no warning."""
    require(name)
    implementation = load(name)
    result = implementation.rnn_forward(*PROBLEM.inputs)[:2]
    atol = 1e-14 if implementation.dtype == "float64" else 1e-6
    right = rnn_forward(*PROBLEM.inputs)[:2]
    assert all(np.allclose(own, expected, 0, atol) for own, expected in zip(result, right, strict=True))
    assert (list(recwarn), capfd.readouterr()) == ([], ("", ""))


@pytest.mark.waits
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", MODULES)
def test_a_framework_conforms(name, dtype):
    """Each framework conforms in each precision that it has."""
    require(name)
    if dtype == "float64" and name in ("keras", "onnxruntime"):
        pytest.skip(f"{name} has no float64")  # keras has on tensorflow: docs/matrix.md
    done = python("-m", "rnn_reference", name, "--rnn-examples=1", f"--rnn-dtype={dtype}")
    assert done.returncode == 0 and f"{name}: conforms" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", MODULES)
def test_a_missing_framework_is_told_in_one_line(name, monkeypatch):
    """If a framework is not installed, the error names the extra that installs it."""
    package = package_of(name)
    for module in (package, *(m for m in sys.modules if m.startswith("rnn_reference.implementations."))):
        if module == package or module == MODULES[name] or module.endswith("keras_backend"):
            monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Unusable) as raised:
        load(name)
    assert str(raised.value).startswith(f"{package} is not installed (")
    assert str(raised.value).endswith(f": pip install 'rnn-reference[{package}]'")


@pytest.mark.waits
@pytest.mark.parametrize("name", ["onnxruntime", "onnx"])
def test_onnx_offers_what_it_has(name):
    """ONNX has neither a cell nor a backward pass. These are not offered."""
    require(name)
    assert load(name).offered == ["tanh_forward", "softmax_forward", "rnn_forward"]


@pytest.mark.waits
def test_jax_keeps_float64_to_itself():
    """The adapter computes in float64, and leaves jax in float32 for the rest of the process."""
    require("jax")
    import jax

    before = jax.config.jax_enable_x64
    assert load("jax").rnn_forward(*PROBLEM.inputs)[0].dtype == np.float64
    assert jax.config.jax_enable_x64 == before


@pytest.mark.waits
def test_a_device_that_jax_does_not_have():
    """A device that does not exist is a usage error of one line."""
    require("jax")
    with pytest.raises(Unusable, match="--rnn-device=cpu:9: jax has"):
        load("jax", device="cpu:9")


@pytest.mark.waits
def test_keras_takes_the_backend_of_the_environment():
    """``KERAS_BACKEND`` is used and not changed. A backend without gradients offers no backward pass."""
    require("keras")
    code = "import os; from rnn_reference.implementations.loading.find import load; "
    code += "print(*load('keras').offered, os.environ.get('KERAS_BACKEND'))"
    forward = "tanh_forward softmax_forward rnn_cell_forward rnn_forward"
    assert python("-c", code, KERAS_BACKEND="numpy").stdout == f"{forward} numpy\n"
    assert python("-c", code).stdout.endswith(" None\n")


def test_every_adapter_is_a_module():
    """Each name in the list is the name of a module."""
    assert all(importlib.util.find_spec(module) for module in MODULES.values())
