"""What the docs show is what happens."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
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
