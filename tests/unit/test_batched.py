"""Several questions in one message, and the checks that ask them in rounds."""

import numpy as np
import pytest
from folders import EXAMPLES
from names import RNN

import rnn_reference
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.isolation.channel import Channel
from rnn_reference.implementations.isolation.failures import MAX_FAILURES
from rnn_reference.implementations.question import LAST, LAST_BUT_ONE, Question, forward_backward, repeated
from rnn_reference.judging.batched import run_batched
from rnn_reference.judging.fresh import fresh
from rnn_reference.judging.judge import Judge
from rnn_reference.outcomes import Crashed, Outcome, Wrong
from rnn_reference.problems.problem import Problem

RIGHT = EXAMPLES / "right.py"


@pytest.fixture
def in_turn(isolated):
    """It says how many calls it has had."""
    return isolated("together.py:InTurn", seconds=0.5)


def about(value, size=6):
    """A question about one array."""
    return repeated(RNN.functions["tanh_forward"], (np.full((2, size // 2), float(value)),))


def said(implementation, question):
    """The number of calls that it says it has had, in its answer to a question about one array."""
    (answer,) = implementation.answers(question)
    return answer["out"].flat[0]


@pytest.mark.waits
def test_each_question_is_answered_once_and_in_turn(in_turn):
    """Prefetched questions are answered in their order, by one call each."""
    questions = [about(1) for _ in range(5)]
    with in_turn.prefetch(questions):
        assert [said(in_turn, question) for question in questions] == [1, 2, 3, 4, 5]
    assert said(in_turn, about(1)) == 6


@pytest.mark.waits
def test_several_questions_are_asked_in_one_message(in_turn, monkeypatch):
    """The first question has a message of its own; each message after it has twice as many as the one before."""
    sizes, questions = [], [about(1) for _ in range(9)]
    send = Channel.send
    monkeypatch.setattr(Channel, "send", lambda self, m: sizes.append(len(m["requests"])) or send(self, m))
    with in_turn.prefetch(questions):
        for question in questions:
            in_turn.answers(question)
    assert sizes == [1, 2, 4, 2]


@pytest.mark.waits
def test_a_question_that_was_not_announced_has_its_own_answer(in_turn):
    """Another question in between gets its own answer, and the prefetched one keeps the answer that it has."""
    first, second, third = about(1), about(1), about(1)
    with in_turn.prefetch([first, second, third]):
        assert said(in_turn, first) == 1
        assert said(in_turn, second) == 2
        assert said(in_turn, about(1)) == 4  # the third was asked in the same message as the second
        assert said(in_turn, third) == 3


@pytest.mark.waits
def test_a_call_that_ends_the_process_is_blamed_when_its_turn_comes(in_turn):
    """A call that ends the process costs neither the answer before it nor the one after."""
    first, before, deadly, after = about(1), about(1), about(7), about(1)
    with in_turn.prefetch([first, before, deadly, after]):
        assert said(in_turn, first) == 1
        assert said(in_turn, before) == 2
        with pytest.raises(Crashed, match="exit status 3"):
            in_turn.answers(deadly)
        assert said(in_turn, after) == 1


@pytest.mark.waits
def test_an_exception_is_blamed_when_its_turn_comes(isolated):
    """A call that raises costs neither the answers before it in the same message nor those after."""
    implementation, x = isolated("together.py:RaisesAtNine"), np.ones((2, 3))
    questions = [repeated(RNN.functions["tanh_forward"], (value * x,)) for value in (1, 2, 9, 3)]
    with implementation.prefetch(questions):
        for question in questions[:2]:
            implementation.answers(question)
        with pytest.raises(Crashed, match="ValueError: nine"):
            implementation.answers(questions[2])
        assert np.array_equal(implementation.answers(questions[3])[0]["out"], np.tanh(3 * x))


@pytest.mark.waits
def test_a_cache_that_is_lost_is_not_prefetched(isolated):
    """After the process has ended, a backward pass from a cache of its does not get one of the next process's."""
    implementation, problem = isolated("dies.py:InBackward"), Problem()
    caches = [
        answer["caches"]
        for answer in implementation.answers(repeated(RNN.functions["rnn_forward"], *[problem.inputs] * 2))
    ]
    deadly, lost = (repeated(RNN.functions["rnn_backward"], (problem.da, cache)) for cache in caches)
    again = repeated(RNN.functions["rnn_forward"], *[problem.inputs] * 2)
    with implementation.prefetch([deadly, again, lost]):
        with pytest.raises(Crashed, match="exit status 1"):
            implementation.answers(deadly)
        implementation.answers(again)
        with pytest.raises(Crashed, match="its caches with it"):
            implementation.answers(lost)


@pytest.mark.waits
def test_who_writes_over_its_answers_is_blamed(isolated):
    """The call that writes garbage on the pipe is blamed, though other calls are asked for in the same message."""
    implementation, x = isolated("together.py:WritesOnThePipe"), np.ones((2, 3))
    fine, last = repeated(RNN.functions["tanh_forward"], (x,)), repeated(RNN.functions["tanh_forward"], *[(x,)] * 5)
    writes = Question([("tanh_forward", (x,)), ("softmax_forward", (x,))])
    with implementation.prefetch([fine, writes, last]):
        implementation.answers(fine)
        with pytest.raises(Crashed, match="wrote over its own answers") as raised:
            implementation.answers(writes)
        assert raised.value.function == "softmax_forward"
        assert np.array_equal(implementation.answers(last)[4]["out"], np.tanh(x))


@pytest.mark.waits
def test_a_prefetched_call_that_hangs_is_not_blamed_if_never_asked(in_turn):
    """A prefetched call that does not return, and whose answer nobody wants any more, does not count as a failure."""
    for _ in range(MAX_FAILURES + 1):
        first, second = about(1), about(1)
        with in_turn.prefetch([first, second, about(8)]):
            said(in_turn, first)
            said(in_turn, second)
        assert said(in_turn, about(1)) == 1


@pytest.mark.waits
@pytest.mark.parametrize("size", [2_000, 2_500_000])
def test_what_is_long_is_answered_like_anything_else(in_turn, size):
    """Questions and answers that no buffer of the system holds arrive in their order."""
    questions = [
        about(1, size),
        repeated(RNN.functions["tanh_forward"], *[(np.ones((1, k)),) for k in range(1, 400)]),
        about(1, size),
    ]
    with in_turn.prefetch(questions):
        assert said(in_turn, questions[0]) == 1
        assert [answer["out"].flat[0] for answer in in_turn.answers(questions[1])] == [*range(2, 401)]
        assert said(in_turn, questions[2]) == 401


@pytest.mark.waits
def test_what_is_given_twice_is_given_twice(isolated):
    """An array in two calls of a question reaches the second as it was, whatever the first did to it."""
    x = np.array([[0.5, -1.0, 2.0]])
    for answer in isolated("spoils.py:Input").answers(repeated(RNN.functions["tanh_forward"], (x,), (x,))):
        assert np.array_equal(answer["out"], np.tanh(x))


@pytest.mark.waits
def test_a_buffer_that_is_used_again_is_seen_as_it_was(isolated):
    """Each of several answers is what its call returned, whatever the next one wrote into the same array."""
    ones, zeros = np.ones((2, 3)), np.zeros((2, 3))
    implementation = isolated("together.py:OneBuffer")
    first, second = implementation.answers(repeated(RNN.functions["tanh_forward"], (ones,), (zeros,)))
    assert np.array_equal(first["out"], np.tanh(ones)) and np.array_equal(second["out"], zeros)


@pytest.mark.waits
def test_a_forward_pass_without_caches_is_blamed_itself(isolated):
    """Where the forward pass gives two values, no backward pass is called with whatever cache there was last."""
    problem, implementation = Problem(), isolated("together.py:TwoValues")
    with pytest.raises(Wrong, match="2 values, expected the three") as raised:
        implementation.answers(forward_backward(RNN.forward, problem.inputs, {"da": problem.da}, copy=False))
    assert raised.value.function == "rnn_forward"


@pytest.mark.waits
def test_what_a_prefetched_call_does_is_done_to_its_own_arguments(isolated):
    """What a call does to its arguments, prefetched or not, is done to the caller's when its answer is asked for."""
    implementation = isolated("spoils.py:Input")
    arrays = [np.full((2, 3), value) for value in (1.0, 2.0, 3.0)]
    questions = [repeated(RNN.functions["tanh_forward"], (array,), copy=False) for array in arrays]
    with implementation.prefetch(questions):
        for value, array, question in zip((1.0, 2.0, 3.0), arrays, questions, strict=True):
            assert array[0, 0] == value
            implementation.answers(question)
            assert np.array_equal(array, np.tanh(np.full((2, 3), value)))


@pytest.mark.parametrize("where", ["here", pytest.param("in its own process", marks=pytest.mark.waits)])
def test_a_backward_pass_is_given_the_cache_that_is_meant(isolated, where):
    """The last cache and the last but one are those of the two forward passes before, here and in a process."""
    implementation = Implementation("here", rnn_reference) if where == "here" else isolated(RIGHT)
    one, other = Problem(seed=1), Problem(n_a=4, n_x=7, seed=2)
    answers = implementation.answers(Question([
        ("rnn_forward", one.inputs), ("rnn_forward", other.inputs),
        ("rnn_backward", (one.da, LAST_BUT_ONE)), ("rnn_backward", (other.da, LAST)),
    ]))  # fmt: skip
    for problem, gradients in zip((one, other), answers[2:], strict=True):
        right = rnn_reference.rnn_backward(problem.da, rnn_reference.rnn_forward(*problem.inputs)[2])
        assert all(np.allclose(gradients[name], right[name], rtol=1e-12, atol=1e-12) for name in right)


class Recorded(Implementation):
    """The reference, and the problems' seeds in the order in which it was asked about them."""

    def __init__(self):
        super().__init__("recorded", rnn_reference)
        self.asked = []

    def answers(self, question):
        """Note whose question it is."""
        self.asked.append(question.seed)
        return super().answers(question)


def asking(problem, times):
    """A check of so many questions."""
    for _ in range(times):
        question = repeated(RNN.functions["rnn_forward"], problem.inputs)
        object.__setattr__(question, "seed", problem.seed)
        (answer,) = yield question
        assert answer["a"].shape == problem.da.shape


def test_checks_run_in_rounds():
    """Every first question is asked before any second one, and who has no more to ask is not asked."""
    judge = Judge(Recorded(), "a check")
    problems = [Problem(seed=seed) for seed in range(4)]
    run_batched(
        judge, [(problem, asking(problem, times)) for problem, times in zip(problems, (1, 3, 0, 2), strict=True)]
    )
    assert judge.implementation.asked == [0, 1, 3, 1, 3, 1]


def test_a_failure_is_about_its_own_problem():
    """A failure leaves the judge at the problem that it is about, not at the one that was begun last."""
    judge = Judge(Implementation("reference", rnn_reference), "a check")

    def raising(problem):
        yield repeated(RNN.functions["rnn_forward"], problem.inputs)
        if problem.seed == 1:
            raise Wrong([("a", "is wrong")])

    problems = [Problem(seed=seed) for seed in range(4)]
    with pytest.raises(Outcome):
        run_batched(judge, [(problem, raising(problem)) for problem in problems])
    assert judge.problem == problems[1]


def test_fresh_problems_are_those_of_the_seed():
    """As many as asked for, the same for the same seed, others for another, each with a step after the first."""
    drawn = [*fresh(30, 1)]
    fresh(30, 2)
    assert fresh(30, 1) == drawn != fresh(30, 2)
    assert len(drawn) == 30
    assert all(1 <= t < problem.T_x for problem, t in drawn)
    assert {problem.T_x for problem, _ in drawn} >= {4, 5, 6, 7, 8, 9}


def test_more_problems_than_sizes_have_other_numbers():
    """Where sizes come again, the numbers are others."""
    drawn = [str(problem) for problem, _ in fresh(1500, 0)]
    assert len(set(drawn)) == 1500


LARGE = """
numbers = [123456789, 987654321, 1234567890, 2345678901, 3456789012, 4000000001]
"""


@pytest.mark.waits
@pytest.mark.parametrize("source", [
    f"from rnn_reference import *{LARGE}",
    f"from rnn_reference.faults import FaultyNetwork, faults_named{LARGE}"
    "wrong = FaultyNetwork(faults_named('carry-dropped')[0])",
], ids=["right", "wrong"])  # fmt: skip
def test_it_is_the_same_verdict_here_and_in_its_own_process(verdict_on, tmp_path, source):
    """Every check has the same outcome, on the same problem, in a process of its own and in the judging one."""
    target = tmp_path / "homework.py"
    target.write_text(source, encoding="utf-8")
    name = f"{target}:wrong" if "wrong" in source else target
    reports = [verdict_on(name, *options).report for options in ((), ("--rnn-in-process",))]
    there, here = ([(c["id"], c["outcome"], c["problem"]) for c in report["checks"]] for report in reports)
    assert there == here
    assert {c[1] for c in here} & {"failed"} == ({"failed"} if "wrong" in source else set())
