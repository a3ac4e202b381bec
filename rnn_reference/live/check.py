"""The door for a running Python: ``rnn_reference.check(globals())``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from rnn_reference import options as table
from rnn_reference.live.defined import Defined
from rnn_reference.live.report import Report, read

NOT_HERE = ("rnn_report", "rnn_blackbox", "rnn_blackbox_layout", "rnn_blackbox_inputs", "rnn_in_process")
"""Options of the command that make no sense here."""


def check(*what: Any, **options: Any) -> Report:
    """Tells whether a recurrent network is right, and which mistake it makes if it is not.

    ``what`` is a target as the command takes it (``"file.py"``, ``"notebook.ipynb"``, ``"torch"``), or what is defined
    here: ``globals()`` or another dict, a module, a class, an instance, or several functions. It is only called: other
    things of the running Python stay as they are. ``options`` are those of the command without ``--rnn-``: ``only``,
    ``seed``, ``examples``, ``sizes``, ``convention``, ``dtype``, ``device``, ``expect``, ``strict``, ``timeout``.

    Returns the report: it is true if the network conforms, it prints the verdict, and ``save`` writes it. Raises
    TypeError for an unknown option, ValueError for a value that is not accepted, and ``Unusable`` for what cannot be
    judged.
    """
    if not what:
        raise TypeError("check() needs a target: a name such as 'file.py', or what is defined here: check(globals())")
    given = _as_given(options)
    if len(what) == 1 and isinstance(what[0], str | Path):
        return _by_command(str(what[0]), given)
    from rnn_reference.live.serving import judged

    found, name, call = _together(what)
    return Report(judged(found, name, call, given, float(options.get("timeout", 10.0))))


def _as_given(options: Mapping[str, Any]) -> list[str]:
    """Returns the options as the command takes them."""
    known = {one.dest.removeprefix("rnn_"): one for one in table.IN_BOTH if one.dest not in NOT_HERE}
    words = []
    for name, value in options.items():
        if name not in known:
            raise TypeError(f"check() has no option {name!r}; there are {', '.join(known)}")
        if known[name].is_flag:
            words += [known[name].name] if value else []
        elif value is not None:
            words.append(f"{known[name].name}={value}")
    return words


def _by_command(target: str, given: list[str]) -> Report:
    """Returns the report of the command on a target."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [sys.executable, "-m", "rnn_reference", target, *given, f"--rnn-report={path}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return Report(read(path, done.stdout + done.stderr))


def _together(what: tuple[Any, ...]) -> tuple[Any, str, str]:
    """Returns what is judged as one object, its name, and the call that judges it again."""
    if len(what) == 1:
        (one,) = what
        if isinstance(one, dict):
            return Defined(one), "globals()" if "__name__" in one else "the dict", "check(globals()"
        if isinstance(one, ModuleType):
            return one, one.__name__, f"check({one.__name__}"
        if isinstance(one, type) or not callable(one) or (hasattr(one, "__dict__") and not hasattr(one, "__name__")):
            name = one.__name__ if isinstance(one, type) else type(one).__name__
            return one, name, f"check({name}"
    names = [getattr(one, "__name__", None) for one in what]
    strange = [type(one).__name__ for one, name in zip(what, names, strict=True) if not callable(one) or not name]
    if strange:
        raise TypeError(f"check() takes several functions, or one object; got {' and '.join(strange)} among several")
    functions = dict(zip(map(str, names), what, strict=True))
    return Defined(functions), ", ".join(functions), f"check({', '.join(functions)}"
