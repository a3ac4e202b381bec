"""Mistakes in ``rnn_cell_forward`` of this cell only. Mistakes of any cell are in ``rnn_reference.faults``."""

from collections.abc import Callable
from typing import Any

from rnn_reference.cells.edited_steps import step_forward
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.rnn.signature import CELL


@fault("rnn_cell_forward", where="the state in the argument of softmax: before or after tanh",
       change="yt_pred = softmax(Wya a_next + by)")  # fmt: skip
def prediction_from_preactivation(tanh: Function, softmax: Function) -> Function:
    """yt_pred is computed from the state before tanh is applied."""
    return step_forward(CELL, tanh, softmax, **{"head:state": lambda values: values["z"]["z"]})


def _terms(v: Any) -> tuple[Any, Any, Any]:
    p = v.affine.parameters
    return p["Wax"] @ v.x, p["Waa"] @ v.a_prev, p["ba"]


def _each_alone(v: Any) -> Any:
    of_x, of_a, ba = _terms(v)
    return v.tanh(of_x) + v.tanh(of_a) + ba


def _of(inside: str) -> Callable[[Any], Any]:
    """Returns the line in which tanh is applied to some terms: ``x`` is that of the input, ``a`` that of the state."""

    def line(v: Any) -> Any:
        terms = dict(zip("xab", _terms(v), strict=True))
        within, outside = ([terms[name] for name in "xab" if (name in inside) == of_them] for of_them in (True, False))
        return v.tanh(sum(within)) + sum(outside)

    return line


PARTS: dict[str, Callable[[Any], Any]] = {
    "Wax xt": _of("x"),
    "Wax xt + ba": _of("xb"),
    "Waa a_prev": _of("a"),
    "Waa a_prev + ba": _of("ab"),
    "without ba": _of("xa"),
    "each product alone": _each_alone,
}


@fault("rnn_cell_forward", where="the brackets of tanh", change="a_next = tanh(Wax xt + Waa a_prev + ba)",
       variants={name: {"line": line} for name, line in PARTS.items()})  # fmt: skip
def tanh_of_a_part(tanh: Function, softmax: Function, line: Callable[[Any], Any]) -> Function:
    """Tanh is applied to a part of the sum, and the rest is added after it."""
    return step_forward(CELL, tanh, softmax, **{"line:a_next": line})
