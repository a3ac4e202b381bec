"""Functions of an exercise that nobody has finished: what is still to be filled in, found in their source code.

A course gives a function with ``### START CODE HERE ###``, and None, pass, ... or a blank where the answer belongs.
Such a function crashes, or returns its None: it is not implemented, and not wrong.
"""

import ast
import inspect
import re
import textwrap
import traceback
from collections.abc import Container, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Function
from rnn_reference.implementations.crash import is_ours_or_a_library

_MARK = re.compile(
    r"\b(start|begin|end|your|insert|write|add|complete|replace|enter)\b[ _\w]{0,20}"
    r"\b(code|solution|implementation|here)\b"
    r"|\btodo\b|\bfill[ _]?(in|me|this)?\b|≈|\blines?( of code)?\)|\bimplement (this|me|it|the)\b|\bnot implemented\b",
    re.I,
)
"""The words of a comment, a text or a name that asks for code."""

_BEGINS = re.compile(r"\s*#.*\b(start(s|ing)?|begin(s|ning)?)\b.*\b(code|solution|here|implementation)\b", re.I)
_ENDS = re.compile(
    r"\s*#.*\bend(s|ing)?\b.*\b(code|solution|here|implementation)\b|\s*#.*\b(code|solution) ends?\b", re.I
)
"""The comments before and after the part of a function that is to be written."""

_BLANK_NAME = re.compile(r"_{2,}$|(YOUR|FILL|INSERT|TODO)_\w+$|TODO$")


def is_marked(source: str) -> bool:
    """True if a comment or a text in the source asks for code."""
    return bool(_MARK.search(source))


class Gap(NamedTuple):
    """The first line of a function that is still to be filled in, and whether a comment there asks for code."""

    text: str
    marked: bool


def placeholder_in(function: Any) -> Gap | None:
    """Returns the gap in a function, or in the code of one; None if there is none, or no source of other people."""
    code = getattr(function, "__code__", function)
    try:
        if is_ours_or_a_library(code.co_filename):
            return None
        lines, first = inspect.getsourcelines(function)
        source = textwrap.dedent("".join(lines))
        tree = ast.parse(source)
    except Exception:  # no source, or one that does not parse: inspect and tokenize raise many kinds
        return None
    marked = is_marked(source)
    number = min((*(node.lineno for node in placeholders(tree, marked)), *empty_regions(source)), default=0)
    if not number:
        return None
    place = f"{Path(code.co_filename).name}, line {max(first, 1) + number - 1}"
    return Gap(f"{place}: {lines[number - 1].strip()}", marked)


def frames_of(error: BaseException) -> list[CodeType]:
    """Returns the code of other people that an exception passed through, the innermost first."""
    found = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    return [code for code in reversed(found) if not is_ours_or_a_library(code.co_filename)]


def has_gaps(function: Function, result: Any) -> bool:
    """True if a part of a function's result is None or ``...``, or an array of nothing but zeros or NaN."""
    parts = [result]
    if type(result) in (tuple, list, dict):  # other types may do anything when they are asked
        parts = list(result.values() if type(result) is dict else result)
    if function.returns_cache and len(parts) == len(function.returns):
        parts = parts[:-1]
    return any(part is None or part is ... or (type(part) is np.ndarray and _is_blank(part)) for part in parts)


def _is_blank(array: Array) -> bool:
    return array.dtype.kind in "fiu" and not np.any(np.nan_to_num(array))


def placeholders(tree: ast.AST, marked: bool) -> Iterator[ast.stmt | ast.expr]:
    """Yields the parts of a function that are still to be filled in.

    ``marked`` says that a comment asks for code: without one, ``pass`` in a loop and ``range(None)`` do not count.
    """
    filled = _names_filled(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr) and (
            _is_blank_value(node, filled) or _is_blank_statement(node) or (marked and _is_marked_blank(node))
        ):
            yield node


def _is_blank_value(node: ast.AST, filled: Container[str]) -> bool:
    """True for an assignment of None to a name that gets no other value, or into an array.

    An attribute may begin as None: it gets its value elsewhere.
    """
    if not isinstance(node, ast.Assign) or not _is_empty(node.value):
        return False
    if any(isinstance(one, ast.Attribute) for target in node.targets for one in ast.walk(target)):
        return False
    names = {one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    stored = any(isinstance(target, ast.Subscript) for target in node.targets)
    return stored or not any(name in filled for name in names)


def _is_blank_statement(node: ast.AST) -> bool:
    """True for arithmetic with None, for ``...`` alone, and for a name such as ``___``."""
    if isinstance(node, ast.AugAssign):
        return _is_empty(node.value)
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitOr):  # which joins types: Array | None
        return _is_empty(node.left) or _is_empty(node.right)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and node.value.value is ...
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and bool(_BLANK_NAME.match(node.id))


def empty_regions(source: str) -> Iterator[int]:
    """Yields the line of each comment that begins a part to be written, if only comments and ``pass`` follow in it."""
    depth, first, is_empty = 0, 0, True
    for number, line in enumerate(source.split("\n"), start=1):
        if _BEGINS.match(line):
            first, is_empty = (first, is_empty) if depth else (number, True)
            depth += 1
        elif _ENDS.match(line) and depth:
            depth -= 1
            if not depth and is_empty:
                yield first
        elif line.strip() and not line.lstrip().startswith("#") and line.strip() != "pass":
            is_empty = False


def _names_filled(tree: ast.AST) -> set[str]:
    """Returns the names that a function binds to something else than None: ``h, cache = None, None`` may come first."""
    empty = {
        id(one)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_empty(node.value)
        for target in node.targets
        for one in ast.walk(target)
    }
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return {node.id for node in stored if id(node) not in empty}


def _is_empty(value: ast.expr) -> bool:
    """True for None or ``...``, and for a tuple of them."""
    if isinstance(value, ast.Tuple) and value.elts:
        return all(map(_is_empty, value.elts))
    return isinstance(value, ast.Constant) and value.value in (None, ...)


def _is_marked_blank(node: ast.AST) -> bool:
    """True for a loop or a function that only passes, and for a call of a function with nothing but None."""
    if isinstance(node, ast.For | ast.While | ast.FunctionDef):
        body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
        return bool(body) and all(isinstance(one, ast.Pass) for one in body)
    if isinstance(node, ast.Call) and node.args:
        return all(map(_is_empty, node.args)) and not (isinstance(node.func, ast.Name) and node.func.id == "slice")
    return False


def is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef, source: str) -> bool:
    """True for a definition that does nothing yet, or that has a part to be filled in. ``source`` is its own."""
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    does_nothing = all(isinstance(one, ast.Pass | ast.Raise) or _returns_nothing(one) for one in body)
    marked = is_marked(source)
    return does_nothing or (marked and any(True for _ in (*placeholders(node, marked), *empty_regions(source))))


def _returns_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Return) and (node.value is None or _is_empty(node.value))
