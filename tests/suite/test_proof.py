"""The proof that mistakes are caught and named: every fault, every pair; ``test_kill_table.py`` has the whole suite.

Slow: ``pytest -m slow tests/suite/test_proof.py`` (in parallel with ``-n 2``).
"""

import itertools

import pytest
from suite import FIRST, blamed, diagnosed, first_failure, found, judged, wrong
from uncatalogued import UNCATALOGUED

from rnn_reference.cells.registry import function_named
from rnn_reference.faults import ANY, CATALOGUE, FaultyNetwork
from rnn_reference.problems.problem import Problem

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::RuntimeWarning")]

OTHER_SIZES = [
    Problem(n_x=4, n_a=6, n_y=3, m=5, T_x=7),
    Problem(n_x=2, n_a=3, n_y=5, m=4, T_x=6),
    Problem(n_x=4, n_a=3, n_y=2, m=3, T_x=5),
    Problem(n_x=2, n_a=7, n_y=4, m=5, T_x=6, push=50.0),
]
"""Two of all different sizes, one square, one with a large cotangent: none of them a fixture's."""

WRONG = [fault for fault in CATALOGUE if not fault.advice]
ADVICE = [fault for fault in CATALOGUE if fault.advice]
dtypes = pytest.mark.parametrize("dtype", ["float64", "float32"])


def problems(seed):
    """The usual problems for the first seed, and problems of other sizes for the rest."""
    return {"seed": seed} if seed == 0 else {"problems": [problem.at(seed=seed) for problem in OTHER_SIZES]}


@dtypes
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("stage", sorted({fault.stage for fault in WRONG}))
def test_every_variant(stage, seed, dtype):
    """Every variant of every mistake is failed by a check and named, in its function and in no other."""
    for fault in WRONG:
        if fault.stage == stage:
            diagnosis = diagnosed(FaultyNetwork(fault, dtype=dtype), **problems(seed))
            assert found(diagnosis) == {(fault.function, id) for id in fault.ids}, str(fault)
            assert blamed(diagnosis) == {fault.function}, str(fault)
            if stage != ANY:
                outcome = first_failure(diagnosis, fault.function, seed)
                assert outcome is not None and outcome.faults == fault.ids, str(fault)


@dtypes
@pytest.mark.parametrize("fault", ADVICE, ids=str)
def test_advice(fault, dtype):
    """A network that is correct except for overflow and rounding passes, with advice that names the limit."""
    report, records = judged(FaultyNetwork(fault, dtype=dtype), "--rnn-only=numerics")
    assert report["functions"][fault.function]["verdict"] == "conforms"
    assert {id for record in records for id in record["faults"]} == {fault.id}


CANCEL = {
    ("tanh-is-sigmoid", "tanh-derivative-of-sigmoid"): "together they are a right network of logistic units",
    ("tanh-missing", "tanh-derivative-missing"): "together they are a right linear network",
    ("tanh-missing", "tanh-applied-twice"): "tanh(z) is what a_next should have been: the cell's gradient is right",
    ("initial-state-ignored", "initial-state-gradient-zero"): "a0 has no effect, so that its gradient is zero",
    ("shared-cache", "wrong-cache"): "which of the equal caches is used makes no difference",
}
"""Pairs of mistakes of which one undoes the other, or leaves nothing for it to do."""

HIDES = ("last-step-missing", "caches-dropped")
"""After these the loop backward crashes because caches are missing, which hides its other mistakes."""

FORWARD = [f for f in FIRST.values() if f.function.endswith("forward") and f.stage != ANY]
BACKWARD = [f for f in FIRST.values() if f.function.endswith("backward") and f.stage != ANY]


def _cell(fault):
    return function_named(fault.function).cell


PAIRS = [(a, b) for a, b in itertools.product(FORWARD, BACKWARD) if _cell(a) == _cell(b)]


@pytest.mark.parametrize("part", range(8))
def test_pairs(part):
    """Both mistakes of a forward and backward pair are named in 95 of 100 pairs, and never a third."""
    pairs = [
        (a, b) for a, b in itertools.islice(PAIRS, part, None, 8)
        if (a.id, b.id) not in CANCEL and not (a.id in HIDES and b.function == _cell(b).backward.name)
    ]  # fmt: skip
    both = 0
    for pair in pairs:
        named = found(diagnosed(FaultyNetwork(*pair)))
        made = {(fault.function, id) for fault in pair for id in fault.ids}
        assert named <= made, " and ".join(map(str, pair))
        both += named == made
    assert both >= 0.95 * len(pairs)


@dtypes
def test_derivative_of_a_wrong_forward_pass(dtype):
    """A backward pass that is the derivative of a wrong forward pass is not blamed."""
    for fault in FORWARD:
        if fault.id not in ("shared-cache", "caches-dropped"):  # it has its own caches
            diagnosis = diagnosed(FaultyNetwork(fault, consistent=True, dtype=dtype))
            assert found(diagnosis) == {(fault.function, id) for id in fault.ids}, str(fault)
            assert blamed(diagnosis) == {fault.function}, str(fault)


@pytest.mark.parametrize("name", UNCATALOGUED)
def test_uncatalogued(name):
    """A mistake that is not in the catalogue is failed by the suite, in one function, and given no name."""
    report, _ = judged(UNCATALOGUED[name])
    assert report["verdict"] == "wrong"
    assert len(wrong(report)) == 1
    assert not any(f["faults"] or f["candidates"] for f in report["functions"].values())
