"""Who stands beside whom in the table of the time-step loop."""

from limit import Limit
from loops import Loop, OwnLayout, Reference, Stepwise
from loops_forward_only import KerasNumpy, OnnxReference, OnnxRuntime
from loops_with_gradients import Jax, Torch

COLUMNS: dict[str, type[Loop]] = {
    "limit": Limit,  # first: the others' share of it is known when they are timed
    "reference": Reference,
    "own-layout": OwnLayout,
    "stepwise": Stepwise,
    "torch": Torch,
    "jax": Jax,
    "onnxruntime": OnnxRuntime,
    "onnx-evaluator": OnnxReference,
    "keras-numpy": KerasNumpy,
}
