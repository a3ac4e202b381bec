"""The course's printed LSTM values: what they are, and how the older table of lstm_backward came about.

The few lines of an LSTM here are written for this file. They share no code with the reference.
"""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from rnn_reference import lstm_backward, lstm_cell_backward, lstm_cell_forward, lstm_forward
from rnn_reference.cells.registry import cell_named
from rnn_reference.diagnosis import explain
from rnn_reference.faults import faults_named
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.judging import golden as golden_checks
from rnn_reference.judging.judge import Judge
from rnn_reference.outcomes import Wrong
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden
from rnn_reference.problems.problem import Problem

FILE = golden_folder("lstm") / "document.json"
DOCUMENT = golden.read(FILE)
TABLE = {tensor: case for (function, tensor), case in DOCUMENT.items() if function == "lstm_backward"}
GIVEN = TABLE["dx"].inputs
GATES = ("f", "i", "c", "o")
STEPS = 4


def sigmoid(z):
    """The logistic function."""
    return 1 / (1 + np.exp(-z))


def run(given):
    """The forward pass of the first 4 steps: the states a, and what the backward pass needs of each step."""
    a, c, states, kept = given["a0"], 0 * given["a0"], [], []
    for t in range(STEPS):
        h, c_prev = np.concatenate([a, given["x"][:, :, t]]), c
        z = {g: given[f"W{g}"] @ h + given[f"b{g}"] for g in GATES}
        f, i, o, cct = sigmoid(z["f"]), sigmoid(z["i"]), sigmoid(z["o"]), np.tanh(z["c"])
        c = f * c_prev + i * cct
        a = o * np.tanh(c)
        states.append(a)
        kept.append((f, i, o, cct, c_prev, c, h))
    return np.stack(states, axis=2), kept


def step_back(da, dc, kept):
    """The gradients of one step."""
    f, i, o, cct, c_prev, c, h = kept
    bent = np.tanh(c)
    dc = dc + da * o * (1 - bent**2)
    dz = {
        "f": dc * c_prev * f * (1 - f),
        "i": dc * cct * i * (1 - i),
        "c": dc * i * (1 - cct**2),
        "o": da * bent * o * (1 - o),
    }
    dh = sum(GIVEN[f"W{g}"].T @ dz[g] for g in GATES)
    weights = {f"dW{g}": dz[g] @ h.T for g in GATES} | {f"db{g}": dz[g].sum(axis=1, keepdims=True) for g in GATES}
    return dh[:5], dh[5:], dc * f, weights


def through_time(carry, biases_of_f):
    """The gradients of the whole sequence, with or without each of the two mistakes.

    Without ``carry``, a step gets da[:, :, t] and no dc. With ``biases_of_f``, dbi, dbc and dbo are at each step the
    sum of dbf so far, plus their own term of this step.
    """
    _, kept = run(GIVEN)
    da_prev = dc_prev = 0 * GIVEN["a0"]
    total, dx = {}, []
    for t in reversed(range(STEPS)):
        da_prev, dxt, dc_prev, terms = step_back(GIVEN["da"][:, :, t] + carry * da_prev, carry * dc_prev, kept[t])
        dx.insert(0, dxt)
        total = {name: total.get(name, 0) + term for name, term in terms.items()}
        if biases_of_f:
            total |= {f"db{g}": total["dbf"] + terms[f"db{g}"] for g in ("i", "c", "o")}
    return {"dx": np.stack(dx, axis=2), "da0": da_prev, **total}


def printed_right(case):
    """The printed digits that are right: the newer ones of lstm_backward."""
    return list(np.atleast_1d(case.entry.get("published_newer", case.entry["published"])))


@pytest.mark.parametrize("case", DOCUMENT.values(), ids=lambda case: f"{case.function}-{case.place}")
def test_the_full_value_prints_like_the_course(case):
    """Each value of the file, with all its digits, has the digits that the course prints."""
    assert golden.prints_like(printed_right(case), case.value)


@pytest.mark.parametrize("case", DOCUMENT.values(), ids=lambda case: f"{case.function}-{case.place}")
def test_the_reference_prints_like_the_course(case):
    """The reference gives each printed value to the last printed digit, from the recipe of its inputs."""
    named = case.inputs
    if case.function.startswith("lstm_cell"):
        *results, cache = lstm_cell_forward(named["xt"], named["a_prev"], named["c_prev"], case.parameters)
        found = dict(zip(("a_next", "c_next", "yt_pred"), results, strict=True)) | {"cache[1]": cache[1]}
        if case.function == "lstm_cell_backward":
            found = lstm_cell_backward(named["da_next"], named["dc_next"], cache)
    else:
        a, y, c, caches = lstm_forward(named["x"], named["a0"], case.parameters)
        found = {"a": a, "y": y, "c": c, "caches[1]": caches[1]}
        if case.function == "lstm_backward":
            found = lstm_backward(named["da"], caches)
    assert golden.prints_like(printed_right(case), found[case.tensor][case.at])


@pytest.mark.parametrize("case", TABLE.values(), ids=lambda case: case.place)
def test_two_mistakes_give_the_older_table(case):
    """Nothing carried, and biases on top of the sum of dbf: all ten older entries, to the last printed digit."""
    both = through_time(carry=False, biases_of_f=True)
    assert case.prints_like_published(both[case.tensor][case.at])


def test_the_catalogue_has_the_two_mistakes():
    """The catalogue's mistake, both at once, gives the ten older entries; nothing carried alone gives seven."""
    (both,) = (fault for fault in faults_named("bias-sums-from-another") if "nothing carried" in str(fault))
    (alone,) = (f for f in faults_named("carry-dropped") if f.function == "lstm_backward" and "all" in str(f))
    _, _, _, caches = lstm_forward(GIVEN["x"], GIVEN["a0"], TABLE["dx"].parameters)
    for fault, count in ((both, 10), (alone, 7)):
        found = fault.of(lstm_cell_backward)(GIVEN["da"], caches)
        assert sum(case.prints_like_published(found[tensor][case.at]) for tensor, case in TABLE.items()) == count


def test_one_mistake_does_not_give_the_older_table():
    """Nothing carried gives seven of ten entries; the mistake in the biases alone gives none, and no mistake none."""
    like = {
        name: {tensor for tensor, case in TABLE.items() if case.prints_like_published(found[tensor][case.at])}
        for name, found in {
            "carry": through_time(carry=False, biases_of_f=False),
            "biases": through_time(carry=True, biases_of_f=True),
            "none": through_time(carry=True, biases_of_f=False),
        }.items()
    }
    assert like == {"carry": set(TABLE) - {"dbi", "dbc", "dbo"}, "biases": set(), "none": set()}
    assert {tensor for tensor, case in TABLE.items() if case.entry["published_is"] != "carry-dropped"} == {
        "dbi", "dbc", "dbo",
    }  # fmt: skip


@pytest.mark.parametrize("case", TABLE.values(), ids=lambda case: case.place)
def test_the_older_table_is_not_the_gradient_and_the_newer_one_is(case):
    """A complex step for each element, by no formula of a gradient, gives the newer value and not the older one."""
    name, places = case.tensor[1:], [(*case.at, t) for t in range(STEPS)] if case.tensor == "dx" else [case.at]
    derivative = []
    for place in (p if len(p) > 1 else (*p, 0) for p in places):
        moved = GIVEN[name].astype(complex)
        moved[place] += 1e-30j
        states, _ = run({**GIVEN, name: moved})
        derivative.append((GIVEN["da"] * states.imag).sum() / 1e-30)
    assert golden.prints_like(printed_right(case), np.array(derivative))
    assert np.allclose(derivative, np.atleast_1d(case.value), rtol=1e-13, atol=1e-15)
    assert not case.prints_like_published(np.array(derivative))


def judged(tensor, theirs):
    """The judge of one tensor of the course's problem, and the outcome."""
    implementation = Implementation("theirs", theirs)
    judge, case = Judge(implementation, "golden.network_backward"), TABLE[tensor]
    gradients = golden_checks.gradients_of(judge, case)
    golden_checks.close_to_gradient(judge, case, gradients, "the older values")
    return judge


class Printed:
    """An LSTM whose backward pass makes the two mistakes."""

    lstm_forward = staticmethod(lstm_forward)

    @staticmethod
    def lstm_backward(da, caches):
        """The older table's gradients."""
        return through_time(carry=False, biases_of_f=True)


@pytest.mark.parametrize("tensor", TABLE)
def test_a_result_with_the_older_digits_is_told_so(tensor):
    """The failure has a line on the published values, for each of the ten."""
    with pytest.raises(Wrong) as raised:
        judged(tensor, Printed)
    assert ("published", "the older values") in raised.value.lines


class Strict:
    """A right LSTM that refuses a da with fewer steps than x."""

    lstm_forward = staticmethod(lstm_forward)

    @staticmethod
    def lstm_backward(da, caches):
        """The right gradients, if da has all steps."""
        if da.shape[2] != len(caches[0]):
            raise ValueError("da has other steps than x")
        return lstm_backward(da, caches)


class Padded(Strict):
    """A right LSTM whose dx has the steps of x."""

    @staticmethod
    def lstm_backward(da, caches):
        """The right gradients, and zeros for the later steps of x."""
        found = lstm_backward(da, caches)
        later = np.zeros((*da.shape[:2], len(caches[0]) - da.shape[2]))
        return found | {"dx": np.concatenate([found["dx"], later[:3]], axis=2)}


@pytest.mark.parametrize("theirs", [Strict, Padded])
def test_steps_of_x_may_be_those_of_da(theirs):
    """An LSTM that needs as many steps of x as of da is right for the first 4 steps, with a note."""
    assert judged("dx", theirs).notes == [golden_checks.SHORTER]


def test_fewer_steps_of_da_need_no_note():
    """The course's own call, with 7 steps of x and 4 of da, works with the reference."""
    right = SimpleNamespace(lstm_forward=lstm_forward, lstm_backward=lstm_backward)
    assert judged("dx", right).notes == []


def test_a_certified_case_without_optional_arguments_is_judged_without_them():
    """An LSTM that takes no c0 and no dc gets the case whose c0 and dc are zero; others get the whole one."""
    cases = golden.read_certified(golden_folder("lstm") / "certified.json")
    for theirs, missing in ((Strict, ("c0", "dc")), (Printed, ("c0", "dc"))):
        judge = Judge(Implementation("theirs", theirs), "golden.certified_gradients")
        assert golden_checks.certified(judge, cases, "m=1", "lstm_backward").problem.without == missing
    assert cell_named("lstm").backward.may_lack == ("dc0",)
    assert Problem(cell_name="lstm").without == ()


def off(function, result, by):
    """The reference's function with one result, named or in place, off by ``by``."""

    def wrong(*arguments):
        found = function(*arguments)
        if isinstance(found, dict):
            return found | {result: found[result] + by}
        return (*found[:result], found[result] + by, *found[result + 1 :])

    return wrong


CAUGHT = {
    "golden.cell_forward": ("lstm_cell_forward", 1, 1e-13),
    "golden.network_forward": ("lstm_forward", 2, 1e-13),
    "golden.cell_backward": ("lstm_cell_backward", "dbo", 1e-12),
    "golden.network_backward": ("lstm_backward", "dbo", 1e-12),
    "golden.certified_states": ("lstm_forward", 2, 1e-13),
    "golden.certified_gradients": ("lstm_backward", "dc0", 1e-11),
}
FUNCTIONS = (lstm_cell_forward, lstm_forward, lstm_cell_backward, lstm_backward)


@pytest.mark.parametrize("check", CAUGHT)
@pytest.mark.waits
def test_each_golden_check_of_the_lstm_catches_a_mistake(check, suite, monkeypatch):
    """A right LSTM passes each golden check, and one with a small error in one result does not."""
    monkeypatch.setattr(explain, "explain", lambda outcome, about, diagnosis: outcome)  # its name is another question
    right = {function.__name__: function for function in FUNCTIONS}
    name, result, by = CAUGHT[check]
    outcomes = [
        {
            record["outcome"]
            for record in suite(SimpleNamespace(**each), f"--rnn-only={check}", group="golden").records.values()
        }
        for each in (right, right | {name: off(right[name], result, by)})
    ]
    assert outcomes[0] == {"passed"} and "failed" in outcomes[1]


@pytest.mark.waits
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_other_dtypes_pass_the_printed_values(dtype, suite):
    """An LSTM in float32 or float16, with no c0 and no dc, gives the course's values within its own rounding."""
    narrow = SimpleNamespace(
        dtype=dtype,
        lstm_cell_forward=lstm_cell_forward,
        lstm_forward=lambda x, a0, parameters: lstm_forward(x, a0, parameters)[:],  # it takes no c0
        lstm_cell_backward=lstm_cell_backward,
        lstm_backward=lambda da, caches: {n: g for n, g in lstm_backward(da, caches).items() if n != "dc0"},
    )
    found = suite(narrow, "--rnn-only=golden", group="golden").records
    printed = {name: record["outcome"] for name, record in found.items() if "lstm" in name and "certified" not in name}
    assert set(printed.values()) - {"not offered"} == {"passed"} and len(printed) == 15
    assert {found[name]["outcome"] for name in found if "certified" in name} == {"not offered"}


def test_every_printed_value_is_in_the_file():
    """The file has the 29 printed arrays of the four functions."""
    entries = json.loads(FILE.read_text(encoding="utf-8"))["values"]
    of = [entry["function"] for entry in entries]
    counts = {name: of.count(name) for name in dict.fromkeys(of)}
    assert counts == {"lstm_cell_forward": 4, "lstm_forward": 4, "lstm_cell_backward": 11, "lstm_backward": 10}
