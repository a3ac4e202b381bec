"""The RNN and LSTM operators of onnxruntime, on the CPU: float32, forward only.

Needs onnxruntime and onnx. Tanh and softmax are its operators with these names. MatMul, Add and Softmax after the node
compute the predictions.
"""

import onnx
import onnxruntime

from rnn_reference.implementations.adapters.shared.onnx_model import LSTMNetwork, RNNNetwork, Run, function

dtype = "float32"
"""The RNN and LSTM operators of onnxruntime have no float64 kernel."""


def runner(model: onnx.ModelProto) -> Run:
    """Returns a function that runs the model: without log output, and in one thread, because the problems are small."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda given: list(session.run(None, dict(given)))


rnn_forward = RNNNetwork(runner, dtype).rnn_forward
lstm_forward = LSTMNetwork(runner, dtype).lstm_forward
tanh_forward = function(runner, "Tanh")
softmax_forward = function(runner, "Softmax", axis=0)
