"""The affine maps of a cell's equations: ``z = W1 u1 + W2 u2 + ... + b``, each with a name.

The equations call a map by its name, with its operands. The caller of the equations chooses the arithmetic: plain
arithmetic (here), disturbed arithmetic (``stochastic``), or arithmetic with a mistake (``faults``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_reference.arrays import Array


@dataclass(frozen=True)
class Map:
    """One affine map: its weights, the operands of each weight, and its bias.

    ``weights`` maps the name of a parameter to the names of its operands. Several operands are stacked, as in
    ``Wf [a_prev; xt]``. ``bias`` is the name of a parameter.
    """

    weights: Mapping[str, tuple[str, ...]]
    bias: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the weights and of the bias."""
        return (*self.weights, self.bias)

    def reads(self, operand: str) -> bool:
        """True if a weight of the map multiplies the operand."""
        return any(operand in operands for operands in self.weights.values())


class Affine:
    """The maps with given parameters, in plain arithmetic, forward and backward.

    The object keeps the operands of each forward call, the ``dz`` of each backward call, and the latest result of each
    map. The gradient of a weight is then one product over all steps. Arrays are ``(..., rows, columns)``.
    """

    def __init__(self, maps: Mapping[str, Map], parameters: Mapping[str, Array]) -> None:
        self.maps, self.parameters = maps, parameters
        self.operands: dict[str, list[Mapping[str, Any]]] = {name: [] for name in maps}
        self.dz: dict[str, list[Any]] = {name: [] for name in maps}
        self.results: dict[str, Any] = {}

    def __call__(self, name: str, /, **operands: Any) -> Any:
        """Returns ``z`` of the map with this name."""
        self.operands[name].append(operands)
        terms = [self.product(W, self.stacked(operands, of)) for W, of in self.maps[name].weights.items()]
        self.results[name] = self.summed(terms, self.bias(self.maps[name].bias))
        return self.results[name]

    def remember(self, operands: Mapping[str, Any]) -> None:
        """Keep the operands of a step whose results are already known. ``operands`` has those of all maps."""
        for name, of in self.maps.items():
            used = [operand for names in of.weights.values() for operand in names]
            self.operands[name].append({operand: operands[operand] for operand in used})

    def product(self, weight: str, operand: Any) -> Any:
        """Returns ``W u``, one term of a map."""
        return self.parameters[weight] @ operand

    def bias(self, name: str) -> Any:
        """Returns the bias that is added."""
        return self.parameters[name]

    def summed(self, terms: Sequence[Any], bias: Any) -> Any:
        """Returns the sum of the terms and the bias of a map."""
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total + bias

    def stacked(self, operands: Mapping[str, Any], names: tuple[str, ...]) -> Any:
        """Returns the operand of one weight: one array, or several arrays stacked."""
        return operands[names[0]] if len(names) == 1 else np.concatenate([operands[n] for n in names], axis=-2)

    def back(self, name: str, dz: Any) -> dict[str, Any]:
        """Returns the gradient of each operand of a map, by name; ``dz`` is the gradient of its result."""
        self.dz[name].append(dz)
        found: dict[str, Any] = {}
        for weight, names in self.maps[name].weights.items():
            whole = self.transposed_product(weight, dz)
            for operand, part in zip(names, self._parts(name, whole, names), strict=True):
                found[operand] = found[operand] + part if operand in found else part
        return found

    def _parts(self, name: str, whole: Any, names: tuple[str, ...]) -> list[Any]:
        """Returns the rows of each stacked operand."""
        if len(names) == 1:
            return [whole]
        ends = np.cumsum([self.operands[name][0][operand].shape[-2] for operand in names])
        return [whole[..., start:end, :] for start, end in zip([0, *ends], ends, strict=False)]

    def transposed_product(self, weight: str, dz: Any) -> Any:
        """Returns ``W^T dz``."""
        return self.parameters[weight].T @ dz

    def gradients(self) -> dict[str, Any]:
        """Returns the gradient of every weight and bias that was used, summed over columns and steps."""
        found: dict[str, Any] = {}
        for name, of_steps in self.dz.items():
            if of_steps:
                steps = self.operands[name][: len(of_steps)]
                dz = self.side_by_side(of_steps[::-1])
                for weight, names in self.maps[name].weights.items():
                    operand = self.side_by_side([self.stacked(operands, names) for operands in steps])
                    found[f"d{weight}"] = self.outer_product(dz, operand)
                found[f"d{self.maps[name].bias}"] = self.row_sums(dz)
        return found

    def side_by_side(self, steps: Sequence[Any]) -> Any:
        """Returns the columns of all steps in one array."""
        return steps[0] if len(steps) == 1 else np.concatenate(steps, axis=-1)

    def outer_product(self, dz: Any, operand: Any) -> Any:
        """Returns ``dz u^T``, the gradient of a weight."""
        return dz @ operand.swapaxes(-1, -2)

    def row_sums(self, dz: Any) -> Any:
        """Returns the gradient of a bias, ``(rows, 1)``."""
        return dz.sum(axis=-1, keepdims=True)
