"""Source code as a syntax tree, as much of it as Python can parse.

A function that Python cannot parse becomes a function of the same name that raises SyntaxError: it is there, and wrong.
Any other statement that does not parse is left out, with a note.
"""

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rnn_reference.implementations.loading.repairs import in_words, repaired, tree_of

_CONTINUES = re.compile(r"(else|elif|except|finally|case)\b|[\s#)\]}]|$")
_DEFINES = re.compile(r"(?P<indent>[ \t]*)(?:async\s+)?(?:def|class)\s+(?P<name>\w+)")
_OPEN = ("was never closed", "unterminated", "EOF", "unexpected indent", "unindent")
"""Parts of messages on code that goes on after its block, such as a text over several lines."""

_LONGEST_MERGE = 40

Place = Callable[[int], str]
"""The name of a line for people, such as ``cell 2, line 3``."""


class Parsed(NamedTuple):
    """Source code that was parsed: as it runs, its tree, notes, and the first error if something was left out."""

    source: str
    tree: ast.Module
    notes: list[str]
    error: SyntaxError | None = None

    @property
    def is_nothing(self) -> bool:
        """True if something does not parse, and there is no definition beside it."""
        return self.error is not None and not any(_DEFINES.match(line) for line in self.source.split("\n"))


def parsed(source: str, place: Place = "line {}".format) -> Parsed:
    """Returns what Python can parse of the source. ``place`` names a line for the notes."""
    try:
        whole, tree, notes = repaired(source)
        return Parsed(whole, tree, notes)
    except SyntaxError as error:
        first = error
    lines: list[str] = []
    body, notes = [], []
    for block in _blocks(source.split("\n")):
        text, tree, found = _read(block, len(lines), place)
        body += tree.body
        lines += text.split("\n")
        notes += [note for note in found if note not in notes]
    return Parsed("\n".join(lines), ast.Module(body, []), notes, first)


def _read(lines: list[str], start: int, place: Place) -> tuple[str, ast.Module, list[str]]:
    """Returns the source of a block as it runs, its tree, and notes. The tree counts lines from ``start``."""
    try:
        return _at(lines, start)
    except SyntaxError as error:
        number = (error.lineno or 1) - 1 - start
        said = in_words(error, lines[number])
    where = place(start + number + 1)
    defined = _definition(lines)
    if defined is None:
        return "\n" * (len(lines) - 1), ast.Module([], []), [f"{where} does not parse and was skipped: {said}"]
    name, first = defined
    note = f"{where}: {name} does not parse: {said}"
    is_class = re.match(r"class\b", lines[first])
    stubbed = _methods_stubbed(lines) if is_class else _stub(lines, first, number, said)
    if stubbed is None:
        return "\n" * (len(lines) - 1), ast.Module([], []), [note]
    _, tree, notes = _at(stubbed, start)
    return "\n".join(lines), tree, [*notes, note]  # a message shows the lines as they were written


def _at(lines: list[str], start: int) -> tuple[str, ast.Module, list[str]]:
    text, tree, notes = repaired("\n" * start + "\n".join(lines))
    return text[start:], tree, notes


def _definition(lines: list[str]) -> tuple[str, int] | None:
    """Returns the name of the function or class that a block defines, and the number of its line."""
    found = ((_DEFINES.match(line), number) for number, line in enumerate(lines))
    first = next(((match["name"], number) for match, number in found if match and not match["indent"]), None)
    begins_so = first and all(re.match(r"@|[\s#)\]}]|$", line) for line in lines[: first[1]])
    return first if begins_so else None


def _stub(lines: list[str], first: int, number: int, said: str) -> list[str]:
    """Returns the lines of a function that raises SyntaxError in the line that does not parse."""
    match = _DEFINES.match(lines[first])
    assert match
    message = f"{match['name']} does not parse: {said}"
    raises = f"raise SyntaxError({message!r})"
    stub = [""] * len(lines)
    stub[first] = _header(lines[first], match["name"])
    if number <= first:
        stub[first] += f" {raises}"
    else:
        stub[number] = f"{match['indent']}    {raises}"
    return stub


def _header(line: str, name: str) -> str:
    """Returns the first line of a function as it is, if it is complete; otherwise one that takes any arguments."""
    try:
        tree_of(f"{line.strip()} pass")
    except SyntaxError:
        indent = line[: len(line) - len(line.lstrip())]
        return f"{indent}def {name}(*given, **named):"
    return line


def _methods_stubbed(lines: list[str]) -> list[str] | None:
    """Returns a class with a stub for each method that does not parse; None if the error is elsewhere."""
    inside = [line for line in lines[1:] if line.strip() and not line.lstrip().startswith("#")]
    indent = inside[0][: len(inside[0]) - len(inside[0].lstrip())] if inside else ""
    kept = list(lines)
    for _ in range(len(lines)):
        try:
            repaired("\n".join(kept))
            return kept
        except SyntaxError as error:
            number = (error.lineno or 1) - 1
            starts = [n for n in range(number + 1) if _is_method(kept[n], indent)]
            if not starts or not indent:
                return None
            first = starts[-1]
            end = next((n for n in range(first + 1, len(kept)) if _leaves(kept[n], indent)), len(kept))
            said = in_words(error, kept[number])
            stub = _stub(kept[first:end], 0, min(number, end - 1) - first, said)
            if kept[first:end] == stub:
                return None
            kept[first:end] = stub
    return None


def _is_method(line: str, indent: str) -> bool:
    match = _DEFINES.match(line)
    return bool(match and match["indent"] == indent)


def _leaves(line: str, indent: str) -> bool:
    """True for a line that begins another member of a class with this indentation."""
    inside = line.startswith(indent) and line[len(indent) :][:1] in (" ", "\t", "#", ")", "]", "}")
    return bool(line.strip()) and not inside and not line.lstrip().startswith("#")


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Yields the lines of each statement at the top level. Together they are all lines."""
    groups: list[list[str]] = []
    for line in lines:
        decorated = groups and groups[-1] and all(re.match(r"@|[\s#]|$", one) for one in groups[-1]) \
            and any(one.startswith("@") for one in groups[-1])  # fmt: skip
        if groups and (decorated or _CONTINUES.match(line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    while groups:
        taken = _statement(groups)
        yield [line for group in groups[:taken] for line in group]
        del groups[:taken]


def _statement(groups: list[list[str]]) -> int:
    """Returns how many groups of lines make the first statement: more than one if a text in it begins a line."""
    for taken in range(1, min(len(groups), _LONGEST_MERGE) + 1):
        try:
            repaired("\n".join(line for group in groups[:taken] for line in group))
            return taken
        except SyntaxError as error:
            if not any(part in str(error.msg) for part in _OPEN):
                return 1
    return 1
