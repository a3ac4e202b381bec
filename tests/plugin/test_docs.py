"""What the docs show is what happens."""

import importlib.util
import re
from types import SimpleNamespace

import pytest
from folders import ROOT

from rnn_reference import rnn_forward
from rnn_reference.options import FOR_MANY, IN_BOTH, TABLE
from rnn_reference.report.forms import suffixes

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_readmes_output_is_real(verdict_on):
    """The run that the README shows is the one that happens, line for line after the progress dots.

    Tolerances are compared as numbers of their kind: their one digit may turn with another build of numpy.
    """
    shown = re.search(r"```\n\$ make check RNN=(\S+)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    printed = verdict_on(shown[1]).printed
    assert _without_tolerances(printed[printed.index("=====") :]) == _without_tolerances(shown[2])


def _without_tolerances(text):
    return re.sub(r"\b\de-\d\d\b", "<tolerance>", text.strip())


def test_the_readme_has_every_option_of_the_table():
    """The README's table of options is the table in the code, row for row."""
    rows = [f"| `{option.spelled}` | {option.about} |" for option in (*IN_BOTH, *FOR_MANY)]
    assert "\n".join(["|---|---|", *rows, ""]) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_an_option_that_there_is_not(page):
    """Every ``--rnn-...`` on a page is an option of the table."""
    named = set(re.findall(r"--rnn(?:-[a-z]+)*", page.read_text(encoding="utf-8")))
    assert named <= {option.name for option in TABLE}


def test_the_page_on_reports_names_every_form():
    """The page on how to read a report names each form that a report can have."""
    (page,) = (ROOT / "docs").rglob("reading-a-report.md")
    text = page.read_text(encoding="utf-8")
    assert all(f"`FILE{suffix}`" in text for suffix in suffixes())


def test_the_page_on_check_vjp_runs(capsys):
    """The examples run as they stand, and the wrong gradient is refused."""
    names: dict[str, object] = {}
    for code in re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "check-vjp.md").read_text(), re.DOTALL):
        exec(code, names)
    printed = capsys.readouterr().out
    assert re.match(r"would have seen an error of \de-1\d in any element\ngradient 0", printed)
    assert "the derivative is" in printed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    """Every relative link of a page names a file or folder that is there."""
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert "://" in link or (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize("name", ["checks.md", "faults.md"])
def test_pages_made_from_the_code_are_of_today(name):
    """What each check asks, and every mistake with its hints, stand on their pages as they stand in the code."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == generate.PAGES[name]()


def test_the_kernel_of_the_page_on_plugging_in_conforms(suite):
    """The example of a kernel of one's own, with a kernel in it, is right as it stands."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "plugging-in.md").read_text(), re.DOTALL)

    def my_kernel(x, a0, Wax, Waa, ba):
        given = {"Wax": Wax, "Waa": Waa, "ba": ba, "Wya": Waa, "by": ba}
        return rnn_forward(x, a0, given)[0]

    names: dict[str, object] = {"my_kernel": my_kernel}
    exec(code, names)
    run = suite(SimpleNamespace(**names), "--rnn-examples=1", group="forward")
    assert run.status == 0, run.printed
