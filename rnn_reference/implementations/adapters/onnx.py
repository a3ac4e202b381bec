"""The RNN operator of onnx's own evaluator, which is written in numpy and defines what a model means: forward only.

Needs onnx. Tanh and softmax are its operators with these names. MatMul, Add and Softmax after the RNN node compute the
predictions. The evaluator computes in the dtype of its inputs; the suite uses float64.
"""

import onnx
from onnx.reference import ReferenceEvaluator

from rnn_reference.implementations.adapters.shared.onnx_model import Network, Run, function

dtype = "float64"


def runner(model: onnx.ModelProto) -> Run:
    """Returns a function that evaluates the model node by node."""
    evaluator = ReferenceEvaluator(model)
    return lambda given: list(evaluator.run(None, dict(given)))


rnn_forward = Network(runner, dtype).rnn_forward
tanh_forward = function(runner, "Tanh")
softmax_forward = function(runner, "Softmax", axis=0)
