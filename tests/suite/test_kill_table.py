"""The kill table in the docs is about every mistake of every cell, and says what happens today."""

import re

import pytest
from folders import ROOT

from benchmarks.studies import kill_table, onnx_cases
from benchmarks.studies.kill_page import NAMES
from benchmarks.studies.whole_suite import Run
from rnn_reference.cells.registry import BUILT_IN, cell_named
from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden

PAGE = ROOT / "docs" / "generated" / "kill-table.md"
PARTS = {"rnn": 12, "lstm": 32}
of_each_cell = pytest.mark.parametrize("cell", BUILT_IN)


def of_cell(cell):
    """The part of the page with the table of a cell."""
    text = PAGE.read_text(encoding="utf-8")
    return re.search(rf"^## The table of {NAMES[cell]}$(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]


def written(cell):
    """The rows of a cell's table, without the heads and the totals."""
    lines = re.findall(r"^\| (`.*) \|$", of_cell(cell), re.MULTILINE)
    return [line.replace(" (advice)", "").split(" | ") for line in lines]


@of_each_cell
def test_a_row_for_every_fault(cell):
    """A cell's table has one row for each of its faults, with the number of its variants, and no other."""
    known = kill_table.catalogue(cell)
    assert [row[:2] for row in written(cell)] == [[f"`{mistake}`", str(len(own))] for mistake, own in known.items()]


def test_every_variant_has_a_cell():
    """The tables of all cells together are about every variant of the catalogue."""
    assert sum(int(row[1]) for cell in BUILT_IN for row in written(cell)) == len(CATALOGUE)


@of_each_cell
def test_totals_count_the_rows(cell):
    """The last line counts what the rows above it say: all are caught and named, and what others' tests notice."""
    totals = re.search(r"^\| \*\*all\*\* \| (.*) \|$", of_cell(cell), re.MULTILINE)[1]
    rows = written(cell)
    every = f"**{len(rows)} of {len(rows)}**"
    cells = [str(sum(int(row[1]) for row in rows)), every, every]
    for column in range(4, len(rows[0])):
        asked = [row[column] for row in rows if row[column] != "-"]
        cells.append(f"**{asked.count('yes')} of {len(asked)}**")
    assert totals.split(" | ") == cells
    assert all(row[3] == "yes" and not row[2].startswith("not ") for row in rows)


def test_both_of_two_mistakes_are_named():
    """A network with two mistakes is named right if both are named; not with one of them, nor with a third."""
    (two,) = (fault for fault in CATALOGUE if fault.beside)
    both = {f"{two.function}: {one}" for one in two.ids}

    def said(named, tied=()):
        run = Run(("gradient.network",), frozenset(named), frozenset(tied), frozenset({two.function}))
        return kill_table.naming([two], [run])

    assert said(both) == "yes"
    assert said({f"{two.function}: {two.id}"}) == said({f"{two.function}: {two.beside}"}) == said(set()) == "no"
    assert said(set(), both) == "tie"
    assert said({*both, f"{two.function}: carry-late"}) == "wrong"


def test_others_accept_the_right_network():
    """Others' tests accept a right network, but for the wrong values that the document and the course print."""
    assert kill_table.usual("rnn", "document's values") == {"rnn_backward: dx[1][2]", "rnn_backward: da0[2][3]"}
    older = golden.read(golden_folder("lstm") / "document.json").values()
    wrong = {f"{case.function}: {case.place}" for case in older if case.function == "lstm_backward"}
    assert kill_table.usual("lstm", "course's older values") == wrong
    assert not kill_table.usual("lstm", "course's newer values")
    assert not any(kill_table.usual(cell, "one-step gradient check") for cell in BUILT_IN)


@pytest.mark.waits
@of_each_cell
@pytest.mark.parametrize("suite", ["ONNX cases", "torch gradcheck"])
def test_packages_accept_the_right_network(cell, suite):
    """ONNX's cases and gradcheck accept the right network of each cell."""
    pytest.importorskip(kill_table.OTHERS[cell][suite].package)
    assert not kill_table.usual(cell, suite)


@pytest.mark.waits
def test_the_cases_of_onnx():
    """The cases asked are six of ONNX's RNN node, and five of six of its LSTM node: one has peepholes."""
    pytest.importorskip("onnx")
    names = {cell: {case.name for case in onnx_cases.cases(cell)} for cell in BUILT_IN}
    assert {cell: len(own) for cell, own in names.items()} == {"rnn": 6, "lstm": 5}
    assert "test_lstm_defaults" in names["lstm"] and "test_lstm_with_peepholes" not in names["lstm"]


@pytest.mark.parametrize(
    ("cell", "columns", "expected"),
    [("rnn", ("document's values", "one-step gradient check"), ["no", "no"]),
     ("lstm", ("course's older values", "course's newer values", "one-step gradient check"),
      ["red anyway", "yes", "no"])],
)  # fmt: skip
def test_the_command_makes_the_rows(cell, columns, expected):
    """A row made now is the one on the page: the documents' own mistake, which their older values do not notice."""
    row = next(row for row in written(cell) if row[0] == "`carry-dropped`")
    networks = [FaultyNetwork(CATALOGUE[k]) for k in kill_table.catalogue(cell)["carry-dropped"]]

    def made(name):
        refuses = kill_table.OTHERS[cell][name].refuses
        return kill_table.noticed(cell, name, [{name: frozenset(refuses(one, cell_named(cell)))} for one in networks])

    assert row[4 : 4 + len(columns)] == [made(name) for name in columns] == expected


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "part"), [(cell, part) for cell in BUILT_IN for part in range(PARTS[cell])])
def test_every_row_is_made_today(cell, part):
    """Every row of the page is the one that the command makes: each way to make a mistake, put through the suite."""
    pytest.importorskip("onnx")
    pytest.importorskip("torch")
    expected = written(cell)[part :: PARTS[cell]]
    assert kill_table.rows(cell, [row[0].strip("`") for row in expected], processes=1) == expected
