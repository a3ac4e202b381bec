"""The order of an LSTM's gates is found by calls, and people's mistakes with the order are said."""

from itertools import permutations

import numpy as np
import pytest
from folders import EXAMPLES

from rnn_reference import lstm_cell_forward, lstm_forward
from rnn_reference.implementations.gate_orders import apart
from rnn_reference.implementations.gate_probing import Orders, gate_orders_of, gate_orders_of_sequence, settled
from rnn_reference.implementations.loading.find import load

ORDERS = ["".join(order) for order in permutations("fico")]
HEAD = {"Wy": np.zeros((1, 4)), "by": np.zeros((1, 1))}


def parameters(orders, W_x, W_a, b):
    """The course's parameters, from stacked arrays that each have an order of their own."""
    of_biases, of_inputs, of_states = (apart(order, W_x, W_a, b, before="") for order in orders)
    weights = {f"W{g}": np.hstack([of_states[f"W{g}"][:, :4], of_inputs[f"W{g}"][:, 4:]]) for g in "fico"}
    return weights | {f"b{g}": of_biases[f"b{g}"] for g in "fico"} | HEAD


def step_with(*orders):
    """A right step on stacked arrays, with an order of the biases, of the input and of the recurrent kernel."""
    return lambda W_x, W_a, b, x, a, c: lstm_cell_forward(x, a, c, parameters(orders, W_x, W_a, b))[:2]


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_found(order):
    """Each of the 24 orders is found in a step, and in a forward function that returns the states only."""
    assert gate_orders_of(step_with(order, order, order)) == Orders(order, order, order)

    def forward(W_x, W_a, b, x, a0):
        return lstm_forward(x, a0, parameters([order] * 3, W_x, W_a, b))[0]

    assert gate_orders_of_sequence(forward) == Orders(order, order, order)


def test_the_three_arrays_are_probed_separately():
    """Biases, input kernel and recurrent kernel may have three orders. An array that is not read has none."""
    assert gate_orders_of(step_with("ifoc", "fcio", "ocif")) == Orders("ifoc", "fcio", "ocif")
    right = step_with("ifco", "ifco", "ifco")
    without_biases = gate_orders_of(lambda W_x, W_a, b, x, a, c: right(W_x, W_a, 0 * b, x, a, c))
    assert without_biases == Orders("", "ifco", "ifco")


def _raises(*given):
    raise RuntimeError


def _exits(*given):
    raise SystemExit


WRONG = {
    "raises": _raises,
    "exits": _exits,
    "returns nothing": lambda *given: None,
    "returns one": lambda *given: given[4:5],
    "returns text": lambda *given: ("a", "c"),
    "returns NaN": lambda *given: (np.nan * given[4], np.nan * given[5]),
    "returns its states": lambda *given: given[4:],
    "returns one column": lambda *given: [one[:, :1] for one in step_with("ifoc", "ifoc", "ifoc")(*given)],
    "changes its arguments": lambda *given: [np.multiply(one, 0, out=one) for one in given[4:]],
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_step_has_no_order(wrong):
    """A step that crashes or returns something else has no order, and is judged with the order of its layout."""
    assert gate_orders_of(WRONG[wrong]) == Orders()
    assert settled(Orders(), "ifoc", "CS231n") == ("ifoc", [])


SETTLED = {
    "all as usual": (("ifoc", "ifoc", "ifoc"), "ifoc", []),
    "all as torch's": (("ifco",) * 3, "ifco", ["its gates are i f g o, CS231n's are i f o g"]),
    "one found": (("", "", "ifco"), "ifco", ["its gates are i f g o, CS231n's are i f o g"]),
    "biases apart": (
        ("ifoc", "ifco", "ifco"),
        "ifco",
        ["its biases are in the order i f o g, its kernels in the order i f g o"],
    ),
    "recurrent kernel apart": (
        ("ifoc", "ifoc", "ifco"),
        "ifoc",
        [
            "its input kernel is in the order i f o g, its recurrent kernel in the order i f g o,"
            " its biases in the order i f o g"
        ],
    ),
    "input kernel apart": (
        ("ifoc", "fcio", "ifoc"),
        "ifoc",
        [
            "its input kernel is in the order f g i o, its recurrent kernel in the order i f o g,"
            " its biases in the order i f o g"
        ],
    ),
    "kernels apart": (
        ("", "fcio", "ifoc"),
        "fcio",
        ["its input kernel is in the order f g i o, its recurrent kernel in the order i f o g"],
    ),
}


@pytest.mark.parametrize("case", SETTLED)
def test_the_order_to_judge_with(case):
    """The order that most arrays have is used, and the kernels' before the biases'. Disagreement is a note."""
    orders, order, notes = SETTLED[case]
    assert settled(Orders(*orders), "ifoc", "CS231n") == (order, notes)


SOURCE = (EXAMPLES / "cs231n_lstm.py").read_text()
SPLIT = "zi, zf, zo, zg = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)"
STACK = "np.hstack([di, df, do, dg])"


def in_order(order):
    """The example of CS231n's layout, right, with its gates in another order."""
    names = [g.replace("c", "g") for g in order]
    source = SOURCE.replace("zi, zf, zo, zg =", f"{', '.join(f'z{g}' for g in names)} =")
    return source.replace(STACK, f"np.hstack([{', '.join(f'd{g}' for g in names)}])")


@pytest.mark.waits
@pytest.mark.parametrize("order", [
    pytest.param(order, marks=() if number % 6 == 0 else pytest.mark.slow) for number, order in enumerate(ORDERS)
])  # fmt: skip
def test_another_order_conforms(suite, script, order):
    """CS231n's functions with their gates in any order conform, with a note if the order is not CS231n's."""
    implementation = load(script(in_order(order)))
    run = suite(implementation, "--rnn-examples=1")
    assert run.status == 0, run.printed
    passed = {record["function"] for record in run.records.values() if record["outcome"] == "passed"}
    assert passed >= {"lstm_cell_forward", "lstm_forward", "lstm_cell_backward", "lstm_backward"}
    words = " ".join(order.replace("c", "g"))
    said = f"its gates are {words}, CS231n's are i f o g" in implementation.notes
    assert said == (order != "ifoc")


@pytest.mark.waits
def test_biases_in_another_order_are_wrong(verdict_on, tmp_path):
    """Biases in another order than the kernels are wrong, and the note says both orders."""
    permuted = SOURCE.replace(
        SPLIT, "Hs = np.split(b, 4)\n    b = np.hstack([Hs[0], Hs[1], Hs[3], Hs[2]])\n    " + SPLIT
    )
    (tmp_path / "lstm.py").write_text(permuted)
    report = verdict_on(tmp_path / "lstm.py", "--rnn-examples=2").report
    assert report["functions"]["lstm_cell_forward"]["verdict"] == "wrong"
    note = "its biases are in the order i f g o, its kernels in the order i f o g"
    assert note in report["implementation"]["notes"]


def test_a_loop_without_a_step_is_probed(script):
    """A file with only ``lstm_forward`` is probed by it. c comes from the equations, and the note says so."""
    start, _, rest = in_order("ifco").partition("def lstm_step_forward")
    renamed = (start + "def lstm_step_forward" + rest).replace("lstm_step_", "_step_")
    implementation = load(script(renamed))
    assert implementation.offered == ["lstm_forward", "lstm_backward"]
    assert implementation.notes[1:] == [
        "its gates are i f g o, CS231n's are i f o g",
        "lstm_forward does not return c: c is computed from its h by the equations, and not judged",
    ]
