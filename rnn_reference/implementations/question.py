"""Several calls that an implementation can make at once. Caches of earlier calls are the only results they use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import CACHES, Function
from rnn_reference.implementations.values import Handle
from rnn_reference.problems.problem import Problem

Call = tuple[str, tuple[Any, ...]]
"""A function's name and its arguments."""

LAST, LAST_BUT_ONE = Handle(-1), Handle(-2)
"""Placeholders for a cache in a question: of the latest forward call, and of the call before that."""


def names_a_cache(argument: Any) -> bool:
    """True if the argument is LAST or LAST_BUT_ONE."""
    return isinstance(argument, Handle) and argument.number < 0


@dataclass(frozen=True, eq=False)
class Question:
    """Calls to make in this order. Without ``copy``, the calls get the arguments themselves and may modify them.

    With ``read_only`` they may not. With ``in_place`` a later call of a function gets the arrays of the first one, with
    other values. With ``late`` the results are read after the last call, and not after their own.
    """

    calls: Sequence[Call]
    copy: bool = True
    read_only: bool = False
    in_place: bool = False
    late: bool = False

    @property
    def functions(self) -> list[str]:
        """The name of the function of each call."""
        return [name for name, _ in self.calls]

    @property
    def handles(self) -> list[Handle]:
        """The caches among the arguments, except those of its own calls."""
        arguments = [one for _, arguments in self.calls for one in arguments]
        return [one for one in arguments if isinstance(one, Handle) and not names_a_cache(one)]


def repeated(function: Function, *several: tuple[Any, ...], copy: bool = True) -> Question:
    """Returns the question that calls one function with each of several tuples of arguments."""
    return Question([(function.name, arguments) for arguments in several], copy)


def backward_call(function: Function, cotangents: Mapping[str, Array], cache: Any = LAST) -> Call:
    """Returns a call of a backward function with cotangents, by name, and a cache."""
    cache_name = next(name for name in function.arguments if name in CACHES)
    return function.name, function.ordered({**cotangents, cache_name: cache})


def forward_backward(
    forward: Function, inputs: tuple[Any, ...], *cotangents: Mapping[str, Array], copy: bool = True
) -> Question:
    """Returns a forward call, and for each ``cotangents`` a call of its backward function with the cache."""
    backward = forward.partner
    return Question([(forward.name, inputs), *(backward_call(backward, each) for each in cotangents)], copy)


def through_time(problem: Problem) -> Question:
    """A call of the forward function of the sequence, and one of its backward function."""
    return forward_backward(problem.cell.forward, problem.inputs, problem.cotangents_of(problem.cell.backward))


def through_a_step(problem: Problem) -> Question:
    """The same for a step, at the problem's first one."""
    return forward_backward(problem.cell.cell_forward, problem.step, problem.cotangents_of(problem.cell.cell_backward))
