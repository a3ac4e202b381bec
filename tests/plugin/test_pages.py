"""``--rnn-report=FOLDER/``: a page for each target and one with all, and what was judged before."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from folders import EXAMPLES, MISBEHAVING, OWN, RIGHT, ROOT
from test_report_html import BROWSER, Page

from rnn_reference.many.names import Names
from rnn_reference.many.pages import Pages
from rnn_reference.many.progress import Progress, in_words
from rnn_reference.many.run import judge_all
from rnn_reference.many.task import Task
from rnn_reference.report.verdict import unusable

pytest.importorskip("jinja2", reason="jinja2 is not installed")

STUB = "def tanh_forward(x):\n    raise NotImplementedError\n"
HANGING = "import time\n\ndef tanh_forward(x):\n    time.sleep(1e6)\n"


@pytest.fixture
def hand_in(tmp_path):
    """Write files of students, by their paths. Returns these paths."""

    def write(*paths, source=STUB):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(source, encoding="utf-8")
        return [str(tmp_path / path) for path in paths]

    return write


@pytest.fixture
def judge(judged, tmp_path):
    """Judge targets in ``out/`` by giving each the report on the document. Returns the targets that were judged."""

    def judge(*targets, options=(), stop_after=None, report=judged.report, folder=tmp_path / "out"):
        done = []

        def runner(tasks):
            for task in tasks[:stop_after]:
                done.append(task.target)
                yield report | {"implementation": report["implementation"] | {"name": task.target}}
            if stop_after is not None and len(tasks) > stop_after:
                raise KeyboardInterrupt

        tasks = [Task(target, ".", tuple(options)) for target in targets]
        names = Names(targets)
        pages = Pages(folder, tasks, names)
        assert pages.refusal() == ""
        judge_all(tasks, runner, [pages], names=names, known=pages.taken_over())
        return done

    return judge


def index_in(folder):
    """The page with all targets: its source, taken to pieces."""
    return Page((folder / "index.html").read_text(encoding="utf-8"))


def rows_of(page):
    """The links of the table's rows."""
    return [attributes["href"] for tag, attributes in page.tags if tag == "a"]


def test_each_row_leads_to_its_page(hand_in, judge, tmp_path):
    """The page with all targets has a row for each, and each row's link leads to the page on it, which leads back."""
    targets = hand_in("s/ada & <b>/hw 5.py", "s/bob/Übung.py", "s/cyd/#1?.py")
    judge(*targets)
    page = index_in(tmp_path / "out")
    assert not page.unbalanced and not page.open
    assert page.within("h1") == "3 targets" and "3 wrong" in " ".join(page.within("header").split())
    assert [page.within("a").count(name) for name in ("hw 5", "Übung", "#1?")] == [1, 1, 1]
    assert all(link.isascii() for link in rows_of(page))
    links = [tmp_path / "out" / unquote(link) for link in rows_of(page)]
    assert len(links) == 3
    for link, target in zip(links, targets, strict=True):
        found = Page(link.read_text(encoding="utf-8"))
        assert target in " ".join(found.within("h1").split())
        assert ("a", {"href": "../index.html"}) in found.tags


def test_each_mistake_is_counted(judged, hand_in, judge, tmp_path):
    """Above the table stands each mistake with its sentence and the number of targets that make it."""
    right = judged.report | {"verdict": "conforms", "functions": {}}
    judge(*hand_in("a.py", "b.py"))
    judge(*hand_in("a.py", "b.py", "c.py"), report=right)
    judge(*hand_in("a.py", "b.py", "c.py", "d.py"), report=unusable("d.py", "d.py: no"))
    text = " ".join(index_in(tmp_path / "out").within("section").split())
    assert "2carry-dropped da_prev is not carried from step t+1 to step t" in text
    assert "1could not be loaded" in text and "d.py: no" in text


def test_the_page_needs_no_network_and_no_script(hand_in, judge, tmp_path):
    """Nothing is fetched, and the table is complete in the page itself; the script is our file."""
    judge(*hand_in("a.py"))
    source = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    page = Page(source)
    assert not re.search(r"https?:|url\(|@import", source)
    assert not {name for _, attributes in page.tags for name in attributes} & {"src", "action", "srcset", "onclick"}
    assert [tag for tag, _ in page.tags if tag in {"script", "link", "img", "iframe"}] == ["script"]
    assert (ROOT / "rnn_reference" / "report" / "index.js").read_text() in source
    assert "carry-dropped" in page.within("td")


def test_what_was_judged_is_not_judged_again(hand_in, judge, tmp_path, capsys):
    """After an interruption only the others are judged, and the page has all; a changed file is judged again."""
    targets = hand_in("s/ada.py", "s/bob.py", "s/cyd.py")
    assert judge(*targets, stop_after=2) == targets[:2]
    assert "1 more is not judged yet" in " ".join(index_in(tmp_path / "out").within("header").split())
    assert judge(*targets) == targets[2:]
    assert "2 of 3 targets are unchanged since they were judged" in capsys.readouterr().err
    assert len(rows_of(index_in(tmp_path / "out"))) == 3
    assert "not judged yet" not in index_in(tmp_path / "out").within("header")
    hand_in("s/bob.py", source=STUB + "\n")
    assert judge(*targets) == [targets[1]]


@pytest.mark.parametrize("change", ["option", "expectations", "suite"])
def test_what_is_judged_otherwise_is_judged_again(hand_in, judge, tmp_path, monkeypatch, change):
    """Another option, other text in a file that an option names, or another version is another verdict."""
    (tmp_path / "known.txt").write_text("golden # known\n")
    (target,), options = hand_in("s/ada.py"), [f"--rnn-expect={tmp_path / 'known.txt'}"]
    judge(target, options=options)
    assert judge(target, options=options) == []
    if change == "option":
        options.append("--rnn-strict")
    elif change == "expectations":
        (tmp_path / "known.txt").write_text("golden # known, too\n")
    else:
        monkeypatch.setattr("rnn_reference.many.pages.__version__", "another")
    assert judge(target, options=options) == [target]


def test_what_could_not_be_judged_is_tried_again(hand_in, judge):
    """A target that could not be loaded may load now: its packages may be there, its machine less busy."""
    (target,) = hand_in("a.py")
    assert judge(target, report=unusable(target, "no")) == [target]
    assert judge(target) == [target]
    assert judge(target) == []
    assert judge("torch") == judge("torch") == ["torch"]


def test_a_late_submission_is_judged_alone(hand_in, judge):
    """A new target may change the names of the others; they are still known."""
    early, late = hand_in("s/ada/hw.py"), hand_in("s/bob/hw.py")
    assert judge(*early) == early
    assert judge(*early, *late) == late


@pytest.mark.waits
def test_a_helper_of_a_submission_has_no_row(run, hand_in, tmp_path):
    """A file that has nothing to judge has no row, and changes no name, if a judged file beside it imports it."""
    hand_in("s/ada/hw.py", "s/bob/hw.py", source=f"from rnn_utils import *\n{STUB}")
    hand_in("s/ada/rnn_utils.py", "s/bob/stray.py", source="def initialize(x):\n    return x\n")
    done = run("-m", "rnn_reference", "s", "--rnn-only=protocol.tanh", "--rnn-report=out/", cwd=tmp_path)
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert names == ["target", "ada", "bob/hw.py", "bob/stray.py", "2", "1"]
    assert f"1 file has no row: {Path('s/ada/rnn_utils.py')}" in done.stdout
    page = index_in(tmp_path / "out")
    assert page.within("a") == "adabob/hw.pybob/stray.py" and "not judged yet" not in page.within("header")


def test_foreign_files_stay(hand_in, judge, judged, tmp_path):
    """Files in the folder that are not ours stay as they are; where one stands in our way, the run is refused."""
    (target,) = hand_in("a.py")
    out = tmp_path / "out"
    (out / "pages").mkdir(parents=True)
    (out / "pages" / "thesis.html").write_text("mine")
    (out / "data.json").write_text("mine")
    judge(target)
    judge(target)
    assert (out / "pages" / "thesis.html").read_text() == (out / "data.json").read_text() == "mine"
    pages = Pages(out, [Task(target, ".")], {target: "a"})
    for path in (out / "index.html", *(out / "data").iterdir(), *out.glob("pages/*a.py-*.html")):
        ours = path.read_text(encoding="utf-8")
        path.write_text("<p>mine</p>")
        assert pages.refusal() == f"{path} is not a file of ours, and is not overwritten: name another folder"
        assert path.read_text() == "<p>mine</p>"
        path.write_text(ours, encoding="utf-8")
    assert pages.refusal() == ""


@pytest.mark.waits
def test_a_folder_for_the_report_is_said_by_its_name(run, hand_in, tmp_path):
    """A name that ends in a slash, or a folder that is there, gets the pages, also of one target; a file is refused."""
    (target,) = hand_in("s/ada/hw.py")
    quick = "--rnn-only=protocol.tanh"
    assert run("-m", "rnn_reference", target, quick, "--rnn-report=out/", cwd=tmp_path).returncode == 1
    assert len(rows_of(index_in(tmp_path / "out"))) == 1
    again = run("-m", "rnn_reference", target, quick, "--rnn-report=out", cwd=tmp_path)
    assert again.returncode == 1 and "1 of 1 targets are unchanged" in again.stderr and "[1/1]" not in again.stderr
    assert again.stdout.splitlines() == ["target  verdict          score  fault",
                                         "hw.py   not implemented  0/1    tanh_forward not implemented",
                                         "1 not implemented"]  # fmt: skip
    refused = run("-m", "rnn_reference", "s", "--rnn-report=out.html", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.strip() == (
        "--rnn-report=out.html: for several targets it is a folder, --rnn-report=FOLDER/, or --json=FILE"
    )
    (tmp_path / "file").write_text("")
    refused = run("-m", "rnn_reference", "s", "--rnn-report=file/", cwd=tmp_path)
    assert refused.returncode == 2 and refused.stderr.startswith("--rnn-report=file/: file")


def test_a_campaign_is_taken_over_as_a_whole(judged, tmp_path):
    """A target with several ranges of seeds has its page when the last is judged, and is then taken over."""
    target = tmp_path / "hw.py"
    target.write_text(STUB)
    tasks = [Task(str(target), ".", (), seed, 1000) for seed in (0, 1)]
    report = judged.report | {"implementation": judged.report["implementation"] | {"name": str(target)}}
    pages = Pages(tmp_path / "out", tasks, {str(target): "hw"})
    assert pages.refusal() == ""
    pages.add(report)
    assert not list((tmp_path / "out" / "data").iterdir())
    pages.add(report)
    (taken,) = Pages(tmp_path / "out", tasks, {str(target): "hw"}).taken_over()
    assert taken["verdict"] == "wrong"
    assert not Pages(tmp_path / "out", tasks[:1], {str(target): "hw"}).taken_over()


def test_the_time_left_follows_the_work_done():
    """After three results each line tells how long the others take if they are like those; the last line does not."""
    now = SimpleNamespace(value=0.0)
    progress = Progress(5, clock=lambda: now.value)
    report, lines = unusable("a.py", "no"), []
    for _ in range(5):
        now.value += 60
        lines.append(progress.line("a", report))
    assert lines[:2] == ["[1/5] a: unusable (no)", "[2/5] a: unusable (no)"]
    assert lines[2:] == ["[3/5] a: unusable (no)  about 2 min left", "[4/5] a: unusable (no)  about 1 min left",
                         "[5/5] a: unusable (no)"]  # fmt: skip
    assert [in_words(seconds) for seconds in (1, 33, 54, 89, 3540, 6600)] == [
        "5 s", "35 s", "55 s", "1 min", "59 min", "1 h 50 min"]  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="there is no chromium here")
@pytest.mark.parametrize("width", [390, 1100])
def test_a_browser_sorts_the_table(hand_in, judge, judged, width, tmp_path):
    """In a real browser a click on a head sorts the rows, a second click reverses them, and nothing is too wide."""
    targets = hand_in(*(f"s/{'x' * 60}/{name}.py" for name in ("s10", "s9", "s1")))
    judge(*targets)
    click = "const heads = f.contentDocument.querySelectorAll('.targets th button'); heads[0].click();"
    read = "[...f.contentDocument.querySelectorAll('.targets tbody a')].map(a => a.textContent).join()"
    wide = "f.contentDocument.documentElement.scrollWidth"
    measure = f"{click} const up = {read}; heads[0].click(); document.title = [up, {read}, {wide}].join(' ')"
    style = f"width:{width}px;height:900px;border:0"
    (tmp_path / "frame.html").write_text(
        f'<iframe id="f" src="out/index.html" style="{style}" onload="{measure}"></iframe>'
    )
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom")
    command = [BROWSER, *options, f"--user-data-dir={tmp_path / 'profile'}", (tmp_path / "frame.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    up, down, measured = re.search(r"<title>(\S+) (\S+) (\d+)</title>", done.stdout).groups()
    assert (up, down) == ("s1,s9,s10", "s10,s9,s1") and int(measured) <= width


def class_of_200(folder):
    """Two hundred files as people hand them in, in nested folders of their own, and the verdict on each."""
    kinds = [
        *((path, "conforms") for path in (EXAMPLES / "right.py", EXAMPLES / "cs231n.py", EXAMPLES / "min_char_rnn.py")),
        (EXAMPLES / "document.ipynb", "wrong"),
        (MISBEHAVING / "dies_at_import.py", "unusable"),
        ("here is my homework\n", "unusable"),
        ("", "unusable"),
        (STUB, "not implemented"),
        (HANGING, "wrong"),
        *((RIGHT / f"{name}.py", "conforms") for name in ("batch_first", "einsum", "one_matrix")),
        (OWN / "time_layer.py", "conforms"),
    ]
    expected = {}
    for number in range(200):
        content, verdict = kinds[number % len(kinds)]
        suffix = content.suffix if isinstance(content, Path) else ".py"
        place = folder / f"group {number % 7}" / f"student_{number:03}" / ("week 5" if number % 2 else "")
        place.mkdir(parents=True)
        path = place / f"homework{suffix}"
        if isinstance(content, Path):
            shutil.copy(content, path)
        else:
            path.write_text(content)
        expected[str(path)] = verdict
    return expected


@pytest.mark.slow
def test_two_hundred_students_have_two_hundred_rows(tmp_path):
    """Of 200 files in nested folders, broken, hanging, empty and wrong among them, each has its row and its page."""
    expected = class_of_200(tmp_path / "submissions")
    options = ("--rnn-timeout=5", "--rnn-examples=1", "--rnn-report=out/", "--json=all.json", "--csv=table.csv")
    command = [sys.executable, "-m", "rnn_reference", tmp_path / "submissions", *options]
    inherited = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=inherited, capture_output=True, text=True, timeout=7200, check=False
    )
    assert done.returncode == 2, done.stderr[-2000:]
    reports = json.loads((tmp_path / "all.json").read_text())
    assert {report["implementation"]["name"]: report["verdict"] for report in reports} == expected
    page = index_in(tmp_path / "out")
    assert len(rows_of(page)) == len(set(rows_of(page))) == len(list((tmp_path / "out" / "pages").iterdir())) == 200
    students = [re.search(r"group \d/student_\d{3}", str(path))[0] for path in sorted(map(Path, expected))]
    assert page.within("a") == "".join(students)
    counts = Counter(expected.values())
    for verdict, count in counts.items():
        assert f"{count} {verdict}" in " ".join(page.within("header").split())
