"""Their network as a runner: forward as it was read, and backward by what its backward function takes.

That may be the gradients of the states, the gradient of the last scores, or the targets of a loss. The last two are
asked with weights of the scores that make any gradient of the states of them. A graph of torch needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.head import softmax_forward
from rnn_reference.implementations.roles.calls import Call
from rnn_reference.implementations.roles.containers import Container
from rnn_reference.implementations.roles.forms import handed
from rnn_reference.implementations.roles.gradients import OBJECT, RESULT, Gradients, gradients_in
from rnn_reference.implementations.roles.graph import Leaves, gradients_of_graph
from rnn_reference.implementations.roles.making import step_of
from rnn_reference.implementations.roles.running import (
    Handing,
    Parameters,
    Ran,
    Raw,
    forward_raw,
    states_of,
)  # fmt: skip
from rnn_reference.implementations.roles.slots import slots_of
from rnn_reference.implementations.roles.states import Found

SMALL = 2.0**-60
"""The largest gradient through a loss, before it is scaled back: exactly, far below any limit of a clip."""


@dataclass(frozen=True)
class Backward:
    """How their backward function is called, and where its gradients are. ``mean``: they are divided by this size.

    Without a call, the forward function returns the gradients of its loss.
    """

    call: Call | None
    gradients: Gradients | None = None
    mean: str = ""


@dataclass(frozen=True)
class Core:
    """Their network, as it was read.

    ``last``: only the last state comes back. ``scores``: its predictions are those before softmax. ``graph``: its
    gradients are those of torch.
    """

    container: Container
    call: Call
    handing: Handing
    states: Found
    last: bool = False
    predictions: Found | None = None
    scores: bool = False
    backward: Backward | None = None
    graph: bool = False

    def __call__(self, x: Array, a0: Array, parameters: Parameters) -> Ran:
        """Runs it once."""
        raw = self.raw(x, a0, parameters)
        back = None
        if self.graph or self.backward:

            def back(da: Array) -> dict[str, Array]:
                return self._back(raw, x, a0, parameters, da)

        return Ran(self.states_in(raw, x), self._predictions(raw, x), back)

    def raw(self, x: Array, a0: Array, parameters: Parameters) -> Raw:
        """Returns one call of their forward function."""
        return forward_raw(self.container, self.call, self.handing, x, a0, parameters)

    def states_in(self, raw: Raw, x: Array) -> Array:
        """Returns the states of a call; those that do not come back are NaN."""
        a = states_of(raw, self.states, x.shape[1])
        if not self.last:
            return a
        return _only_last(a, x.shape[2])

    def _predictions(self, raw: Raw, x: Array) -> Array | None:
        if self.predictions is None:
            return None
        y = states_of(raw, self.predictions, x.shape[1])
        y = softmax_forward(y) if self.scores else y
        return _only_last(y, x.shape[2]) if self.last else y

    def _back(self, raw: Raw, x: Array, a0: Array, parameters: Parameters, da: Array) -> dict[str, Array]:
        if self.graph:
            return gradients_of_graph(
                raw, Leaves(self.container.weights.places, self.handing, self.states, self.last), da
            )
        assert self.backward is not None and self.backward.gradients is not None
        raw = self.raw(x, a0, parameters)  # an object of its own: many add up their gradients, or use up their states
        if self.last:  # the states of earlier steps are those of shorter runs
            da = np.where(np.arange(da.shape[2]) == da.shape[2] - 1, da, 0.0)
        found, scale = self.backward_source(raw, x, a0, parameters, da)
        gradients = self.backward.gradients.read(found, len(a0), x.shape[1])
        size = {"m": x.shape[1], "T_x": x.shape[-1]}.get(self.backward.mean, 1)
        scaled = {name: value / scale for name, value in gradients.items()}
        return {n: value * (size if n.startswith("dW") or n == "dba" else 1) for n, value in scaled.items()}

    def backward_source(
        self, raw: Raw, x: Array, a0: Array, parameters: Parameters, da: Array
    ) -> tuple[dict[str, Any], float]:
        """Returns what a call of their backward function returned and left, and the scale of its gradients."""
        assert self.backward is not None
        given, scale = (self.backward.call or self.call).given, 1.0
        if {"targets", "dy"} & given:
            scale = SMALL * 2.0 ** -np.ceil(np.log2(np.abs(da).max(initial=0.0) or 1.0))
            raw = self.raw(x, a0, {**parameters, **self._head_for(given, scale * da)})
        before = {slot.path: np.array(slot.array) for slot in slots_of(raw.net)}
        size = min(map(step_of, (value.dtype for value in before.values())), default=1.0)
        returned = raw.source["result"]
        if self.backward.call:
            asked = self._asked(given, raw, scale * da) | {"rate": size / scale}
            returned = self.backward.call(raw.net, {**raw.given, **asked})
        after = {slot.path: slot.array for slot in slots_of(raw.net)}
        places = [place.path for place in self.container.weights.places]
        changes = {path: (before[path] - after[path]) * (scale / size) for path in places}
        shapes = {path: before[path].shape for path in places}
        return {RESULT: returned, OBJECT: raw.net, "changes": changes, "shapes": shapes}, scale

    def _head_for(self, given: set[str], da: Array) -> dict[str, Array]:
        """Returns the weights of the scores with which a backward function can be asked for ``da``."""
        if "targets" in given:
            return _head_of_loss(da)
        return {"Wya": np.eye(len(da)), "by": np.zeros((len(da), 1))}

    def _asked(self, given: set[str], raw: Raw, da: Array) -> dict[str, Any]:
        """Returns the arguments of a backward function by meaning, beside those of the forward function."""
        asked: dict[str, Any] = {f"returned {i}": part for i, part in enumerate(_parts(raw.source["result"]))}
        if "dy" in given:
            asked["dy"] = self._of_scores(da)
        elif "dh" in given or "targets" not in given:
            asked["dh"] = handed(da, f"T,{self.states.form}" if self.states.listed else self.states.form)
        if "h after" in given:
            asked["h after"] = self.states.raw(raw.source)[0]
        return asked

    def _of_scores(self, da: Array) -> Any:
        """Returns gradients of scores that are the states themselves: of all steps, or of the last."""
        if self.predictions is None or self.last:
            return handed(da[:, :, -1] if da.ndim == 3 else da, self.states.form.replace("T", ""))
        return handed(da, f"T,{self.predictions.form}" if self.predictions.listed else self.predictions.form)

    def with_gradients(self, source: Mapping[str, Any], n_x: int, da: Array) -> Core | None:
        """Returns the core with the places of its gradients; None if a backward pass left none of a weight."""
        assert self.backward is not None
        places = self.container.weights.places
        changed = [p for p in places if p.role not in ("Wya", "by") and np.any(source["changes"][p.path])]
        if changed:
            gradients = Gradients({p: ("changes", p.path) for p in places if p.role != "ba2"}, updates=True)
        else:
            sizes = {"n_x": n_x, "n_a": len(da), "m": da.shape[1], **({"T": da.shape[2]} if da.ndim == 3 else {})}
            known = (self.states.path,) if self.backward.call is None else ()
            gradients = gradients_in(source, self.container.weights, [p.path for p in places], sizes, known)
        if not any(role in ("Wax", "Waa", "[h, x]", "[x, h]") for role in (p.role for p in gradients.weights)):
            return None
        return replace(self, backward=replace(self.backward, gradients=gradients))


def _only_last(values: Array, steps: int) -> Array:
    """Returns values of all steps, of which only the last are known: ``values`` has those, or all steps."""
    padded = np.full((*values.shape[:2], steps), np.nan)
    padded[:, :, -1] = values[..., -1] if values.ndim == 3 else values
    return padded


def _parts(returned: Any) -> list[Any]:
    return list(returned) if isinstance(returned, tuple | list) else [returned]


def _head_of_loss(da: Array) -> dict[str, Array]:
    """Returns weights of the scores with which the gradient of the loss of a state is ``da``, for one column.

    The targets are the second half of the words. All scores are so small that the probabilities are equal; the weights
    of the first half are the negative of those of the second, so that the mean of all weights is zero.
    """
    rows = da[:, 0].T
    return {"Wya": np.concatenate([rows, -rows]), "by": np.zeros((2 * len(rows), 1))}
