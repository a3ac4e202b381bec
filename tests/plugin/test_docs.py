"""The docs show what happens today, and their links lead somewhere."""

import re
from types import SimpleNamespace

import pytest
from folders import ROOT

from benchmarks.studies.code_pages import PAGES as MADE_OF_CODE
from rnn_reference import rnn_forward
from rnn_reference.options import FOR_MANY, IN_BOTH, TABLE
from rnn_reference.report.forms import suffixes

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


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
    for code in re.findall(r"```python\n(.*?)```", (DOCS / "how-to" / "check-vjp.md").read_text(), re.DOTALL):
        exec(code, names)
    printed = capsys.readouterr().out
    assert re.match(r"would have seen an error of \de-1\d in any element\ngradient 0", printed)
    assert "the derivative is" in printed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    """Every relative link of a page names a file or folder that exists, and a heading that the file has."""
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        file, _, heading = link.partition("#")
        if "://" not in link:
            target = (page.parent / file) if file else page
            assert target.exists(), f"{page.name}: {link}"
            assert not heading or heading in _headings(target), f"{page.name}: {link}"


def _headings(page):
    """The anchors that GitHub gives to the headings of a page."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_pages_that_the_code_names_exist():
    """Every page that a message, a docstring or the Makefile names is in the docs."""
    files = [*(path for folder in ("rnn_reference", "checks", "benchmarks", "examples", "tests")
               for path in (ROOT / folder).rglob("*.py")), ROOT / "Makefile", *PAGES]  # fmt: skip
    named = {(path, name) for path in files
             for name in re.findall(r"\bdocs/[\w/-]+\.\w+", path.read_text(encoding="utf-8"))}  # fmt: skip
    assert named
    missing = [f"{path.relative_to(ROOT)}: {name}" for path, name in named if not (ROOT / name).exists()]
    assert not missing, missing


def test_every_page_is_in_the_index():
    """Every page of the docs has a link in docs/index.md."""
    linked = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)#]+)", (DOCS / "index.md").read_text())}
    assert not {page for page in DOCS.rglob("*.md") if page != DOCS / "index.md"} - linked


def test_the_architecture_page_names_what_is_there():
    """docs/architecture.md and its drawing name files and folders that exist, and every room of the house."""
    page, drawing = ((DOCS / f"architecture.{kind}").read_text(encoding="utf-8") for kind in ("md", "svg"))
    named = re.findall(r"`((?:rnn_reference|checks|tests|benchmarks)/[\w/.]+)`", page)
    assert len(named) > 20
    assert not [name for name in named if not (ROOT / name).exists()]
    drawn = re.findall(r"[\w/]+(?:\.py\b|/)", re.sub("<.*?>", " ", drawing))
    files = [
        path.relative_to(ROOT).as_posix() for path in ROOT.glob("[!.]*/**/*") if path.suffix == ".py" or path.is_dir()
    ]
    assert len(drawn) > 15
    assert not [name for name in drawn if not any(f"/{file}".endswith(f"/{name.rstrip('/')}") for file in files)]
    rooms = {path.parent.name for path in (ROOT / "rnn_reference").glob("*/__init__.py")} - {"audit", "live", "many"}
    assert not [room for room in rooms if f"| `{room}` |" not in page or room not in drawing]


@pytest.mark.parametrize("page", sorted((DOCS / "generated").glob("*.md")), ids=lambda page: page.name)
def test_generated_pages_name_their_command(page):
    """Every generated page says which command made it, and the command exists."""
    command = re.search(r"^Made by `([^`]+)`", page.read_text(encoding="utf-8"), re.MULTILINE)[1]
    if command.startswith("make "):
        assert re.search(rf"^{command.split()[1]}\b.*:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    else:
        module = ROOT / command.split()[2].replace(".", "/")
        assert module.with_suffix(".py").exists() or (module / "__main__.py").exists()


@pytest.mark.parametrize("name", MADE_OF_CODE)
def test_pages_made_of_code_are_of_today(name):
    """The question of each check, and every mistake with its hints, are on their pages as they are in the code."""
    assert (DOCS / "generated" / name).read_text(encoding="utf-8") == MADE_OF_CODE[name](), "run `make docs`"


def test_the_kernel_of_the_page_on_plugging_in_conforms(suite):
    """The example of a kernel of one's own, with a kernel in it, is right as it stands."""
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "how-to" / "plugging-in.md").read_text(), re.DOTALL)

    def my_kernel(x, a0, Wax, Waa, ba):
        given = {"Wax": Wax, "Waa": Waa, "ba": ba, "Wya": Waa, "by": ba}
        return rnn_forward(x, a0, given)[0]

    names: dict[str, object] = {"my_kernel": my_kernel}
    exec(code, names)
    run = suite(SimpleNamespace(**names), "--rnn-examples=1", group="forward")
    assert run.status == 0, run.printed
