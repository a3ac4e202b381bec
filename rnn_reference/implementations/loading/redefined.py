"""Functions that are defined more than once: the last definition counts, also if it is a stub."""

import ast
from collections.abc import Callable, Iterable, Iterator

from rnn_reference.implementations.loading.parsing import Parsed
from rnn_reference.implementations.unfinished import is_stub


def stubs_after_definitions(parts: Iterable[tuple[Parsed, Callable[[int], str]]]) -> list[str]:
    """Returns a note for each function whose last definition is a stub, and which has a complete one before it.

    ``parts`` have the source code, each with a function that names a line of it.
    """
    complete: dict[str, str] = {}
    notes: dict[str, str] = {}
    for parsed, place in parts:
        lines = parsed.source.split("\n")
        for name, node in _functions(parsed.tree.body):
            here = place(node.lineno)
            if not is_stub(node, "\n".join(lines[node.lineno - 1 : node.end_lineno])):
                complete[name] = here
                notes.pop(name, None)
            elif name in complete:
                notes[name] = (
                    f"{here}: {name} is defined again as a stub, which counts; {complete[name]} has a whole one"
                )
    return list(notes.values())


def _functions(
    body: Iterable[ast.stmt], inside: str = ""
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{inside}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{node.name}.")
