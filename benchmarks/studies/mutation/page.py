"""The page of the mutation campaign: the method, the shares of each source, and every mutant that stands out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import NamedTuple

from benchmarks.markdown import table
from benchmarks.studies.kill_page import NAMES
from benchmarks.studies.mutation.comparison import CLOSE
from benchmarks.studies.mutation.judged import CRASHED, HANGS, RIGHT, TIMEOUT, WRONG, Judged
from benchmarks.studies.mutation.mutants import Mutant
from benchmarks.studies.pages import made_by


class Source(NamedTuple):
    """A right network to change: its cell, one mutant in how many is judged, and one of these in how many for names."""

    cell: str
    judged: int
    named: int


SOURCES = {
    "examples/right.py": Source("rnn", 1, 1),
    "tests/targets/right/lstm_course.py": Source("lstm", 3, 3),
    "tests/targets/right/einsum.py": Source("rnn", 4, 4),
    "tests/targets/right/lstm_fused.py": Source("lstm", 8, 4),
}
"""The right networks that are changed. The first of each cell is changed more often: it is the plainest."""

METHOD = f"""\
Each *mutant* is a right network in plain numpy, changed in one place by cosmic-ray: a number by 1, an operator, a
comparison or a boolean for another, a loop without steps. Operators of our own, written for cosmic-ray, drop a
statement, an operand, a call, a `.T`; turn a slice; overwrite a sum; put `*` in place of `@`; and put another name of
the same function or another string of the file in place of one. Two texts of the same program count once; what does
not compile does not count. Operators on bits are left out: floats refuse them.

Which mutants are **wrong** is decided without the suite. The results of all six functions are compared with the
certified values, and with fresh problems of many sizes that are computed the same way: in 100 digits, with the
gradients of the small ones by the chain rule and by a complex step too
([golden values](../explained/golden.md)). Wrong is an element further off than {CLOSE:g} of its array's largest one, a
backward pass that is another the second time, or a changed argument. Where a mutant raises an exception, it
**crashes**; after {TIMEOUT} seconds it **hangs**. All others are **equal** to a right network.

The suite's word is that of `python -m rnn_reference mutant.py --rnn-in-process --rnn-examples=1`, run in a fork of a
process that has imported everything; with `-x` where no names are counted. One that conforms is judged once more by
the ordinary command, and this is its verdict. A verdict other than `conforms` is a refusal, and so is a hang. Not all
mutants are judged, to save hours: `one in` says how many.

- **refused**: of the mutants that are wrong, crash or hang.
- **named**: of the wrong ones that are refused and judged to the end (`one in`: the second number), those where a
  function has a named mistake.
- **false**: of the named ones in which every wrong function has a name, those with a function whose results no network
  of the catalogue with the named mistakes gives (to {CLOSE:g}, at the same problems). Mistakes of how a function
  behaves, such as `not-repeatable`, are left out here.

The catalogue holds mistakes that people make, and most mutants are none of these: few can have a name."""


class Result(NamedTuple):
    """A mutant and its judgement."""

    mutant: Mutant
    judged: Judged

    @property
    def refused(self) -> bool:
        """True if the suite does not accept it."""
        return self.judged.verdict != "conforms"

    @property
    def equal(self) -> bool:
        """True if it gives the right results."""
        return self.judged.truth == RIGHT

    @property
    def survives(self) -> bool:
        """True if it gives wrong results, or none, and the suite accepts it."""
        return not self.equal and not self.refused


Campaign = Mapping[str, list[Result]]


def page(campaign: Campaign) -> str:
    """Return the text of docs/generated/mutation.md."""
    made = made_by("python -m benchmarks.studies.mutation --write", "numpy", "cosmic-ray", "mpmath")
    parts = [f"# The suite on itself: mutants\n\n{made}", METHOD, "## Shares", table(HEADS, _rows(campaign))]
    for title, about, chosen in LISTS:
        parts += [f"## {title}", about, *_listed(campaign, chosen)]
    parts += ["## By kind of change", table(["change", "mutants", "refused", "equal", "survive"], _by_kind(campaign))]
    return "\n\n".join(parts) + "\n"


HEADS = ["network", "cell", "one in", "judged", "equal", "wrong", "crash or hang", "refused", "named", "false"]


def _rows(campaign: Campaign) -> list[list[str]]:
    rows = [
        [f"`{source}`", NAMES[SOURCES[source].cell], _parts(source), *_counts(found)]
        for source, found in campaign.items()
    ]
    for cell in dict.fromkeys(SOURCES[source].cell for source in campaign):
        own = [result for source, found in campaign.items() if SOURCES[source].cell == cell for result in found]
        rows.append(["**all**", NAMES[cell], "", *_counts(own)])
    return rows


def _parts(source: str) -> str:
    """Return one in how many mutants is judged, and one in how many for its names."""
    return f"{SOURCES[source].judged}, {SOURCES[source].judged * SOURCES[source].named}"


def _counts(found: list[Result]) -> list[str]:
    truths = Counter(result.judged.truth for result in found)
    bad = [result for result in found if not result.equal]
    whole = [result for result in bad if result.judged.whole and result.refused]
    named = [result for result in whole if result.judged.named]
    checked = [result for result in named if result.judged.names_are_checked]
    return [
        str(len(found)), str(truths[RIGHT]), str(truths[WRONG]), str(truths[CRASHED] + truths[HANGS]),
        _share([result for result in bad if result.refused], bad), _share(named, whole),
        _share([result for result in checked if result.judged.false], checked),
    ]  # fmt: skip


def _share(some: list[Result], every: list[Result]) -> str:
    return f"{len(some)} of {len(every)}" + (f" ({len(some) / len(every):.1%})" if every else "")


LISTS = (
    (
        "Survivors",
        "Mutants that are wrong, crash or hang, and conform by the suite's word.",
        attrgetter("survives"),
    ),
    (
        "Equal and accepted",
        "Equivalent mutants: the results are right, and the suite accepts them. Advice is in brackets.",
        lambda result: result.equal and not result.refused,
    ),
    (
        "Equal and refused",
        "The results are right at the problems asked here. The checks that refuse them are in brackets.",
        lambda result: result.equal and result.refused,
    ),
    (
        "False names",
        "Refused mutants with a name whose network gives other results.",
        lambda result: bool(result.judged.false),
    ),
)


def _listed(campaign: Campaign, chosen: Callable[[Result], bool]) -> Iterator[str]:
    listed = {source: [result for result in found if chosen(result)] for source, found in campaign.items()}
    if not any(listed.values()):
        yield "None."
    for source in filter(listed.get, listed):
        yield f"In `{source}`:"
        yield from map(_block, listed[source])


def _block(result: Result) -> str:
    mutant, found = result.mutant, result.judged
    told = [f"{function}: {name}" for function, name in found.named] or (
        found.failed if result.refused else found.advice
    )
    shown = f" ({', '.join(dict.fromkeys(one.partition('[')[0] for one in told))})" if told else ""
    line, _, changed = mutant.diff.partition("\n")
    return (
        f"- line {line.rstrip(':')}, {mutant.kind}{shown}\n\n  ```diff\n  " + changed.replace("\n", "\n  ") + "\n  ```"
    )


def _by_kind(campaign: Campaign) -> list[list[str]]:
    every = [result for found in campaign.values() for result in found]
    kinds = {kind: [r for r in every if r.mutant.kind == kind] for kind in dict.fromkeys(r.mutant.kind for r in every)}
    return [
        [
            kind,
            str(len(own)),
            *(str(sum(map(count, own))) for count in map(attrgetter, ("refused", "equal", "survives"))),
        ]
        for kind, own in kinds.items()
    ]
