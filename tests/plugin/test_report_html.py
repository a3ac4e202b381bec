"""The report as a page: its content, its safety, and how it reads on a screen, on paper and aloud."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from rnn_reference.report import forms
from rnn_reference.report.files import refusal, write
from rnn_reference.report.forms.html import render as as_html
from rnn_reference.report.verdict import unusable

pytest.importorskip("jinja2", reason="jinja2 is not installed")
ROOT = Path(__file__).resolve().parents[2]
EMPTY = {"meta", "link", "br", "hr", "img", "input"}
LOADING = {"script", "link", "img", "iframe", "object", "embed", "source", "base", "form"}

HOSTILE = """
import numpy as np

def tanh_forward(x):
    print("<script>alert(1)</script>\\x1b[31m")
    return np.sin(x)
"""


class Page(HTMLParser):
    """A page taken to pieces: tags with their attributes, the text in each kind of tag, and all of the text."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.open, self.texts, self.unbalanced = [], [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append((tuple(self.open), data))

    def within(self, tag):
        """All text inside tags of that name."""
        return "".join(text for inside, text in self.texts if tag in inside)


@pytest.fixture(scope="module")
def source(judged):
    """The page on the document's notebook."""
    return as_html(judged.report)


@pytest.fixture(scope="module")
def page(source):
    """The same, taken to pieces."""
    return Page(source)


@pytest.fixture(scope="module")
def hostile_page(run, tmp_path_factory):
    """The page on a file with an awkward name, which prints HTML that a browser would run."""
    folder = tmp_path_factory.mktemp("odd names")
    (folder / "Übung & <b>.py").write_text(HOSTILE, encoding="utf-8")
    run("-m", "rnn_reference", "Übung & <b>.py", "--rnn-only=forward", "--rnn-report=out.html", cwd=folder)
    source = (folder / "out.html").read_text(encoding="utf-8")
    return SimpleNamespace(source=source, page=Page(source))


def test_the_page_names_the_mistake_with_its_hints(page):
    """The top has one sentence about the mistake and its place. The correction is folded."""
    assert "examples/document.ipynb wrong" in " ".join(page.within("h1").split())
    assert "rnn_backward is wrong: da_prev is not carried from step t+1 to step t." in page.within("header")
    main = page.within("main")
    assert "Where to look: the gradient that the loop carries from step t+1 to step t." in main
    change = "call the cell with da[:, :, t] + da_prev"
    assert change in page.within("details") and main.count(change) == 1


def test_every_check_is_there_with_its_question_and_its_rerun_line(page, judged):
    """Each check has its id, its question, and the line to run it again."""
    text = page.within("main")
    for check in judged.report["checks"]:
        assert check["id"] in text and check["asks"] in text and check["rerun"] in text


def test_what_passed_is_folded_away(page, judged):
    """The ids of checks that passed stand inside folded parts alone."""
    passed = {check["id"] for check in judged.report["checks"] if check["outcome"] == "passed"}
    unfolded = "".join(text for inside, text in page.texts if "details" not in inside)
    assert not [check for check in passed if check in unfolded]


def test_the_page_is_one_file_that_asks_nothing_of_a_network(source, page):
    """The page contains no script and no address, and a browser fetches nothing."""
    assert not {tag for tag, _ in page.tags} & LOADING
    assert not re.search(r"https?:|url\(|@import", source)
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {"src", "href", "action", "srcset", "background"} & names
    assert not [name for name in names if name.startswith("on")]


def test_the_tags_are_balanced(page, hostile_page):
    """Every tag is closed, in order, also for an awkward name of the target."""
    assert not page.unbalanced and not page.open
    assert not hostile_page.page.unbalanced and not hostile_page.page.open


def test_headings_come_in_order(page):
    """The page has one heading of the first rank, and no heading skips a rank."""
    ranks = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert ranks[0] == 1 and ranks.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(ranks))


def test_every_picture_can_be_read_aloud(page):
    """Each picture is an image with a title and a description that it points to, all by ids of their own."""
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(pictures) == 3 and len(set(ids)) == len(ids)
    for attributes in pictures:
        assert attributes["role"] == "img" and set(attributes["aria-labelledby"].split()) <= set(ids)
    assert "Error of dx at each time step" in page.within("title")
    assert "Right in the whole of step 5." in page.within("desc")


def test_the_page_says_its_language_and_what_its_columns_are(page):
    """The page has a language and a width for phones. The heads of its table have a scope."""
    tags = dict(page.tags)
    assert tags["html"]["lang"] == "en"
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in [a for _, a in page.tags]
    assert {attributes.get("scope") for tag, attributes in page.tags if tag == "th"} == {"col", "row"}


def test_what_a_target_prints_is_text(hostile_page):
    """A name with ``&`` and ``<``, letters of any language and printed tags come out as they are, and run nothing."""
    assert "<script" not in hostile_page.source and "\x1b" not in hostile_page.source
    assert "Übung & <b>.py" in hostile_page.page.within("h1")
    assert "<script>alert(1)</script>\ufffd[31m" in hostile_page.page.within("dd")


def test_expected_failures_are_told_with_their_reasons(judged):
    """A function that conforms except for expected failures has their reasons and ids, and its notes."""
    function = {**judged.report["functions"]["rnn_forward"], "notes": ["noted"], "expected": {"known": ["golden.x"]}}
    functions = judged.report["functions"] | {"rnn_forward": function}
    page = Page(as_html(judged.report | {"functions": functions}))
    table = page.within("table")
    assert "Right, except for expected failures: rnn_forward." in page.within("header")
    assert "expected to fail (known): golden.x" in table and "noted" in table
    told = Page(as_html(judged.report | {"verdict": "conforms", "counts": {"passed": 1, "expected failure": 2}}))
    assert "No other mistake was found: 1 checks passed, and 2 failed, as expected." in told.within("header")


def test_a_target_that_could_not_be_loaded_has_a_page():
    """A page says that nothing was judged, and why."""
    text = Page(as_html(unusable("homework.py", "homework.py, line 1 is not Python"))).within("header")
    assert "nothing was judged" in text and "line 1 is not Python" in text


def test_the_report_is_data_alone():
    """Nothing of the report imports an implementation, or what judges, explains or poses problems."""
    above = ("implementations", "judging", "diagnosis", "problems", "audit", "many", "run", "target", "plugin")
    pattern = re.compile(rf"rnn_reference\.({'|'.join(above)})\b")
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "rnn_reference" / "report").rglob("*.py")}
    assert len(sources) > 10
    assert {path.name: found for path, source in sources.items() if (found := pattern.findall(source))} == {}


def test_a_form_is_its_file(judged, monkeypatch, tmp_path):
    """A module with ``render`` in the folder of forms is found by its name, written, and named in a refusal."""
    (tmp_path / "txt.py").write_text(
        "NEEDS = 'nothing_of_that_name'\ndef render(report):\n    return report['verdict']\n"
    )
    monkeypatch.setattr(forms, "parts_in", lambda folder: {"txt": "txt"})
    monkeypatch.syspath_prepend(tmp_path)
    write(tmp_path / "out.txt", judged.report)
    assert (tmp_path / "out.txt").read_text() == "wrong"
    assert refusal(tmp_path / "out.pdf").endswith("the name must end in .txt")
    assert "TXT needs nothing_of_that_name" in refusal(tmp_path / "out.txt")


def test_without_jinja2_one_line_says_what_to_install(monkeypatch, tmp_path):
    """If jinja2 is missing, HTML is refused before the run, and JSON is not."""
    monkeypatch.setattr("rnn_reference.report.files.find_spec", lambda name: None)
    path = tmp_path / "out.html"
    assert refusal(path) == f"--rnn-report={path}: HTML needs jinja2: pip install 'rnn-reference[check]'"
    assert refusal(tmp_path / "out.json") == ""


BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="there is no chromium here")
@pytest.mark.parametrize("width", [390, 1100])
def test_a_browser_shows_the_page_without_scrolling_sideways(source, width, tmp_path):
    """In a real browser, on a phone's width and a screen's, nothing is wider than the window."""
    (tmp_path / "page.html").write_text(source, encoding="utf-8")
    measure = "document.title = f.contentDocument.documentElement.scrollWidth"
    frame = f'<iframe id="f" src="page.html" style="width:{width}px;height:900px;border:0" onload="{measure}"></iframe>'
    (tmp_path / "frame.html").write_text(frame)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom")
    command = [BROWSER, *options, f"--user-data-dir={tmp_path / 'profile'}", (tmp_path / "frame.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    measured = re.search(r"<title>(\d+)</title>", done.stdout)
    assert measured and int(measured[1]) <= width
