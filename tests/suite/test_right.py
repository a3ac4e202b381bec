"""Right networks, written in ways of their own, raise no alarm."""

import pytest
from folders import RIGHT

from rnn_reference.implementations.loading.find import load

NETWORKS = (
    "batch_first.py einsum.py class_instance.py:NETWORK other_caches.py float32.py scipy_softmax.py time_major.py "
    "one_system.py functional.py one_matrix.py longdouble.py unrolled.py layers.py "
    "lstm_course.py lstm_fused.py lstm_float32.py lstm_float16.py lstm_einsum.py lstm_instance.py:NETWORK "
    "lstm_closures.py lstm_scipy_expit.py lstm_one_system.py lstm_tape.py lstm_longdouble.py lstm_columns.py "
    "lstm_recursive.py"
).split()


@pytest.mark.waits
@pytest.mark.parametrize("target", NETWORKS)
def test_no_alarm(target, suite):
    """A right network passes every check, or gets advice about its arithmetic."""
    if "scipy" in target:
        pytest.importorskip("scipy", reason="scipy is not installed: pip install 'rnn-reference[dev]'")
    run = suite(load(str(RIGHT / target)), "--rnn-examples=2")
    outcomes = [record["outcome"] for record in run.records.values()]
    assert run.status == 0, run.printed
    assert set(outcomes) <= {"passed", "advice", "not offered", "not judged"}, run.printed
    assert outcomes.count("passed") > 40


@pytest.mark.slow
@pytest.mark.parametrize("target", NETWORKS)
def test_no_alarm_on_fresh_problems(target, verdict_on):
    """A right network passes 90 fresh problems for every property with another seed: over 1,000 for each cell."""
    run = verdict_on(RIGHT / target, "--rnn-seed=1", "--rnn-examples=90", "--rnn-in-process")
    assert run.status == 0, run.printed
