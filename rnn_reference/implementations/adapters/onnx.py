"""RNN and LSTM of onnx's own evaluator, which is written in numpy and defines what a model means: forward only.

Needs onnx. Tanh and softmax are its operators with these names. MatMul, Add and Softmax after the node compute the
predictions. The evaluator computes in the dtype of its inputs; the suite uses float64. Older evaluators return no ``c``
of an LSTM (onnx 1.17): then ``lstm_forward`` is not offered.
"""

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from rnn_reference.implementations.adapters.shared.onnx_model import LSTMNetwork, RNNNetwork, Run, function
from rnn_reference.implementations.adapters.shared.weights import LSTM

dtype = "float64"


def runner(model: onnx.ModelProto) -> Run:
    """Returns a function that evaluates the model node by node."""
    evaluator = ReferenceEvaluator(model)
    return lambda given: list(evaluator.run(None, dict(given)))


def _returns_c() -> bool:
    one = np.ones((1, 1))
    parameters = {name: np.ones(LSTM.shape(name, {"n_x": 1, "n_a": 1, "n_y": 1})) for name in LSTM.parameters}
    try:
        LSTMNetwork(runner, dtype, head=False).lstm_forward(one[None], one, parameters, one)
    except Exception:
        return False
    return True


rnn_forward = RNNNetwork(runner, dtype).rnn_forward
tanh_forward = function(runner, "Tanh")
softmax_forward = function(runner, "Softmax", axis=0)
if _returns_c():
    lstm_forward = LSTMNetwork(runner, dtype).lstm_forward
