"""onnx's own evaluator leaves the clip of an RNN node out: one unit, one step, x = 3, clip = 0.5.

    python examples/onnx_clip.py

Needs onnx, and onnxruntime to compare. What it prints is in docs/generated/matrix.md.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

given = {"X": np.full((1, 1, 1), 3, np.float32), "W": np.ones((1, 1, 1), np.float32), "R": np.zeros((1, 1, 1), "f")}
inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape) for name, array in given.items()]
output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, (1, 1, 1, 1))
node = helper.make_node("RNN", list(given), ["Y"], hidden_size=1, clip=0.5)
graph = helper.make_graph([node], "clip", inputs, [output])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)

print(f"an RNN node with clip = 0.5 is to give tanh(0.5) = {np.tanh(0.5):.4f} for x = 3:", end=" ")
print(f"onnx {onnx.__version__}'s evaluator gives {ReferenceEvaluator(model).run(None, given)[0].item():.4f},", end=" ")
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
print(f"onnxruntime {onnxruntime.__version__} {session.run(None, given)[0].item():.4f}")
