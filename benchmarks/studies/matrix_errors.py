"""Prints version and worst error of one adapter in one precision as JSON.

python -m benchmarks.studies.matrix_errors TARGET DTYPE
"""

import json
import sys
from importlib.metadata import version

import numpy as np

from rnn_reference import __version__, rnn_backward, rnn_forward
from rnn_reference.arrays import Array
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.loading.find import load
from rnn_reference.paths import golden_folder
from rnn_reference.problems.golden import Certified, read_certified

GRADIENTS = ("dx", "da0", "dWax", "dWaa", "dba")


def right(case: Certified, dtype: str) -> tuple[tuple[Array, Array, dict[str, Array]], Array, dict[str, Array]]:
    """Return inputs, cotangent and right results: certified, or in float64 at inputs rounded to float32."""
    if dtype == "float64":
        return case.problem.inputs, case.problem.da, case.arrays
    x, a0, da = (np.asarray(array, dtype).astype(float) for array in (*case.problem.inputs[:2], case.problem.da))
    parameters = {name: array.astype(dtype).astype(float) for name, array in case.problem.parameters.items()}
    a, _, caches = rnn_forward(x, a0, parameters)
    return (x, a0, parameters), da, {"a": a, **rnn_backward(da, caches)}


def errors(implementation: Implementation, dtype: str) -> dict[str, str]:
    """Return the worst errors of the states and of the gradients, each with its case."""
    states, gradients = [], []
    for name, case in read_certified(golden_folder() / "certified.json").items():
        inputs, da, exact = right(case, dtype)
        a, _, caches = implementation.rnn_forward(*inputs)
        states.append((_units(a, exact["a"], dtype), name))
        if implementation.offers("rnn_backward"):
            got = implementation.rnn_backward(da, caches)
            gradients += [(_units(got[tensor], exact[tensor], dtype), name) for tensor in GRADIENTS]
    return {"states": _worst(states), "gradients": _worst(gradients)}


def _units(got: Array, exact: Array, dtype: str) -> float:
    return float(abs(got.astype(float) - exact).max() / np.spacing(abs(exact).max().astype(dtype)).astype(float))


def versions(target: str) -> str:
    """Return the name and version, with the backend of keras."""
    if target in ("reference", "stepwise"):
        return f"{target} {__version__}, numpy {version('numpy')}"
    if target != "keras":
        package, _, variant = target.partition("-")
        return f"{package} {version(package)}{variant and f' {variant}'}"
    from rnn_reference.implementations.adapters.shared.keras_backend import keras

    backend = keras.backend.backend()
    return f"keras {version('keras')} on {backend} {version(backend)}"


def _worst(found: list[tuple[float, str]]) -> str:
    if not found:
        return "-"
    error, case = max(found)
    return f"{error:.1f} ({case})" if error < 1e4 else f"{error:.0e} ({case})"


def main() -> None:
    """Print the cells of one row."""
    target, dtype = sys.argv[1:]
    implementation = load(target)
    implementation.set_dtype(dtype)
    found = {"version": versions(target), "states": "-", "gradients": "-"}
    try:
        found |= errors(implementation, dtype)
    except Exception as error:  # the report of the suite says more
        print(error, file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
