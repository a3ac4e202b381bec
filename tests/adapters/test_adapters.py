"""Frameworks by their names: that each conforms, and what is said where one is missing."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rnn_reference.implementations import adapters
from rnn_reference.implementations.adapters import names, package_of
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.paths import ADAPTERS, parts_in

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORKS = [name for name in names() if name not in ("reference", "stepwise")]


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
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/adapters/adapters_apart.py")
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
        if module == package or module == parts_in(ADAPTERS)[name] or module.endswith("keras_backend"):
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


@pytest.mark.parametrize("name", ["reference", "stepwise"])
def test_an_adapter_of_ours_needs_nothing(name):
    """The adapters that are no frameworks load wherever this package does."""
    assert "rnn_forward" in load(name).offered


def test_an_adapter_is_its_file(monkeypatch, tmp_path):
    """A file in the folder of adapters is known by its name, with its description, and nothing else knows of it."""
    source = '"""The hyperbolic tangent.\n\nNeeds numpy.\n"""\n\nfrom numpy import tanh as tanh_forward\n'
    (tmp_path / "tanh_alone.py").write_text(source)
    (tmp_path / "__init__.py").write_text("")
    monkeypatch.setattr(adapters, "ADAPTERS", tmp_path)
    monkeypatch.setattr(adapters, "parts_in", lambda folder: {"tanh-alone": "tanh_alone"})
    monkeypatch.syspath_prepend(tmp_path)
    assert (names(), adapters.description_of("tanh-alone")) == (["tanh-alone"], "The hyperbolic tangent.")
    assert load("tanh-alone").offered == ["tanh_forward"]
    with pytest.raises(Unusable, match="tanh-alone computes on the cpu alone"):
        load("tanh-alone", device="cuda")


@pytest.mark.parametrize("name", names())
def test_every_adapter_is_written_down(name):
    """A page describes each adapter, the README names each framework, and pyproject.toml has the extra for it."""
    (page,) = (ROOT / "docs").rglob("plugging-in.md")
    assert f"| `{name}` | {adapters.description_of(name).replace('``', '`')} |" in page.read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert name not in FRAMEWORKS or package_of(name) in extras
    assert name not in FRAMEWORKS or f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names())
def test_every_adapter_is_in_the_matrix(name):
    """The page of what the suite says of each framework has a row for each adapter."""
    (page,) = (ROOT / "docs").rglob("matrix.md")
    framework, _, variant = name.partition("-")
    row = rf"^\| {framework} [\d.]+[^|]*{variant}"  # "flax 0.12.8 nnx"
    assert re.search(row, page.read_text(encoding="utf-8"), flags=re.MULTILINE)
