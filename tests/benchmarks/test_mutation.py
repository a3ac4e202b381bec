"""The mutation campaign: what it changes, how it decides what is wrong, and what its page says."""

import re
from types import SimpleNamespace

import pytest
from alone import alone
from folders import ROOT

pytest.importorskip("cosmic_ray")

from benchmarks.studies.mutation import comparison, judged, mutants, names, page, rewrites
from benchmarks.studies.mutation.right_answers import Case
from rnn_reference import rnn_backward, rnn_forward
from rnn_reference.cells.registry import cell_named
from rnn_reference.faults import FaultyNetwork, carry_dropped, faults_named
from rnn_reference.paths import golden_folder
from rnn_reference.problems.golden import read_certified

PAGE = ROOT / "docs" / "generated" / "mutation.md"
RIGHT = ROOT / "examples" / "right.py"


@pytest.fixture
def certified():
    """Some certified cases of the tanh RNN."""
    return [
        Case(case.problem, case.arrays) for case in read_certified(golden_folder("rnn") / "certified.json").values()
    ]


def changed(kind, source):
    """The texts that one kind of change makes of a source, without blanks."""
    (operator,) = (rewrite for rewrite in rewrites.REWRITES if rewrite.name == kind)
    return ["".join(code.split()) for code in mutants._changed(source, operator)]


@pytest.mark.parametrize(
    ("kind", "source", "expected"),
    [
        ("statement dropped", "def f(a):\n    a += 1\n    return a\n",
         ["deff(a):passreturna", "deff(a):a+=1pass"]),
        ("operand dropped", "a - b + c", ["-b+c", "a+c", "a-b"]),
        ("operand dropped", "a @ b", ["b", "a"]),
        ("call dropped", "np.tanh(z).sum(axis=0)", ["(z).sum(axis=0)"]),
        ("call dropped", "z.sum(axis=0) + f(a, b)**2", ["z+f(a,b)**2", "z.sum(axis=0)+(a)**2"]),
        ("transpose dropped", "W.T @ b.T", ["W@b.T", "W.T@b"]),
        ("slice turned", "a[:n, 1:]", ["a[n:,1:]", "a[:n,:1]"]),
        ("slice turned", "a[::-1]", ["a[:]"]),
        ("sum overwritten", "a += 1", ["a=1"]),
        ("product by element", "a @ b", ["a*b"]),
        ("another name", "def f(a, b):\n    c = a\n    return b.T\n",
         ["deff(a,b):c=breturnb.T", "deff(a,b):c=areturna.T", "deff(a,b):c=areturnc.T"]),
        ("another string", 'p["Wf"] + p["Wi"] + p["Wo"]',
         ['p["Wi"]+p["Wi"]+p["Wo"]', 'p["Wf"]+p["Wf"]+p["Wo"]', 'p["Wf"]+p["Wo"]+p["Wo"]', 'p["Wf"]+p["Wi"]+p["Wi"]']),
    ],
)  # fmt: skip
def test_a_change_is_what_its_name_says(kind, source, expected):
    """Each of our own operators makes these texts, and no others."""
    assert changed(kind, source) == expected


def test_a_mutant_is_another_program(tmp_path):
    """Every mutant compiles and is another program; what compiles to the same tree is counted once."""
    file = tmp_path / "small.py"
    file.write_text("def f(a, b):\n    return (a - b) * 1\n", encoding="utf-8")
    found = mutants.mutants(file)
    trees = {mutants._tree(one.code) for one in found}
    assert len(trees) == len(found) and not {None, mutants._tree(file.read_text(encoding="utf-8"))} & trees
    assert {"return (a - b) * 2", "return (a - b) + 1", "return (a - b)", "pass"} <= {
        one.code.splitlines()[1].strip().replace("  ", " ") for one in found
    }
    assert found[0].diff == "2:\n- return (a - b) * 1\n+ return (a - b) * 2"


def functions(**other):
    """The functions of the reference of a sequence, but for others."""
    return {"rnn_forward": rnn_forward, "rnn_backward": rnn_backward, **other}


def truth(certified, of):
    """The functions that the comparison finds wrong."""
    found = set()
    for case in certified:
        right = comparison.expected(case, comparison.answers(functions(), case.problem))
        found |= comparison.differing(comparison.answers(of, case.problem), right)
    return found


def test_the_comparison_accepts_what_is_right(certified):
    """The reference's results are close to the certified ones."""
    assert truth(certified, functions()) == set()


def _changes_its_argument(da, caches):
    found = rnn_backward(da, caches)
    da *= 0.5
    return found


def test_the_comparison_sees_what_is_wrong(certified):
    """A wrong gradient, a gradient that is another the second time, and a changed argument are wrong."""
    calls = []

    def later(da, caches):
        calls.append(1)
        found = rnn_backward(da, caches)
        return found if len(calls) % 2 else {**found, "dba": 2 * found["dba"]}

    for backward in (FaultyNetwork(*faults_named("carry-dropped")[:1]).rnn_backward, later, _changes_its_argument):
        assert truth(certified, functions(rnn_backward=backward)) == {"rnn_backward"}


def test_a_name_is_false_if_its_network_gives_other_results(certified, monkeypatch):
    """The right name of a faulty network is not false; another is."""
    monkeypatch.setattr(names, "asked", lambda *_: certified)
    own = {name: getattr(carry_dropped, name) for name in cell_named("rnn").functions}
    assert names.false_names("rnn", own, [("rnn_backward", "carry-dropped")]) == []
    other = ("rnn_backward", "weight-gradient-overwritten")
    assert names.false_names("rnn", own, [other]) == [other]
    assert names.are_of_results([other]) and not names.are_of_results([("rnn_backward", "not-repeatable")])


def result(truth, verdict, **how):
    """The result of a made-up mutant."""
    return page.Result(mutants.Mutant("b", "number changed by 1", "a"), judged.Judged(truth, verdict=verdict, **how))


def test_the_page_counts():
    """The shares of the page are of those that are not equal; a survivor and a false name are listed."""
    name = ("rnn_forward", "carry-late")
    found = [
        result("right", "conforms"), result("wrong", "wrong", whole=True, named=[name], false=[name]),
        result("wrong", "conforms"), result("crashed", "not implemented"), result("hangs", "hangs"),
    ]  # fmt: skip
    text = page.page({"examples/right.py": found})
    row = "| 1, 1 | 5 | 1 | 2 | 2 | 3 of 4 (75.0%) | 1 of 1 (100.0%) | 1 of 1 (100.0%) |"
    assert f"| `examples/right.py` | the tanh RNN {row}" in text
    assert [one.survives for one in found] == [False, False, True, False, False]
    assert text.count("- line 1, number changed by 1") == 3


@pytest.mark.waits
@alone
def test_a_handful_of_mutants():
    """Of four mutants one is equal, and the suite refuses the others."""
    source, found = RIGHT.read_text(encoding="utf-8"), {}
    for old, new in {
        "value + step[name]": "step[name]",
        "1 - a_next**2": "1 - a_next**3",
        "d_both[n_a:]": "d_both(n_a)",
        "- x.max(axis=0, keepdims=True)": "- x.max(axis=0)",
    }.items():
        assert old in source
        found[new] = judged.judge("rnn", source.replace(old, new), RIGHT)
    assert [(one.truth, one.verdict) for one in found.values()] == [
        ("wrong", "wrong"), ("wrong", "wrong"), ("crashed", "wrong"), ("right", "conforms"),
    ]  # fmt: skip
    assert found["step[name]"].named == [("rnn_backward", "weight-gradient-overwritten")]
    assert not any(one.false for one in found.values())


@pytest.mark.waits
@alone
def test_a_mutant_that_hangs_is_refused(monkeypatch):
    """A mutant that never returns is ended, and counts as refused."""
    monkeypatch.setattr(judged, "TIMEOUT", 5)
    endless = RIGHT.read_text(encoding="utf-8").replace("    a = a0\n", "    while True:\n        a = a0\n")
    one = page.Result(SimpleNamespace(), judged.judge("rnn", endless, RIGHT))
    assert one.judged.truth == "hangs" and one.refused


def test_no_mutant_survives():
    """The page in the docs is about all sources, and lists no survivor and no false name."""
    text = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\S*\.py)`", text, re.MULTILINE) == list(page.SOURCES)
    assert re.search(r"^## Survivors$.*?^None\.$.*?^## ", text, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@alone
def test_the_ordinary_command_says_the_same(tmp_path):
    """The command, in a process of its own and with twenty fresh problems, gives the same verdicts and names."""
    file = tmp_path / "mutant.py"
    for mutant in mutants.mutants(RIGHT)[::30]:
        found, ordinary = judged.judge("rnn", mutant.code, RIGHT), judged.Judged()
        file.write_text(mutant.code, encoding="utf-8")
        judged._read(judged._by_command(file), ordinary)
        assert found.verdict == ordinary.verdict
        assert not found.whole or found.named == ordinary.named


@pytest.mark.slow
@pytest.mark.parametrize("source", page.SOURCES)
@alone
def test_every_twentieth_mutant_is_refused_today(source):
    """Every twentieth mutant of each source is equal to a right network, or the suite refuses it today."""
    right = ROOT / source
    for mutant in mutants.mutants(right)[::20]:
        found = judged.judge(page.SOURCES[source].cell, mutant.code, right, names=False)
        assert not page.Result(mutant, found).survives, mutant.diff
