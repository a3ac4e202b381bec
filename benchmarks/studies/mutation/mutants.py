"""The mutants of a file: all sources that differ from it by one small change, made by operators of cosmic-ray."""

import ast
import difflib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import (
    binary_operator_replacement,
    boolean_replacer,
    break_continue,
    comparison_operator_replacement,
    number_replacer,
    unary_operator_replacement,
    zero_iteration_for_loop,
)
from cosmic_ray.operators.operator import Operator

from benchmarks.studies.mutation.rewrites import REWRITES

_ARITHMETIC = ("Add", "Sub", "Mul", "Div", "Pow")
"""The binary operators of numpy's floats that a mistake may exchange; the operators on bits raise TypeError."""


def _operators() -> Iterator[tuple[str, Operator]]:
    yield "number changed by 1", number_replacer.NumberReplacer()
    for kind in binary_operator_replacement.operators():
        _, old, new = kind.__name__.rsplit("_", 2)
        if {old, new} <= set(_ARITHMETIC):
            yield "operator exchanged", kind()
    for kind in unary_operator_replacement.operators():
        if kind.__name__.endswith(("Delete_USub", "Delete_Not", "USub_UAdd")):
            yield "sign or not dropped", kind()
    for kind in comparison_operator_replacement.operators():
        yield "comparison exchanged", kind()
    for kind in (boolean_replacer.ReplaceTrueWithFalse, boolean_replacer.ReplaceFalseWithTrue):
        yield "boolean exchanged", kind()
    for kind in (break_continue.ReplaceBreakWithContinue, break_continue.ReplaceContinueWithBreak):
        yield "break exchanged", kind()
    yield "loop without steps", zero_iteration_for_loop.ZeroIterationForLoop()
    yield from ((rewrite.name, rewrite) for rewrite in REWRITES)


OPERATORS = list(_operators())


@dataclass(frozen=True)
class Mutant:
    """One changed source: the text of its file, the kind of change, and the source before."""

    code: str
    kind: str
    before: str

    @property
    def diff(self) -> str:
        """The changed lines, each old one with ``-``, each new one with ``+``, with the number of the first."""
        old, new = (text.splitlines() for text in (self.before, self.code))
        changed = [
            op for op in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if op[0] != "equal"
        ]
        shown = [f"{changed[0][1] + 1}:"]
        for _, i, i_end, j, j_end in changed:
            shown += [f"- {line.strip()}" for line in old[i:i_end]] + [f"+ {line.strip()}" for line in new[j:j_end]]
        return "\n".join(shown)


def mutants(path: Path) -> list[Mutant]:
    """Return the mutants of a file that compile, each only once, without those that are the same program."""
    before = path.read_text(encoding="utf-8")
    found: dict[str, Mutant] = {}
    for kind, operator in OPERATORS:
        for code in _changed(before, operator):
            tree = _tree(code)
            if tree is not None and tree != _tree(before):
                found.setdefault(tree, Mutant(code, kind, before))
    return list(found.values())


def _changed(before: str, operator: Any) -> Iterator[str]:
    occurrence = 0
    while (code := mutate_code(before, operator, occurrence)) is not None:
        yield code
        occurrence += 1


def _tree(code: str) -> str | None:
    """Return the program without its layout; None if it does not compile."""
    try:
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
            tree = ast.parse(code)
            compile(tree, "mutant", "exec")
    except SyntaxError:
        return None
    return ast.dump(tree)
