"""The competitors of the time-step loop: the columns of the table."""

from benchmarks.limit import Limit
from benchmarks.loops import Loop, OwnLayout, Reference, Stepwise
from benchmarks.loops_forward_only import KerasNumpy, OnnxReference, OnnxRuntime
from benchmarks.loops_with_gradients import Jax, Torch

COMPETITORS: dict[str, type[Loop]] = {
    "limit": Limit,  # first, since the others are reported as shares of it
    "reference": Reference,
    "own-layout": OwnLayout,
    "stepwise": Stepwise,
    "torch": Torch,
    "jax": Jax,
    "onnxruntime": OnnxRuntime,
    "onnx-evaluator": OnnxReference,
    "keras-numpy": KerasNumpy,
}
