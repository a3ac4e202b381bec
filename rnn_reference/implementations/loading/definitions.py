"""The definitions in a piece of source code: enough to call its functions, but without the code of a demo.

Imports, functions, classes and constants are kept. As in any module, the last definition of a name is used. A constant
is an assignment of literals and names, arithmetic with them, a lambda, or a call of numpy's constructors.
"""

import ast
from collections.abc import Iterable

CONSTRUCTORS = frozenset(
    "array asarray zeros ones full eye arange linspace sqrt log exp dtype "
    "float int float16 float32 float64 int32 int64 finfo".split()
)
"""Functions that make a constant from constants, without side effects."""

_CONSTANT_NODES = (
    ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp,
    ast.Subscript, ast.Slice, ast.Compare, ast.BoolOp, ast.IfExp, ast.keyword, ast.operator, ast.unaryop,
    ast.cmpop, ast.boolop, ast.expr_context,
)  # fmt: skip

_DEFINING = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_BINDING = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr


def definitions(body: Iterable[ast.stmt]) -> list[ast.stmt]:
    """Returns the definitions among the statements of ``body``, in order, also from inside blocks."""
    kept: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, _DEFINING) or (isinstance(statement, _BINDING) and _is_definition(statement)):
            kept.append(statement)
        elif isinstance(statement, ast.With):
            kept += definitions(statement.body)
        elif isinstance(statement, ast.Try) and definitions(statement.body):
            kept.append(_only_definitions(statement))
        elif isinstance(statement, ast.If) and not _is_main_guard(statement.test):
            kept += definitions(statement.body) or definitions(statement.orelse)
    return kept


def _only_definitions(statement: ast.Try) -> ast.stmt:
    """Returns ``try: import ... except ImportError: ...`` with only the definitions of each part."""
    handlers = [
        ast.copy_location(ast.ExceptHandler(type=h.type, name=h.name, body=definitions(h.body) or [_pass_at(h)]), h)
        for h in statement.handlers
    ]
    kept = ast.Try(body=definitions(statement.body), handlers=handlers, orelse=[], finalbody=[])
    return ast.copy_location(kept, statement)


def _pass_at(node: ast.ExceptHandler) -> ast.stmt:
    return ast.copy_location(ast.Pass(), node)


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.Lambda):
        return True
    if isinstance(value, ast.Call):
        called = value.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else None
        parts = [*value.args, *(k.value for k in value.keywords)]
        return name in CONSTRUCTORS and all(map(_is_constant, parts))
    return isinstance(value, _CONSTANT_NODES) and all(
        _is_constant(child) if isinstance(child, ast.expr) else isinstance(child, _CONSTANT_NODES)
        for child in ast.iter_child_nodes(value)
    )


def _is_definition(statement: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr) -> bool:
    """True if the statement binds a constant, also as ``(n := 3)``, and stores into no array and no object."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.NamedExpr) and _is_constant(statement.value.value)
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return (
        statement.value is not None
        and _is_constant(statement.value)
        and all(isinstance(node, ast.Name | ast.Tuple | ast.List) for node in targets)
    )


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))
