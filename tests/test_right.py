"""Right networks, written in ways of their own, raise no alarm."""

import pytest

RIGHT = "batch_first.py einsum.py class_instance.py:NETWORK other_caches.py float32.py scipy_softmax.py".split()


@pytest.mark.parametrize("target", RIGHT)
def test_no_alarm(target, verdict_on, here):
    """Every check passes on a right network, or is advice about its arithmetic."""
    run = verdict_on(here / "right" / target)
    assert run.status == 0, run.printed
    assert run.report["verdict"] == "conforms"
    assert run.report["counts"]["failed"] == 0
    assert run.report["counts"]["passed"] > 40


@pytest.mark.slow
@pytest.mark.parametrize("target", RIGHT)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_alarm_on_a_thousand_fresh_problems(target, seed, verdict_on, here):
    """No alarm on 500 fresh problems a seed for every property, nor on the named problems of that seed."""
    run = verdict_on(here / "right" / target, f"--rnn-seed={seed}", "--rnn-examples=500")
    assert run.status == 0, run.printed
