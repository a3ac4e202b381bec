"""The RNN operator of onnx's own evaluator, which is written in numpy and defines what a model means: forward only.

Needs onnx. Tanh and softmax are its operators of these names; the predictions are by MatMul, Add and Softmax behind the
RNN node. It computes in the dtype it is given; the suite gives it float64.
"""

import onnx
from onnx.reference import ReferenceEvaluator

from rnn_reference.implementations.adapters.shared.onnx_model import Network, Run, function

dtype = "float64"


def runner(model: onnx.ModelProto) -> Run:
    """The model, evaluated node by node."""
    evaluator = ReferenceEvaluator(model)
    return lambda given: list(evaluator.run(None, dict(given)))


rnn_forward = Network(runner, dtype).rnn_forward
tanh_forward = function(runner, "Tanh")
softmax_forward = function(runner, "Softmax", axis=0)
