"""The RNN operator of onnxruntime, on the CPU: float32, forward only.

Needs onnxruntime and onnx. Tanh and softmax are its operators of these names; the predictions are by MatMul, Add and
Softmax behind the RNN node.
"""

import onnx
import onnxruntime

from rnn_reference.implementations.adapters.shared.onnx_model import Network, Run, function

dtype = "float32"
"""Its RNN has no kernel for float64."""


def runner(model: onnx.ModelProto) -> Run:
    """The model as a session: silent, and on one thread, for the problems are small."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda given: list(session.run(None, dict(given)))


rnn_forward = Network(runner, dtype).rnn_forward
tanh_forward = function(runner, "Tanh")
softmax_forward = function(runner, "Softmax", axis=0)
