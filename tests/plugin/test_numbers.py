"""The numbers in the README, the changelog and the pages written by hand are those of the code."""

import re

import pytest
from folders import RIGHT, ROOT
from frameworks import MODULES

from rnn_reference.cells.registry import cell_named, function_named
from rnn_reference.faults import CATALOGUE
from rnn_reference.implementations.conventions.known import every_choice
from rnn_reference.paths import checks_folder, golden_folder
from rnn_reference.problems.golden import read_certified

DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
WORDS = dict(enumerate("Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen "
                       "Fifteen Sixteen Seventeen Eighteen Nineteen Twenty Twenty-one Twenty-two Twenty-three "
                       "Twenty-four Twenty-five Twenty-six Twenty-seven Twenty-eight".split()))  # fmt: skip

COUNTED = {
    ("README.md", r"^(\d+) checks: "): lambda: sum("[lstm" not in check for check in _ids()),
    ("README.md", r"catalogue holds (\d+) mistakes"): lambda: _mistakes("rnn"),
    ("README.md", r"every one of (\d+) ways"): lambda: _ways("rnn"),
    ("README.md", r"there are (\d+) mistakes in \d+ ways"): lambda: _mistakes("lstm"),
    ("README.md", r"there are \d+ mistakes in (\d+) ways"): lambda: _ways("lstm"),
    ("CHANGELOG.md", r"(\d+) mistakes in \d+ ways for the tanh RNN"): lambda: _mistakes("rnn"),
    ("CHANGELOG.md", r"\d+ mistakes in (\d+) ways for the tanh RNN"): lambda: _ways("rnn"),
    ("CHANGELOG.md", r"(\d+) mistakes in \d+ ways for the LSTM"): lambda: _mistakes("lstm"),
    ("CHANGELOG.md", r"\d+ mistakes in (\d+) ways for the LSTM"): lambda: _ways("lstm"),
    ("docs/how-to/conventions.md", r"All (\d+) sets are tried"): lambda: len(list(every_choice(cell_named("rnn")))),
    ("docs/explained/golden.md", r"^(\w+) problems \("): lambda: WORDS[len(_certified())],
    ("docs/explained/quality.md", r"([\w-]+) right networks"): lambda: WORDS[len(list(_right_networks()))],
}


def _ids():
    return (checks_folder() / "ids.txt").read_text(encoding="utf-8").split()


def _of(cell):
    return [fault for fault in CATALOGUE if function_named(fault.function).cell.name == cell]


def _mistakes(cell):
    return len({fault.id for fault in _of(cell)})


def _ways(cell):
    return len(_of(cell))


def _certified():
    return read_certified(golden_folder() / "certified.json")


def _right_networks():
    return RIGHT.glob("[!_]*.py")


@pytest.mark.parametrize("page, pattern", COUNTED, ids=lambda part: part)
def test_a_number_is_that_of_the_code(page, pattern):
    """A number that a page gives is the one that the code counts."""
    found = re.findall(pattern, (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert found == [str(COUNTED[page, pattern]())]


def _rows(text):
    """The cells of each row of a Markdown table that begins with a code word or **all**, without the decoration."""
    lines = re.findall(r"^\| ((?:`[\w-]+`|\*\*all\*\*|all \d+) .*) \|$", text, re.MULTILINE)
    return {cells[0].strip("`*"): cells[1:] for cells in (line.replace("**", "").split(" | ") for line in lines)}


def test_rows_of_the_readme_are_those_of_the_kill_table():
    """Each mistake that the README shows has the row of the kill table, and the totals are the kill table's."""
    page = (DOCS / "generated" / "kill-table.md").read_text(encoding="utf-8").partition("## The table of the LSTM")[0]
    kill_table = _rows(page.replace(" (advice)", "").replace("red anyway", "no"))  # neither notices the mistake
    shown = _rows(README)
    (total,) = (name for name in shown if name.startswith("all "))
    for name in set(shown) & set(kill_table):
        assert shown[name] == ["named" if kill_table[name][2] == "yes" else "?", *kill_table[name][3:]], name
    count = total.removeprefix("all ")
    assert int(count) == len(kill_table) - 1
    assert shown[total] == [cell.removesuffix(f" of {count}") for cell in kill_table["all"][2:]]
    assert len(set(shown) & set(kill_table)) >= 5


def test_the_readme_names_every_framework():
    """Each built-in adapter has its name in the README's paragraph on frameworks, and in the page on plugging in."""
    paragraph = re.search(r"^Frameworks have names:.*?\n\n", README, re.DOTALL | re.MULTILINE)[0]
    plugging_in = (DOCS / "how-to" / "plugging-in.md").read_text(encoding="utf-8")
    for name in MODULES:
        assert f"`{name}`" in paragraph and f"`{name}`" in plugging_in, name


def test_the_readmes_sharpness_is_that_of_the_measurement():
    """The smallest errors that the README says are seen, and passed by gradcheck, are those of the measured table."""
    page = (DOCS / "generated" / "gradient-checkers.md").read_text(encoding="utf-8")
    smallest = dict(re.findall(r"^\| ([^|]+) \| float64 \|.*\| (1e-?\d+) \([^)]*\) \|[^|]*\|$", page, re.MULTILINE))
    assert f"An error of {smallest['this project: differences by injection']} in one element" in README
    assert re.search(rf"one of\s+{smallest['this project: comparison with the reference']} by comparison", README)
    passed = float(re.search(r"`gradcheck` at its defaults passes one of ([\d.]+) %", README)[1]) / 100
    assert passed < float(smallest["torch gradcheck, slow"])
