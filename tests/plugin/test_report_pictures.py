"""The pictures of a report: their content, the cases without a picture, and the colours."""

import re
from pathlib import Path

import numpy as np
import pytest

from rnn_reference.numerics.compare import require_close
from rnn_reference.numerics.extrapolation import STEPS, extrapolated, largest_errors
from rnn_reference.outcomes import Wrong
from rnn_reference.report import pictures
from rnn_reference.report.pictures import error_maps, error_per_step, error_per_step_size
from rnn_reference.report.verdict import finite

CSS = Path(pictures.__file__).with_name("report.css").read_text(encoding="utf-8")


def _evidence(got, expected):
    with pytest.raises(Wrong) as raised:
        require_close(got, expected, dict.fromkeys(expected, 1e-12))
    return finite(raised.value.evidence)


def test_the_map_has_a_unit_a_row_and_a_step_a_column():
    """The evidence holds the largest error of each unit at each step, 0 where it is right, and the picture shows it."""
    right = np.ones((2, 3, 4))
    off = right.copy()
    off[1, 2, 3], off[0, 0, 1] = 1.5, np.nan
    evidence = _evidence({"a": off}, {"a": right})
    assert evidence["error_map"] == {"a": [[0.0, None, 0.0, 0.0], [0.0, 0.0, 0.0, 0.5]]}
    (drawn,) = error_maps(evidence, "key")
    assert drawn.count('height="24.0"') == 8 and "2 of 8 places are wrong" in drawn
    assert "The largest error is no number, at unit 0, step 1. Right in the whole of step 0, 2." in drawn
    assert "forward pass goes this way" in error_per_step(evidence, "key")


def test_the_direction_of_the_backward_pass_is_marked():
    """The picture of an error of dx says that the steps are computed from the last to the first."""
    evidence = {"error_per_step": {"dx": [1.0, 0.0]}, "tolerance_per_step": {"dx": [1e-9, 1e-9]}}
    assert "the backward pass goes this way" in error_per_step(evidence, "key")


@pytest.mark.parametrize("evidence", [{}, {"error_per_step": {"a": [1.0]}}, {"error_map": {"dba": [[1.0], [2.0]]}}])
def test_nothing_is_drawn_of_nothing(evidence):
    """Evidence with fewer than two steps or columns has no picture."""
    assert error_per_step(evidence, "key") == "" and error_maps(evidence, "key") == []


def test_the_derivative_says_what_one_step_is_worth():
    """Differences of a cubic's derivative err by the step's square and by rounding; the picture says where least."""
    rounding = 1e-16 / STEPS
    differences = 3.0 + STEPS**2 + rounding
    limit = extrapolated(differences[:, None], rounding[:, None])
    errors = largest_errors(differences[:, None], limit)
    assert np.allclose(errors, STEPS**2, rtol=1e-6, atol=1e-8)
    study = {"step": STEPS.tolist(), "error": errors.tolist(), "rounding": rounding.tolist(), "bound": [1e-14]}
    drawn = error_per_step_size({"derivative": study}, "key")
    assert "A central difference of step 0.5 is off by 2e-01" in drawn
    assert "they are off by no more than 1e-14" in drawn
    assert drawn.count("<circle") == len(STEPS) + 1  # one in the legend
    assert error_per_step_size({}, "key") == ""
    assert error_per_step_size({"derivative": study | {"bound": [None]}}, "key") == ""
    assert error_per_step_size({"derivative": {**dict.fromkeys(study, [0.0] * 12), "bound": [0.0]}}, "key") == ""


def test_a_large_block_is_not_kept():
    """A map of more than a thousand cells is left out of the evidence."""
    assert _evidence({"dWax": np.ones((40, 40))}, {"dWax": np.zeros((40, 40))})["error_map"] == {}


def _contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "paper"])
def test_colours_can_be_told_from_the_page(scheme):
    """Every colour of words or lines has a contrast of 4.5 or more with the page and with the cards on it."""
    blocks = re.findall(r":root \{(.*?)\}", CSS, flags=re.DOTALL)
    assert len(blocks) == 3
    colours = dict(re.findall(r"--(\w+): (#\w{6})", blocks[scheme]))
    for name in ("text", "muted", "bad", "good", "warn", "first", "second"):
        assert min(_contrast(colours[name], colours[ground]) for ground in ("page", "card")) >= 4.5, name
