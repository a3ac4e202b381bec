"""torch in targets: its layers, its dtypes and its devices."""

from types import SimpleNamespace

import pytest
from folders import ROOT
from frameworks import require
from suite import put_through

from rnn_reference.cells.registry import functions
from rnn_reference.diagnosis.explain import Diagnosis
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
    """The adapter for torch offers the functions of both cells."""
    assert load("torch").offered == list(functions())


RIGHT = {"torch_module.py:MyRNN": "rnn", "torch_module.py:layer": "rnn",
         "torch_lstm.py:MyLSTM": "lstm", "torch_lstm.py:layer": "lstm"}  # fmt: skip


@pytest.mark.parametrize("target", RIGHT)
def test_a_torch_layer_is_recognised(verdict_on, target):
    """A class with the interface of nn.RNN or nn.LSTM, with the batch first too, and a layer of torch conform."""
    run = verdict_on(f"examples/{target}", "--rnn-examples=2")
    assert run.status == 0, run.printed
    for way in ("forward", "backward"):
        assert run.report["functions"][f"{RIGHT[target]}_{way}"]["verdict"] == "conforms"


MISTAKES = {
    "no recurrent bias": (" + self.bias_hh", ""),
    "gates in another order": ("i, f, g, o =", "i, f, o, g ="),
    "c0 ignored": ("h, c = state[0][0], state[1][0]", "h, c = state[0][0], 0 * state[0][0]"),
    "no tanh of c": ("* torch.tanh(c)", "* c"),
    "h in place of c": ("(h[None], c[None])", "(h[None], h[None])"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_torch_lstm_is_wrong(suite, script, mistake):
    """A user's LSTM with one mistake is wrong, in its states or in c."""
    right = (ROOT / "examples" / "torch_lstm.py").read_text(encoding="utf-8")
    assert right.count(MISTAKES[mistake][0]) == 1
    target = script(right.replace(*MISTAKES[mistake])) + ":MyLSTM"
    records = suite(load(target), "--rnn-examples=1", "--rnn-only=forward.states").records
    assert "failed" in {record["outcome"] for record in records.values()}


def test_a_torch_lstm_without_its_states_is_a_crash(suite, script):
    """An LSTM layer that returns only its outputs crashes, and the message says what it must return."""
    right = (ROOT / "examples" / "torch_lstm.py").read_text(encoding="utf-8")
    target = script(right.replace(", (h[None], c[None])", "")) + ":MyLSTM"
    records = suite(load(target), "--rnn-examples=1", "--rnn-only=forward.states").records
    assert any("must return its outputs and the last states" in str(record) for record in records.values())


def test_a_torch_layer_of_another_kind_is_refused(script):
    """A GRU, an LSTM of two layers, and a layer that does not take two sizes are refused in one line."""
    source = "import torch\ngru = torch.nn.GRU(3, 4)\nlstm = torch.nn.LSTM(3, 4, num_layers=2)\n"
    name = script(f"{source}norm = torch.nn.Identity()\n")
    for part in ("gru", "lstm", "norm"):
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


START = """
import torch


class Loop(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h0, w, u, b):
        states = [h0]
        for xt in x:
            states.append(torch.tanh(xt @ w.T + states[-1] @ u.T + b))
        states = torch.stack(states)
        ctx.save_for_backward(x, states, w, u)
        return states[1:]

    @staticmethod
    def backward(ctx, grad):
        x, states, w, u = ctx.saved_tensors
        carry = torch.zeros_like(states[0])
        dx, dw, du, db = torch.zeros_like(x), torch.zeros_like(w), torch.zeros_like(u), 0
        for t in reversed(range(len(x))):
            raw = (1 - states[t + 1] ** 2) * (grad[t] + carry)
            dx[t], dw, du, db = raw @ w, dw + raw.T @ x[t], du + raw.T @ states[t], db + raw.sum(0)
            carry = raw @ u CONDITION
        return dx, carry, dw, du, db


class Layer(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.weight_ih = torch.nn.Parameter(torch.randn(hidden_size, input_size))
        self.weight_hh = torch.nn.Parameter(torch.randn(hidden_size, hidden_size))
        self.bias_ih = torch.nn.Parameter(torch.randn(hidden_size))

    def forward(self, x, h0):
        states = Loop.apply(x, h0[0]DETACHED, self.weight_ih, self.weight_hh, self.bias_ih)
        return states, states[-1:]
"""


def test_a_carry_that_depends_on_what_the_start_asks(script, folder):
    """A layer that carries its gradient only if the initial state asks for one is wrong: nobody asks who trains."""
    condition = "if ctx.needs_input_grad[1] else torch.zeros_like(carry)"
    source = START.replace("CONDITION", condition).replace("DETACHED", "")
    own = load(f"{folder / script(source)}:Layer")
    assert Diagnosis(own).findings["rnn_backward"].status == "wrong"
    right = load(f"{folder / script(START.replace('CONDITION', '').replace('DETACHED', ''))}:Layer")
    assert Diagnosis(right).findings["rnn_backward"].status == "right"


def test_a_detached_start_has_no_gradient(script, folder):
    """A layer that detaches its initial state gives no da0, and conforms without it."""
    source = START.replace("CONDITION", "").replace("DETACHED", ".detach()")
    own = load(f"{folder / script(source)}:Layer")
    assert own.notes == ["it gives no da0: not judged"]
    assert Diagnosis(own).findings["rnn_backward"].status == "right"
