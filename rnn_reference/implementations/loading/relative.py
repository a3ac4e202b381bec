"""The answer to a relative import: a file alone has no package, so its package must be named."""

import ast
import os
import shlex
from pathlib import Path


def relative_import(statement: ast.ImportFrom, path: Path) -> str:
    """Returns what a relative import in a file needs: the command that judges the file as a module of its package."""
    folder, levels = path.resolve().parent, statement.level
    while (folder.joinpath(*[".."] * levels) / "__init__.py").is_file():
        levels += 1
    module = ".".join((*folder.parts[len(folder.parts) - levels :], path.stem))
    where = os.path.relpath(folder.joinpath(*[".."] * levels).resolve())
    change = "" if where == os.curdir else f"cd {shlex.quote(where)}; "
    return (
        f"{ast.unparse(statement)} is a relative import, and a file alone has no package: "
        f"name the module, {change}python -m rnn_reference {module}"
    )
