"""The kill table in the docs is about every mistake, and says what happens today."""

import re

import pytest
from folders import ROOT

from benchmarks.studies import kill_table
from rnn_reference.faults import CATALOGUE

PAGE = ROOT / "docs" / "generated" / "kill-table.md"


def written():
    """The rows of the page, without the heads and the totals."""
    lines = re.findall(r"^\| (`.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [line.replace(" (advice)", "").split(" | ") for line in lines]


def test_a_row_for_every_fault():
    """The page has one row for each fault of the catalogue, with the number of its variants, and no other."""
    ids = [fault.id for fault in CATALOGUE]
    assert [row[:2] for row in written()] == [
        [f"`{mistake}`", str(ids.count(mistake))] for mistake in dict.fromkeys(ids)
    ]


def test_totals_count_the_rows():
    """The last line counts what the rows above it say: all are caught and named, and what others' tests notice."""
    totals = re.search(r"^\| \*\*all\*\* \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[1]
    rows = written()
    cells = [str(len(CATALOGUE)), f"**{len(rows)} of {len(rows)}**"]
    for column in range(3, len(rows[0])):
        asked = [row[column] for row in rows if row[column] != "-"]
        cells.append(f"**{asked.count('yes')} of {len(asked)}**")
    assert totals.split(" | ") == cells


def test_others_accept_the_right_network():
    """Others' tests accept a right network, but for the document's two wrong values of rnn_backward."""
    assert kill_table.usual("document's values") == {"rnn_backward: dx[1][2]", "rnn_backward: da0[2][3]"}
    assert not kill_table.usual("one-step gradient check")


def test_the_command_makes_the_rows():
    """A row made now is the one on the page: the document's own mistake, which its own values do not notice."""
    row = next(row for row in written() if row[0] == "`carry-dropped`")
    carry_dropped = [fault for fault in CATALOGUE if fault.id == "carry-dropped"]
    columns = ("document's values", "one-step gradient check")
    assert row[4:6] == [kill_table.noticed(column, carry_dropped) for column in columns] == ["no", "no"]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(12))
def test_every_row_is_made_today(part):
    """Every row of the page is the one that the command makes: each way to make a mistake, put through the suite."""
    pytest.importorskip("onnx")
    pytest.importorskip("torch")
    expected = written()[part::12]
    assert kill_table.rows([row[0].strip("`") for row in expected], processes=1) == expected
