"""Calls a function of theirs with what its arguments mean: the input, the state, the object, targets, a rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rnn_reference.implementations.roles.making import arguments_of
from rnn_reference.implementations.roles.names import (
    COTANGENT,
    INPUT,
    NETWORK,
    PARAMETERS,
    RATE,
    SCORES_GRADIENT,
    STATE,
    STATE_AFTER,
    TARGETS,
    plain,
)  # fmt: skip

FORWARD_ROLES = {"net": NETWORK, "parameters": PARAMETERS, "x": INPUT, "h": STATE, "targets": TARGETS}
"""What an argument of a forward function may be, by its name."""

BACKWARD_ROLES = {
    "dh": COTANGENT, "dy": SCORES_GRADIENT, "rate": RATE, "net": NETWORK, "parameters": PARAMETERS,
    "h after": STATE_AFTER, "x": (*INPUT, "hprevl"), "targets": TARGETS, "h": STATE,
}  # fmt: skip
"""What an argument of a backward function may be, by its name."""


@dataclass(frozen=True)
class Call:
    """A function of theirs, and the meaning of each argument that is passed, by the argument's name.

    ``function`` gets it from the object, and ``own`` is that of one object.
    """

    function: Callable[[Any], Callable[..., Any]]
    name: str
    meanings: Mapping[str, str]
    own: Any = None

    @property
    def given(self) -> set[str]:
        """What it is given: ``x``, ``h``, ``targets`` ..."""
        return set(self.meanings.values())

    @property
    def of_scores(self) -> Call | None:
        """The same call with gradients of the scores where it may take those of the states; None if it takes none."""
        turned = {name: "dy" if meaning == "dh" else meaning for name, meaning in self.meanings.items()}
        return replace(self, meanings=turned) if turned != dict(self.meanings) else None

    def __call__(self, net: Any, values: Mapping[str, Any]) -> Any:
        """Returns the result for values by meaning. ``net`` is the object, None for a function."""
        function = self.function(net)
        given = {argument: net if meaning == "net" else values[meaning] for argument, meaning in self.meanings.items()}
        own = {one.name: one for one in arguments_of(function)}
        by_order = [value for argument, value in given.items() if own[argument].kind is not own[argument].KEYWORD_ONLY]
        if len(by_order) == len(given) and [*own][: len(given)] == [*given]:
            return function(*by_order)
        return function(**given)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.meanings)})"


def forward_call(function: Callable[..., Any], get: Callable[[Any], Callable[..., Any]], name: str) -> Call | None:
    """Returns the call of a forward function; None if an argument has no meaning.

    The first argument without a name of the field is the input, the second the state.
    """
    meanings: dict[str, str] = {}
    for one in arguments_of(function):
        required = one.default is one.empty
        meaning = _meaning(one.name, FORWARD_ROLES, meanings.values())
        if not meaning and required:
            meaning = next((role for role in ("x", "h") if role not in meanings.values()), "")
        if required and not meaning:
            return None
        if required or meaning == "h":
            meanings[one.name] = meaning
    return Call(get, name, meanings, function) if "x" in meanings.values() else None


def backward_call(
    function: Callable[..., Any], get: Callable[[Any], Callable[..., Any]], name: str, returned: int
) -> Call | None:
    """Returns the call of a backward function; None if an argument has no meaning.

    ``returned`` is the number of results of the forward function: a backward function may take them, in order, before
    the targets or the gradient.
    """
    required = [one for one in arguments_of(function) if one.default is one.empty]
    if returned > 1 and len(required) == returned + 1:
        last = _meaning(required[-1].name, BACKWARD_ROLES, ()) or "targets"
        names = [one.name for one in required]
        return Call(get, name, {**{n: f"returned {i}" for i, n in enumerate(names[:-1])}, names[-1]: last}, function)
    meanings: dict[str, str] = {}
    for one in arguments_of(function):
        meaning = _meaning(one.name, BACKWARD_ROLES, meanings.values())
        needed = one.default is one.empty
        if not meaning and needed and not meanings:
            meaning = "dh"
        if needed and not meaning:
            return None
        if needed or meaning == "rate":
            meanings[one.name] = meaning
    return Call(get, name, meanings, function) if {"dh", "dy", "targets"} & set(meanings.values()) else None


def _meaning(name: str, roles: Mapping[str, Sequence[str]], taken: Any) -> str:
    return next((role for role, names in roles.items() if plain(name) in names and role not in taken), "")
