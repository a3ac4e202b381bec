"""torch in targets: its layers, its dtypes and its devices."""

from types import SimpleNamespace

import pytest
from frameworks import require
from names import FUNCTIONS
from suite import put_through

from rnn_reference.implementations.blackbox import Blackbox
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable

pytestmark = pytest.mark.waits


@pytest.fixture(autouse=True)
def _needs_torch():
    require("torch")


def test_a_torch_dtype_is_known_by_name():
    """An implementation that declares torch.float32 is judged in float32."""
    import torch

    assert Implementation("theirs", SimpleNamespace(dtype=torch.float32)).dtype == "float32"


def test_torch_offers_everything():
    """The adapter for torch offers all six functions."""
    assert load("torch").offered == list(FUNCTIONS)


@pytest.mark.parametrize("part", ["MyRNN", "layer"])
def test_a_torch_layer_is_recognised(verdict_on, part):
    """A class with the interface of nn.RNN, and an nn.RNN with the batch first, conform."""
    run = verdict_on(f"examples/torch_module.py:{part}", "--rnn-examples=2")
    assert run.status == 0, run.printed
    assert run.report["functions"]["rnn_backward"]["verdict"] == "conforms"


def test_a_torch_layer_of_another_kind_is_refused(script):
    """An LSTM, or a layer that does not take two sizes, is refused in one line."""
    name = script("import torch\nlstm = torch.nn.LSTM(3, 4, num_layers=2)\nnorm = torch.nn.Identity()\n")
    for part in ("lstm", "norm"):
        with pytest.raises(Unusable, match=r"is not a layer like torch.nn.RNN\(3, 5\)"):
            load(f"{name}:{part}")


def test_a_torch_layer_is_a_black_box(script, folder):
    """A function around torch.nn.RNN conforms without its weights being set."""
    source = """
import torch
layer = torch.nn.RNN(3, 5)
def f(x, state=None):
    with torch.no_grad():
        outputs, state = layer(torch.from_numpy(x), state)
    return outputs, state
"""
    made = Blackbox(f"{folder / script(source)}:f", "tmn")
    run = put_through(made, "--rnn-blackbox=torch", "--rnn-examples=50")
    assert made.dtype == "float32"
    assert {record["outcome"] for record in run.records.values()} == {"passed"}


def test_a_device_that_torch_does_not_have_is_refused(verdict_on):
    """``--rnn-device=cuda`` without a GPU, or an unknown device, is refused with torch's own message."""
    import torch

    name = "nonsense" if torch.cuda.is_available() else "cuda"
    run = verdict_on("torch", f"--rnn-device={name}")
    assert (run.status, f"--rnn-device={name}: " in run.printed) == (2, True), run.printed
