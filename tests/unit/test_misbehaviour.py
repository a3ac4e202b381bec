"""Implementations that misbehave cost their own checks, and nothing else."""

import os
import re

import numpy as np
import pytest
from names import RNN
from suite import found

from rnn_reference.diagnosis.caches import documented
from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.faults import CATALOGUE
from rnn_reference.implementations.isolation import worker
from rnn_reference.implementations.isolation.failures import MAX_FAILURES
from rnn_reference.implementations.isolation.start import start
from rnn_reference.implementations.isolation.worker import Worker
from rnn_reference.implementations.question import forward_backward, repeated
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.outcomes import Crashed, NotImplementedYet, Outcome, TimedOut, Wrong
from rnn_reference.problems.problem import Problem

pytestmark = pytest.mark.waits

X = np.array([[0.5, -1.0, 2.0], [0.25, 3.0, -0.125]])


def outcome_of(call, *arguments):
    """What comes of a call that does not return what it should."""
    with pytest.raises(Outcome) as raised:
        call(*arguments)
    return raised.value


@pytest.mark.parametrize(("how", "says"), {
    "BySegfault": r"killed by SIGSEGV.*dies.py, line 14",
    "ByExit": "exit status 3",
    "ByPoliteExit": "SystemExit: enough",
    "ByKill": r"killed by SIGKILL \(out of memory\?\)",
    "ByRecursion": "RecursionError",
    "ByEndlessRecursion": "killed by SIGSEGV|MemoryError",
}.items())  # fmt: skip
def test_death_is_a_crash(isolated, how, says):
    """A call that ends its process crashed, says how, and the next call finds a new process."""
    implementation = isolated(f"dies.py:{how}", memory=2**30)
    for _ in range(2):
        outcome = outcome_of(implementation.tanh_forward, X)
        assert type(outcome) is Crashed
        assert outcome.function == "tanh_forward"
        assert re.search(says, str(outcome).replace("\n", " "))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no memory limit elsewhere")
def test_memory_is_limited(isolated):
    """A call that asks for memory without end crashed before the machine has none left."""
    outcome = outcome_of(isolated("dies.py:ByMemory", seconds=60.0, memory=2**30).tanh_forward, X)
    assert type(outcome) is Crashed
    assert "MemoryError" in str(outcome)


def test_each_of_several_calls_has_its_own_time(isolated):
    """Calls that are asked for at once take longer together than one may, and none timed out."""
    implementation = isolated("together.py:Slow", seconds=3.0)
    results = implementation.answers(repeated(RNN.functions["tanh_forward"], *[(X,)] * 4))
    assert [result["out"].tolist() for result in results] == [np.tanh(X).tolist()] * 4


@pytest.mark.parametrize(("how", "kind"), {"DiesOnTheWayBack": Crashed, "HangsOnTheWayBack": TimedOut}.items())
def test_of_several_calls_the_one_that_ends_the_process_is_blamed(isolated, how, kind):
    """A backward pass that ends the process is blamed for it, though it was asked for with its forward pass."""
    problem = Problem()
    implementation = isolated(f"together.py:{how}", seconds=1.0)
    outcome = outcome_of(implementation.answers, forward_backward(RNN.forward, problem.inputs, {"da": problem.da}))
    assert (type(outcome), outcome.function) == (kind, "rnn_backward")


def test_caches_die_with_their_process(isolated):
    """A cache whose process has ended is not mistaken for one of the process that came after it."""
    implementation = isolated("dies.py:InBackward")
    problem = Problem()
    _, _, caches = implementation.rnn_forward(*problem.inputs)
    assert "exit status 1" in str(outcome_of(implementation.rnn_backward, problem.da, caches))
    implementation.rnn_forward(*problem.inputs)
    assert "its caches with it" in str(outcome_of(implementation.rnn_backward, problem.da, caches))


@pytest.mark.parametrize("how", ["Busy", "Asleep", "Stubborn"])
def test_hanging_is_a_time_out(isolated, how):
    """A call that does not return timed out, and says where it was."""
    outcome = outcome_of(isolated(f"hangs.py:{how}", seconds=0.5).tanh_forward, X)
    assert type(outcome) is TimedOut
    assert "no answer within 0.5 s" in str(outcome)
    assert how == "Stubborn" or "hangs.py, line 1" in str(outcome)


def test_hanging_again_is_not_waited_for(isolated, monkeypatch):
    """A function that has timed out three times is not called any more, and its outcome says so; others are."""
    implementation = isolated("hangs.py:Everywhere", seconds=0.3)
    for _ in range(MAX_FAILURES):
        assert "not called" not in str(outcome_of(implementation.tanh_forward, X))
    monkeypatch.setattr(Worker, "_start", None)
    outcome = outcome_of(implementation.tanh_forward, X)
    assert type(outcome) is TimedOut
    assert "3 calls of tanh_forward ended so; it was not called any more" in str(outcome)
    monkeypatch.undo()
    assert implementation.softmax_forward(X).shape == X.shape


def test_hanging_at_import_leaves_the_definitions(isolated, monkeypatch):
    """A script that never ends is judged by its definitions, and loading it again does not wait again."""
    implementation = isolated("hangs_at_import.py", seconds=0.5)
    assert any("only its definitions were run" in note for note in implementation.notes)
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    again = []
    monkeypatch.setattr(worker, "start", lambda *given: again.append(given) or start(*given))
    implementation._worker.stop()
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    assert [request["definitions_only"] for request, _ in again] == [True]


def test_dying_at_import_is_unusable(isolated):
    """A script whose definitions end its process cannot be used, and one line says why."""
    with pytest.raises(Unusable, match=r"dies_at_import.py could not be loaded: its process ended with exit status 7$"):
        isolated("dies_at_import.py")


def test_ending_after_the_definitions_gives_the_definitions(isolated):
    """A script that ends its process after its definitions is judged by these, and a note says why."""
    implementation = isolated("ends_at_import.py")
    assert implementation.offered == ["tanh_forward"]
    note = "running the file failed (its process ended with exit status 7); only its definitions were run"
    assert implementation.notes == [note]


@pytest.mark.parametrize(("how", "says"), {
    "WritesOnThePipe": "its process wrote over its own answers",
    "WritesHalfAMessage": "its process wrote over its own answers",
    "WritesAMessage": "its process wrote over its own answers",
    "ClosesThePipe": "its process (closed its connection|ended with exit status)",
}.items())  # fmt: skip
def test_who_spoils_the_connection_crashed(isolated, how, says):
    """Bytes that are no reply, half a message, or a closed connection are said to be that; the next call goes on."""
    implementation = isolated(f"together.py:{how}", seconds=1.0)
    outcome = outcome_of(implementation.softmax_forward, X)
    assert (type(outcome), outcome.function) == (Crashed, "softmax_forward")
    assert re.search(says, str(outcome))
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))


def test_caches_are_freed(isolated):
    """The worker keeps a cache as long as its handle is used here, and no longer."""
    implementation, problem = isolated("caches.py:Counted"), Problem()
    _, _, kept = implementation.rnn_forward(*problem.inputs)
    for _ in range(5):
        implementation.rnn_forward(*problem.inputs)
    assert 1 <= implementation.tanh_forward(X)[0, 0] <= 3  # the one that is used here, and the two latest
    assert implementation.rnn_backward(problem.da, kept)["dx"].shape == problem.x.shape


def test_a_gigabyte_of_output_is_no_failure(isolated):
    """Output without measure fills neither memory nor disk, and a right answer stays right."""
    implementation = isolated("prints.py", seconds=60.0)
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    printed = implementation.printed()
    assert printed.endswith("the last line\n")
    assert len(printed) <= 4000


def test_output_is_kept_for_failures(isolated):
    """What a call prints can be shown with its failure, once."""
    implementation = isolated("prints.py")
    assert "and why it fails" in str(outcome_of(implementation.softmax_forward, X))
    assert implementation.printed() == "what softmax says\n"
    assert implementation.printed() == ""


@pytest.mark.parametrize(("what", "says"), {
    "Generator": "is not an array of numbers but generator",
    "Ragged": "is not an array of numbers: .*inhomogeneous",
    "Objects": "is not an array of numbers but dtype object",
    "Text": "is not an array of numbers but str",
    "TextArray": "is not an array of numbers but dtype <U",
    "Masked": "is not an array of numbers: 4 of 6 entries are masked",
    "Unspeakable": "is not an array of numbers: no array for you",
    "Cyclic": "is not an array of numbers",
}.items())  # fmt: skip
def test_what_is_no_array_is_wrong(isolated, what, says):
    """A result that is no array of numbers is wrong, and is named."""
    outcome = outcome_of(isolated(f"returns.py:{what}").tanh_forward, X)
    assert type(outcome) is Wrong
    assert re.search(says, str(outcome))


def test_nothing_is_not_implemented(isolated):
    """A function that returns nothing is a stub here as elsewhere."""
    assert type(outcome_of(isolated("returns.py:Nothing").tanh_forward, X)) is NotImplementedYet


@pytest.mark.parametrize("what", ["Matrix", "MaskedNowhere", "Lists", "Scalars", "Wide"])
def test_what_holds_numbers_is_taken_for_them(isolated, what):
    """Whatever holds the right numbers is right: a matrix, a list, an array masked nowhere, long doubles."""
    result = isolated(f"returns.py:{what}").tanh_forward(X)
    assert type(result) is np.ndarray
    assert np.allclose(result.astype(float), np.tanh(X), rtol=1e-15)


def test_large_arrays_travel(isolated):
    """An array that is larger than any buffer of the system arrives all the same."""
    x = np.linspace(-3, 3, 2_500_000)
    assert np.array_equal(isolated("returns.py:Matrix").tanh_forward(x[None]), np.tanh(x[None]))


def test_lies_do_not_travel(isolated):
    """An array that lies about itself arrives as the numbers that it holds."""
    assert np.array_equal(isolated("returns.py:Lies").tanh_forward(X), np.zeros(X.shape))


@pytest.mark.parametrize(("what", "arrives"), {
    "NaN": np.full(X.shape, np.nan),
    "Transposed": np.tanh(X).T,
    "Integers": np.zeros(X.shape, int),
}.items())  # fmt: skip
def test_wrong_arrays_arrive_as_they_are(isolated, what, arrives):
    """NaN, another shape and another dtype are the checks' business: they arrive."""
    result = isolated(f"returns.py:{what}").tanh_forward(X)
    assert result.dtype == arrives.dtype
    assert np.allclose(result, arrives, atol=1, equal_nan=True) and result.shape == arrives.shape


def test_spoiled_arguments_are_found_out(isolated):
    """What a call does to its arguments is done to those of the caller, when that is asked for."""
    implementation = isolated("spoils.py:Input")
    x = X.copy()
    implementation.tanh_forward(x)
    assert np.array_equal(x, X)
    implementation.tanh_forward(x, copy=False)
    assert np.array_equal(x, np.tanh(X))


def test_spoiled_parameters_are_found_out(isolated):
    """A dict that a call changes, and an array that it gives another shape, are not as they were."""
    implementation = isolated("spoils.py:Input")
    problem = Problem()
    x, a0, parameters = (problem.x.copy(), problem.a0.copy(), {n: p.copy() for n, p in problem.parameters.items()})
    implementation.rnn_forward(x, a0, parameters, copy=False)
    assert list(parameters) == [*problem.parameters, "more"]
    assert np.array_equal(parameters["Wax"], 2 * problem.parameters["Wax"])
    assert np.array_equal(parameters["Waa"], problem.parameters["Waa"]) and np.array_equal(x, problem.x)
    xt = x[:, :, 0].copy()
    implementation.rnn_cell_forward(xt, a0, parameters, copy=False)
    assert np.isnan(xt).all()


def test_what_is_spoiled_on_the_way_back_is_found_out(isolated):
    """What a backward pass does to what its forward pass was given is done to the caller's as well."""
    problem = Problem()
    x = problem.x.copy()
    inputs = (x, problem.a0, problem.parameters)
    question = forward_backward(RNN.forward, inputs, {"da": problem.da}, copy=False)
    isolated("spoils.py:OnTheWayBack").answers(question)
    assert np.array_equal(x, 2 * problem.x)


@pytest.mark.parametrize("what", ["Numpy", "Builtins"])
def test_replacing_the_judge_is_in_vain(isolated, what):
    """Functions of numpy that a call replaces are replaced in its own process only."""
    implementation = isolated(f"spoils.py:{what}")
    for _ in range(2):
        assert np.array_equal(implementation.tanh_forward(X), 0.5 * X)
    assert not np.allclose(X, 2 * X) and not all([False])


def test_losing_its_streams_is_no_failure(isolated):
    """A call that takes its own output away is judged by what it returns."""
    implementation = isolated("spoils.py:Streams")
    for _ in range(2):
        assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))


@pytest.mark.parametrize("lay", [np.asfortranarray, lambda x: np.repeat(x, 2, axis=-1)[..., ::2], lambda x: x[::-1]])
def test_layouts_travel(isolated, lay):
    """An array that does not lie contiguous lies the same in the other process, writable."""
    problem = Problem()
    x = lay(problem.x)
    strides, flags, _ = isolated("spoils.py:Layout").rnn_forward(x, problem.a0, problem.parameters, copy=False)
    assert tuple(strides) == x.strides
    assert flags.tolist() == [True, False]


@pytest.mark.parametrize(("what", "says"), {
    "Interrupt": "KeyboardInterrupt",
    "Base": "OfItsOwn: caught me",
    "Silent": "Mute: .its message cannot be read",
    "Endless": "ValueError: x{50}",
}.items())  # fmt: skip
def test_whatever_is_raised_is_a_crash(isolated, what, says):
    """An exception of any kind crashed the call, in few words."""
    outcome = outcome_of(isolated(f"raises.py:{what}").tanh_forward, X)
    assert type(outcome) is Crashed
    assert re.search(says, str(outcome))
    assert len(str(outcome)) < 1000


def test_nothing_is_left_behind(isolated, tmp_path, monkeypatch):
    """The files of a worker are gone while it works, so that a run that is killed leaves none."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    implementation = isolated("prints.py")
    assert "and why it fails" in str(outcome_of(implementation.softmax_forward, X))
    assert implementation.printed() == "what softmax says\n"
    assert list(tmp_path.iterdir()) == []


SEEN_INSIDE = ("shared-cache", "caches-dropped", "wrong-cache", "inputs-modified")
"""Mistakes that show in what a function keeps, or does to what it is given."""


@pytest.mark.parametrize("number", [k for k, fault in enumerate(CATALOGUE) if fault.id in SEEN_INSIDE])
def test_named_from_another_process(isolated, tmp_path, number):
    """What shows in caches and in arguments alone is named as well where these are in a process of their own."""
    target = tmp_path / "faulty.py"
    target.write_text(
        f"from rnn_reference.faults import CATALOGUE, FaultyNetwork\nnetwork = FaultyNetwork(CATALOGUE[{number}])\n",
        encoding="utf-8",
    )
    diagnosis = Diagnosis(isolated(f"{target}:network"))
    assert found(diagnosis) == {(CATALOGUE[number].function, CATALOGUE[number].id)}


@pytest.mark.parametrize("how", ["InAMapping", "InMillions", "InALoop", "InBytes"])
def test_caches_of_another_form_are_their_own_business(isolated, how):
    """Caches that cannot be looked at, or hold too much, cost no call and no time."""
    implementation = isolated(f"caches.py:{how}", seconds=2.0)
    problem = Problem()
    caches = implementation.rnn_forward(*problem.inputs)[2]
    assert documented(implementation.cache_contents(caches), problem) == ()
    assert implementation.rnn_backward(problem.da, caches)["dx"].shape == problem.x.shape
