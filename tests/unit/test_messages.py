"""The printed block of a failure and the closing lines, on the document's own notebook."""

import re

import pytest

from rnn_reference.report.terminal import error_per_step


@pytest.fixture(scope="module")
def block(plain):
    """The lines of the one failure, label and text."""
    lines = plain.stdout.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("rnn_backward is wrong"))
    end = next(n for n, line in enumerate(lines) if line.strip().startswith("rerun"))
    return lines[start : end + 1]


def labelled(block):
    """The text beside each label of a block."""
    return {line[2:12].strip(): line[14:] for line in block[1:]}


def test_the_first_line_names_the_function_and_the_check(block):
    """A failure begins with the function and the verdict, and ends its line with the id of the check."""
    assert re.fullmatch(r"rnn_backward is wrong +gradient\.network\[T_x=6\]", block[0])


def test_the_labels_stand_in_reading_order(block):
    """The question, the differences, the worst element, the mistake, the problem, the line to run it again."""
    labels = [line[2:12].strip() for line in block[1:]]
    assert labels == ["asks", "dx", "da0", "dWax", "dWaa", "dba", "worst", "looks like", "problem", "rerun"]


def test_differences_are_counted_and_placed_in_time(block):
    """For each array, the number of different entries. For an array with a time axis, the step where it goes wrong."""
    lines = labelled(block)
    assert lines["dx"] == "120 of 144 entries differ; right at t=5, wrong from t=4 back"
    assert lines["dWax"] == "15 of 15 entries differ"


def test_the_worst_element_has_both_values_and_the_tolerance(block):
    """The worst element has its index, its value, the expected value and the tolerance."""
    number = r"-?[\d.]+(e-?\d+)?"
    expected = rf"dx\[\d,\d,\d\] = {number}, the derivative of your own rnn_forward is {number} \(tolerance \de-\d+\)"
    assert re.fullmatch(expected, labelled(block)["worst"])


def test_the_mistake_is_named_and_told(block):
    """The mistake is printed with its name and its sentence."""
    assert labelled(block)["looks like"] == "carry-dropped: da_prev is not carried from step t+1 to step t"


def test_the_problem_and_its_rerun_carry_the_seed(block):
    """The problem has its sizes and its seed. The line to run it again is quoted for a shell."""
    lines = labelled(block)
    assert lines["problem"] == "n_x=3 n_a=5 n_y=2 m=8 T_x=6 seed=3"
    assert lines["rerun"] == (
        "python -m rnn_reference 'my homework.ipynb' --rnn-only='gradient.network[T_x=6]' --rnn-seed=3"
    )


def test_there_is_no_traceback_into_our_frames(plain, judged):
    """No failure shows a line of the suite's own code, or an array."""
    for text in (plain.stdout, judged.run.stdout):
        assert not re.search(r"Traceback|\.py:\d+:|^E  |array\(", text, flags=re.MULTILINE)


def test_the_closing_lines_have_a_verdict_for_each_function(judged):
    """The closing lines name the target with its verdict, then each function with its own, then the counts."""
    lines = judged.run.stdout.splitlines()
    title = next(n for n, line in enumerate(lines) if line.startswith("===") and line.rstrip("= ").endswith(": wrong"))
    closing = [line for line in lines[title + 1 :] if not line.startswith(" ")]
    assert [line.split()[0] for line in closing[:6]] == list(judged.report["functions"])
    assert closing[5] == "rnn_backward        wrong, shown by gradient.network[T_x=6]:"
    assert closing[6] == lines[-1]
    assert re.fullmatch(r"\d+ checks: \d+ passed, \d\d failed, \d not judged, \d advice, \d not offered", lines[-1])


def test_advice_says_what_to_wish_for_and_what_came(judged):
    """Advice has the sentence of its check, the id, and the measured difference."""
    lines = [" ".join(line.split()) for line in judged.run.stdout.splitlines()]
    where = lines.index("advice Tanh is 1 or -1 for every large x (numerics.tanh_large)")
    assert lines[where + 1].startswith("measured: out: 6 of 6 entries are NaN; looks like: tanh-overflow:")


@pytest.mark.parametrize(
    ("errors", "drawn"),
    [
        ({"dx": [8.0, 4.0, 2.0, 1.0, 0.0]}, [("|dx|", "█▆▃▁·  error at t=0..4, computed from the right")]),
        ({"a": [0.0, 1e-6, 1e-3, 1.0]}, [("|a|", "·▁▅█  error at t=0..3")]),
        ({"a": [None, 1.0], "y_pred": [0.0, 0.0]}, [("|a|", "!▁  error at t=0..1")]),
        ({"a": [1.0]}, []),
    ],
)
def test_the_error_of_each_step_is_drawn(errors, drawn):
    """One block for each step: a dot if it is right, higher for larger errors, ``!`` for NaN."""
    tolerances = {name: [1e-12] * len(steps) for name, steps in errors.items()}
    lines = list(error_per_step({"error_per_step": errors, "tolerance_per_step": tolerances}))
    assert lines == drawn
