"""Repairs of source code that Python cannot parse, where there is no doubt what it means.

Each repair gets the lines and the error, and returns the repaired lines, or None if it is not for this error. It keeps
the number of lines. Python 2 is repaired in its print statements only.
"""

import ast
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from rnn_reference.implementations.undefined import CONVERT

Lines: TypeAlias = list[str]

PRINTS = (
    "it is Python 2: its print statements were read as calls of print, all else as Python 3; "
    f"to convert all of it: {CONVERT}"
)
TABS = "its indentation mixes tabs and spaces: a tab was read as 8 columns, as in Python 2"

_IPYTHON = re.compile(
    r"\s*(?:[\w.,\s]+=\s*)?[%!?]|\s*[\w.]+\?{1,2}\s*$|\s*(?:cd|ls|cat|cp|mv|rm|mkdir|pip3?|conda|wget|git)\s+[^\s=(]"
)
"""A magic, a shell line, a question, or one of the commands that IPython runs without a sign before them."""

_BLANK = re.compile(r"^(\s*[\w\[\](), :.\"']+?\s*[-+*/@]?=)\s*(#.*)?$")
_HEADER_END = re.compile(r"^(.*:)\s*(#.*)?$")
_PYTHON_2 = re.compile(
    r"""^\s*except\s+[\w.()\s,]+,\s*\w+\s*:|^\s*raise\s+[\w.]+\s*,|<>|`|\b\d+[lL]\b|\b0\d+\b|^\s*(exec|print)\s+[^\s(=]"""
    r"""|\bur['"]|^\s*def\s+\w+\(.*\([\w\s,]+\)"""
)


def _ipython(lines: Lines, error: SyntaxError) -> Lines | None:
    """Replace a magic, a shell line or a question with ``pass``, and its continuation lines with empty lines."""
    number = (error.lineno or 0) - 1
    if not _IPYTHON.match(lines[number]):
        return None
    kept, continued = list(lines), lines[number].endswith("\\")
    kept[number] = f"{_indent(lines[number])}pass"
    while continued and (number := number + 1) < len(lines):
        continued = lines[number].endswith("\\")
        kept[number] = ""
    return kept


def _print_statement(lines: Lines, error: SyntaxError) -> Lines | None:
    """Put the values of a print statement in parentheses."""
    if not str(error.msg).startswith("Missing parentheses in call to 'print'"):
        return None
    first, last = (error.lineno or 1) - 1, (error.end_lineno or 1) - 1
    begin, end = (error.offset or 1) - 1 + len("print"), (error.end_offset or 1) - 1
    kept = list(lines)
    kept[last] = f"{kept[last][:end]}){kept[last][end:]}"
    kept[first] = f"{kept[first][:begin]}({kept[first][begin:].lstrip(' ')}"
    if kept[first].endswith("\\") and first < last:
        kept[first] = kept[first][:-1]  # inside parentheses a line needs no continuation
    return kept


def _blank(lines: Lines, error: SyntaxError) -> Lines | None:
    """Fill an assignment without a value with None: ``dx =    # one line`` of an exercise."""
    number = (error.lineno or 0) - 1
    found = _BLANK.match(lines[number])
    if not found:
        return None
    return [*lines[:number], f"{found[1]} None  {found[2] or ''}".rstrip(), *lines[number + 1 :]]


def _empty_block(lines: Lines, error: SyntaxError) -> Lines | None:
    """Fill a block that holds only comments, or nothing at the end of the block around it, with ``pass``."""
    found = re.search(r"expected an indented block after .* on line (\d+)", str(error.msg))
    if not found:
        return None
    head = int(found[1]) - 1
    following = (error.lineno or len(lines)) - 1
    header = next((n for n in range(head, min(following + 1, len(lines))) if _HEADER_END.match(lines[n])), None)
    if header is None:
        return None
    end = next((n for n in range(header + 1, len(lines)) if lines[n].strip() and not _is_comment(lines[n])), len(lines))
    between = [n for n in range(header + 1, end) if _is_comment(lines[n])]
    deeper = [n for n in between if len(_indent(lines[n])) > len(_indent(lines[head]))]
    left = _indent(lines[head]) and (end == len(lines) or len(_indent(lines[end])) < len(_indent(lines[head])))
    if not deeper and not left:
        return None
    kept = list(lines)
    kept[header] = _HEADER_END.sub(r"\1 pass  \2", kept[header]).rstrip()
    return kept


def _tabs(lines: Lines, error: SyntaxError) -> Lines | None:
    """Replace the tabs of an indentation with spaces, as Python 2 reads them."""
    if not isinstance(error, TabError):
        return None
    kept = [_indent(line).expandtabs(8) + line[len(_indent(line)) :] for line in lines]
    return kept if kept != lines else None


REPAIRS: Mapping[Callable[[Lines, SyntaxError], Lines | None], str] = {
    _ipython: "", _print_statement: PRINTS, _tabs: TABS, _blank: "", _empty_block: "",
}  # fmt: skip
"""The repairs, each with the note for the report."""


def repaired(source: str) -> tuple[str, ast.Module, list[str]]:
    """Returns the source in a form that Python can parse, its syntax tree, and notes. Raises SyntaxError."""
    notes: dict[str, None] = {}
    while True:
        try:
            return source, _printing(tree_of(source)), [note for note in notes if note]
        except SyntaxError as error:
            lines = source.split("\n")
            if not 1 <= (error.lineno or 0) <= len(lines):
                error.lineno = len(lines)
            tried = ((repair(lines, error), note) for repair, note in REPAIRS.items())
            better = next(((found, note) for found, note in tried if found and found != lines), None)
            if better is None:
                raise
            source = "\n".join(better[0])
            notes[better[1]] = None


def tree_of(source: str) -> ast.Module:
    """Returns the syntax tree of the source. Raises SyntaxError, also for what only the compiler finds."""
    try:
        tree = ast.parse(source)
        compile(tree, "", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or type(error).__name__, ("", 1, 1, "")) from None
    return tree


def in_words(error: SyntaxError, line: str) -> str:
    """Returns Python's message on an error, and how to convert the line if it is Python 2."""
    said = str(error.msg)
    return f"{said} (it is Python 2; to convert it: {CONVERT})" if _PYTHON_2.search(line) else said


class _Printing(ast.NodeTransformer):
    """``print >>file, x``, which Python 3 parses as a comparison of nothing, becomes a call of print."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        shift, *values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        if not isinstance(shift, ast.BinOp) or not isinstance(shift.op, ast.RShift):
            return node
        if not isinstance(shift.left, ast.Name) or shift.left.id != "print":
            return node
        call = ast.Call(shift.left, values, [ast.keyword("file", shift.right)])
        return ast.fix_missing_locations(ast.copy_location(ast.Expr(ast.copy_location(call, node)), node))


def _printing(tree: ast.Module) -> ast.Module:
    changed: ast.Module = _Printing().visit(tree)
    return changed


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
