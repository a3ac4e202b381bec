"""Runs the definitions of source code in a module, with substitutes for imports that fail."""

import __future__

import ast
import builtins
import copy
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import CodeType, FunctionType, ModuleType
from typing import Any

from rnn_reference.cells.registry import functions
from rnn_reference.implementations.adapters import names, package_of
from rnn_reference.implementations.crash import crash
from rnn_reference.implementations.loading.definitions import definitions
from rnn_reference.implementations.loading.missing_imports import Import, module_of, substitute
from rnn_reference.implementations.loading.parsing import parsed
from rnn_reference.implementations.loading.relative import relative_import
from rnn_reference.implementations.loading.standins import Loading, Missing, NotInstalled
from rnn_reference.implementations.loading.time_limit import TimeLimitReached, time_limit
from rnn_reference.implementations.reach import global_names
from rnn_reference.implementations.unusable import Unusable

FAILURES = (Exception, SystemExit, TimeLimitReached)


class Definitions:
    """The definitions of one target, in its module.

    ``notes`` are about substituted and skipped definitions. ``written`` has the files of the cells with
    ``%%writefile``, by name.
    """

    def __init__(self, module: ModuleType, seconds: float, written: Mapping[str, str]) -> None:
        self.module, self.seconds, self.written = module, seconds, written
        self.notes: list[str] = []
        self.loading = Loading()
        self._modules: dict[str, ModuleType] = {}
        self._star = ""

    def run(self, tree: ast.Module, label: str) -> None:
        """Run the definitions of a tree. Raises Unusable if a function of a cell cannot be defined."""
        for statement in definitions(tree.body):
            place = f"{label}, line {statement.lineno}"
            if isinstance(statement, Import):
                self._import(statement, label)
                continue
            try:
                self._execute(statement, label)
            except NotInstalled as error:
                self.module.__dict__.update(dict.fromkeys(_names(statement), Missing(str(error), self.loading)))
            except FAILURES as error:
                if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
                    continue  # a constant of a demo: a function that needs it raises its own error
                name = getattr(statement, "name", None)
                reason = describe(error).replace(f"; {Path(label).name}, line {statement.lineno}: ", ": ")
                if name is None or name in functions():
                    raise Unusable(f"{place}: {reason}") from None
                self.notes.append(f"{place}: {name} was skipped: {reason}")

    def finish(self) -> None:
        """End the loading: from now on nothing may use a substitute.

        A name that nothing defines is a substitute too, if an ``import *`` failed.
        """
        if self._star:
            has = vars(self.module)
            classes = [one for one in has.values() if isinstance(one, type) and one.__module__ == self.module.__name__]
            inside = [member for one in (self.module, *classes) for member in vars(one).values()]
            own = [one for one in inside if isinstance(one, FunctionType) and one.__globals__ is has]
            read = {name for one in own for name in global_names(one)}
            for name in read - set(has) - set(vars(builtins)):
                has[name] = Missing(f"{self._star}, which would give {name}", self.loading)
        self.loading.ended = True

    def _execute(self, statement: ast.stmt, label: str) -> None:
        with time_limit(self.seconds):
            exec(_compiled(statement, label, self.module), self.module.__dict__)

    def _import(self, statement: Import, label: str) -> None:
        """Run an import, one name after the other, with a substitute for each name that it does not give."""
        failed: dict[tuple[str, str], tuple[BaseException, list[ast.alias]]] = {}
        for alias in statement.names:
            single = copy.copy(statement)
            single.names = [alias]
            try:
                self._execute(single, label)
            except FAILURES as error:
                if written := self._from_written(statement, alias):
                    self.module.__dict__.update(written)
                else:
                    key = (module_of(statement, alias), describe(error))
                    failed.setdefault(key, (error, []))[1].append(alias)
        for (_, said), (raised, aliases) in failed.items():
            self._substitute(statement, aliases, raised, said, label)

    def _substitute(
        self, statement: Import, aliases: list[ast.alias], error: BaseException, said: str, label: str
    ) -> None:
        if isinstance(statement, ast.ImportFrom) and statement.level and not self.module.__package__:
            said = relative_import(statement, Path(str(self.module.__file__)))
        package = str(error.name).split(".")[0] if isinstance(error, ModuleNotFoundError) else ""
        if package in map(package_of, names()):
            said += f" (pip install 'rnn-reference[{package}]', or make check ... WITH={package})"
        place = f"line {statement.lineno}: "
        said = said.replace(f"; {Path(label).name}, {place}", ": ")
        given, notes = substitute(statement, aliases, error, f"{label}, {place}{said}", self.loading)
        self.module.__dict__.update(given)
        self.notes += notes
        if aliases[0].name == "*":
            self._star = f"{label}, {place}{said}"

    def _from_written(self, statement: Import, alias: ast.alias) -> dict[str, Any]:
        """Returns what an import binds from a file that a cell writes; nothing if there is no such file."""
        name = module_of(statement, alias)
        file = str(PurePosixPath(*name.split("."))) + ".py"
        if file not in self.written:
            return {}
        if file not in self._modules:
            self._modules[file] = module = ModuleType(name)
            module.__file__ = file
            others = {other: text for other, text in self.written.items() if other != file}
            inner = Definitions(module, self.seconds, others)
            inner.run(parsed(self.written[file]).tree, file)
            inner.finish()
            self.notes += inner.notes
        found = vars(self._modules[file])
        if isinstance(statement, ast.Import):
            return {alias.asname or name: self._modules[file]}
        if alias.name == "*":
            return {key: value for key, value in found.items() if not key.startswith("_")}
        return {alias.asname or alias.name: found[alias.name]} if alias.name in found else {}


def _compiled(statement: ast.stmt, label: str, module: ModuleType) -> CodeType:
    """Returns one statement as code, with every ``from __future__ import`` that has run in the module."""
    imported = [value for value in vars(module).values() if isinstance(value, __future__._Feature)]
    flags = sum({feature.compiler_flag for feature in imported})
    code: CodeType = compile(ast.Module([statement], []), label, "exec", flags=flags, dont_inherit=True)
    return code


def _names(statement: ast.stmt) -> list[str]:
    """Returns the names that a definition binds."""
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [statement.name]
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def describe(error: BaseException) -> str:
    """Returns one line: the exception, its message, and the line that raised it."""
    if isinstance(error, TimeLimitReached):
        return str(error)
    return "; ".join(text for _, text in crash("", error).lines)
