"""Each framework with an adapter conforms, and a missing framework is reported in one line."""

import inspect
import os
import re
import subprocess
import sys
import tomllib

import numpy as np
import pytest
from folders import ROOT
from frameworks import MODULES, require

from rnn_reference.cells.registry import cell_named
from rnn_reference.implementations import adapters
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.problems.problem import NAMED

CELLS = ("rnn", "lstm")
PROBLEMS = {cell: NAMED["T_x=6"].at(cell_name=cell) for cell in CELLS}
RIGHT = load("reference")


def python(*arguments, **environment):
    """Run ``python ARGUMENTS`` without a time limit: jax compiles for each shape."""
    inherited = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment = inherited | {"PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def offers(implementation, function):
    """Whether a framework offers a function: only onnx's evaluator may have no LSTM, in its older versions."""
    return implementation.name != "onnx" or implementation.offers(function)


def close(own, expected, atol):
    """Whether arrays are equal, apart from a few roundings."""
    return all(np.allclose(one, other, 0, atol) for one, other in zip(own, expected, strict=True))


@pytest.mark.waits
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", MODULES)
def test_a_framework_gives_what_the_reference_gives(name, cell, recwarn, capfd):
    """The states of every step and the predictions equal the reference's. Nothing is printed or warned of."""
    require(name)
    implementation, forward = load(name), cell_named(cell).forward.name
    if offers(implementation, forward):
        inputs = PROBLEMS[cell].inputs
        result, right = implementation.function(forward)(*inputs)[:-1], RIGHT.function(forward)(*inputs)[:-1]
        assert close(result, right, 1e-14 if implementation.dtype == "float64" else 1e-6)
    assert (list(recwarn), capfd.readouterr()) == ([], ("", ""))


@pytest.mark.waits
@pytest.mark.parametrize("name", MODULES)
def test_a_framework_takes_the_second_state(name):
    """A framework's LSTM takes c0 and, backward, dc. Without them they are zero."""
    require(name)
    implementation, problem = load(name), PROBLEMS["lstm"]
    atol = 1e-13 if implementation.dtype == "float64" else 1e-5
    if not offers(implementation, "lstm_forward"):
        return
    assert implementation.takes("lstm_forward") == ("c0",)
    *found, caches = implementation.lstm_forward(problem.x, problem.a0, problem.parameters)
    *right, own_caches = RIGHT.lstm_forward(problem.x, problem.a0, problem.parameters)
    assert close(found, right, atol)
    if implementation.offers("lstm_backward"):
        assert implementation.takes("lstm_backward") == ("dc",)
        for cotangents in ((), (problem.dc,)):
            gradients = implementation.lstm_backward(problem.da, caches, *cotangents)
            expected = RIGHT.lstm_backward(problem.da, own_caches, *cotangents)
            assert close(gradients.values(), [expected[name] for name in gradients], atol)


COMPILED = ("jax", "flax", "flax-nnx")
"""Frameworks that are compiled for each shape: a verdict takes a minute or more."""

QUICK = [(name, dtype) for name in MODULES for dtype in ("float64", "float32")
         if name not in COMPILED or (name, dtype) == ("jax", "float64")]  # fmt: skip


@pytest.mark.waits
@pytest.mark.parametrize(("name", "dtype"), [
    pytest.param(name, dtype, marks=() if (name, dtype) in QUICK else pytest.mark.slow)
    for name in MODULES for dtype in ("float64", "float32")
])  # fmt: skip
def test_a_framework_conforms(name, dtype):
    """Each framework conforms in each precision that it has, with both cells."""
    require(name)
    if dtype == "float64" and name in ("keras", "onnxruntime"):
        pytest.skip(f"{name} has no float64")  # keras has on tensorflow: docs/generated/matrix.md
    done = python("-m", "rnn_reference", name, "--rnn-examples=1", f"--rnn-dtype={dtype}")
    assert done.returncode == 0 and f"{name}: conforms" in done.stdout, done.stdout + done.stderr
    for cell in CELLS:
        forward = cell_named(cell).forward.name
        assert re.search(rf"^{forward} +conforms", done.stdout, re.MULTILINE) or not offers(load(name), forward)


@pytest.mark.parametrize("name", MODULES)
def test_a_missing_framework_is_told_in_one_line(name, monkeypatch):
    """If a framework is not installed, the error names the extra that installs it."""
    package = adapters.package_of(name)
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
    """ONNX has neither a cell nor a backward pass. These are not offered, nor an LSTM without c."""
    require(name)
    from onnx.reference.ops.op_lstm import CommonLSTM

    has_c = name == "onnxruntime" or "Y_c" in inspect.getsource(CommonLSTM)
    assert load(name).offered == ["tanh_forward", "softmax_forward", "rnn_forward", *["lstm_forward"] * has_c]


@pytest.mark.waits
def test_jax_keeps_float64_to_itself():
    """The adapter computes in float64, and leaves jax in float32 for the rest of the process."""
    require("jax")
    import jax

    before = jax.config.jax_enable_x64
    assert load("jax").rnn_forward(*PROBLEMS["rnn"].inputs)[0].dtype == np.float64
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
    forward = "tanh_forward softmax_forward rnn_cell_forward rnn_forward lstm_cell_forward lstm_forward"
    assert python("-c", code, KERAS_BACKEND="numpy").stdout == f"{forward} numpy\n"
    assert python("-c", code).stdout.endswith(" None\n")


@pytest.mark.parametrize("name", ["reference", "stepwise"])
def test_an_adapter_of_ours_needs_nothing(name):
    """The adapters that are no frameworks load wherever this package does."""
    assert {"rnn_forward", "lstm_forward"} <= set(load(name).offered)


def test_an_adapter_is_its_file(monkeypatch, tmp_path):
    """A file in the folder of adapters is known by its name, with its description, and nothing else knows of it."""
    source = '"""The hyperbolic tangent.\n\nNeeds numpy.\n"""\n\nfrom numpy import tanh as tanh_forward\n'
    (tmp_path / "tanh_alone.py").write_text(source)
    (tmp_path / "__init__.py").write_text("")
    monkeypatch.setattr(adapters, "ADAPTERS", tmp_path)
    monkeypatch.setattr(adapters, "parts_in", lambda folder: {"tanh-alone": "tanh_alone"})
    monkeypatch.syspath_prepend(tmp_path)
    assert (adapters.names(), adapters.description_of("tanh-alone")) == (["tanh-alone"], "The hyperbolic tangent.")
    assert load("tanh-alone").offered == ["tanh_forward"]
    with pytest.raises(Unusable, match="tanh-alone computes on the cpu only"):
        load("tanh-alone", device="cuda")


@pytest.mark.parametrize("name", adapters.names())
def test_every_adapter_is_written_down(name):
    """A page describes each adapter, the README names each framework, and pyproject.toml has the extra for it."""
    (page,) = (ROOT / "docs").rglob("plugging-in.md")
    assert f"| `{name}` | {adapters.description_of(name).replace('``', '`')} |" in page.read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert name not in MODULES or adapters.package_of(name) in extras
    assert name not in MODULES or f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", adapters.names())
def test_every_adapter_is_in_the_matrix(name):
    """The page of what the suite says of each framework has a row for each adapter."""
    (page,) = (ROOT / "docs").rglob("matrix.md")
    framework, _, variant = name.partition("-")
    row = rf"^\| {framework} [\d.]+[^|]*{variant}"  # "flax 0.12.8 nnx"
    assert re.search(row, page.read_text(encoding="utf-8"), flags=re.MULTILINE)
