"""Imports run one way: each layer of the package uses those before it, and no two files import each other."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from folders import ROOT

LAYERS = [
    ("arrays", "interrupts", "outcomes", "paths"),
    ("numerics",),
    ("cells",),
    ("problems", "faults"),
    ("implementations",),
    ("judging", "diagnosis"),
    ("report",),
    ("options", "results", "run", "closing", "target", "plugin", "many", "audit", "live", "__main__", "rnn_reference"),
    ("checks", "benchmarks", "tests"),
]
"""Each may import its own layer and the layers before it. The face, ``rnn_reference``, is imported from outside."""

SIDE_BY_SIDE = {"judging", "diagnosis"}
"""These share a layer, and neither imports the other."""

HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "rnn_reference").rglob("*.py"))
}


def imports_of(tree: ast.AST) -> Iterator[str]:
    """The names of our own modules that some code imports, in functions and under TYPE_CHECKING too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that they can be read and searched"
            of_module = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            names = [whole if whole in FILES else str(node.module) for name, whole in of_module.items()
                     if name != "__version__"]  # fmt: skip
        else:
            names = []
        ours = (name for name in names if name.partition(".")[0] in {"rnn_reference", *LAYERS[-1]})
        yield from (name.removeprefix("rnn_reference.") for name in ours)


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


IMPORTS = {
    module.removeprefix("rnn_reference."): set(imports_of(parsed(path)))
    for module, path in FILES.items()
    if module != "rnn_reference"
}
"""What each module imports. Names are without the package's, as in the table."""


def layer(module: str) -> str:
    """The module's entry in the table. Every ``__main__`` is a door."""
    return "__main__" if module.endswith("__main__") else module.partition(".")[0]


def runs_up(module: str, other: str) -> bool:
    """True if an import goes to a layer above, or to the one beside."""
    own, its = layer(module), layer(other)
    return HEIGHT[its] > HEIGHT[own] or (own != its and {own, its} == SIDE_BY_SIDE)


def test_every_module_has_a_layer():
    """A new module or package of rnn_reference is entered in the table, and no import names a module that is gone."""
    assert {layer(module) for module in IMPORTS} <= set(HEIGHT)
    assert set().union(*IMPORTS.values()) <= {"rnn_reference", *IMPORTS}


@pytest.mark.parametrize("name", [name for names in LAYERS[:-1] for name in names if name != "rnn_reference"])
def test_no_import_runs_up(name):
    """A layer imports nothing from the layers after it."""
    pairs = [(module, other) for module in IMPORTS if layer(module) == name for other in sorted(IMPORTS[module])]
    lines = [f"{module} imports {other}, which lies above it"
             for module, other in pairs if runs_up(module, other)]  # fmt: skip
    assert not lines, "\n".join(lines)


def test_no_circle():
    """No two files import each other, directly or through others."""
    try:
        TopologicalSorter(IMPORTS).prepare()
    except CycleError as error:
        pytest.fail("a circle of imports: " + " is imported by ".join(error.args[1]))


def test_the_face_is_lazy():
    """``import rnn_reference`` loads nothing else of the package: only its functions and TYPE_CHECKING import."""
    at_once = [node for node in parsed(FILES["rnn_reference"]).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not [name for node in at_once for name in imports_of(node)]
