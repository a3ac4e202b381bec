"""cuDNN's recurrent layer on a GPU, through torch.nn.RNN, in three precisions.

    python -m rnn_reference examples/torch_cuda.py:Float64      # or :Float32, :TF32

Needs torch and a CUDA device; what the suite said of one is in docs/explained/gpu.md.
"""

import numpy as np
import torch


class Float64:
    """torch.nn.RNN on the device; predictions by a linear layer beside it."""

    dtype, tf32 = "float64", False

    def tensor(self, array):
        return torch.tensor(np.ascontiguousarray(array), device="cuda")

    def rnn_forward(self, x, a0, parameters):
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = self.tf32
        p = {name: self.tensor(value) for name, value in parameters.items()}
        layer = torch.nn.RNN(x.shape[0], a0.shape[0], dtype=p["ba"].dtype, device="cuda")
        with torch.no_grad():
            given = (p["Wax"], p["Waa"], p["ba"][:, 0], 0 * p["ba"][:, 0])
            for own, value in zip(layer.parameters(), given, strict=True):
                own.copy_(value)
        x_leaf = self.tensor(x.transpose(2, 1, 0)).requires_grad_()
        a0_leaf = self.tensor(a0.T[None]).requires_grad_()
        a, _ = layer(x_leaf, a0_leaf)
        scores = a.detach() @ p["Wya"].T + p["by"][:, 0]
        leaves = [x_leaf, a0_leaf, layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0]
        states, predictions = a.detach().cpu().numpy(), torch.softmax(scores, dim=-1).cpu().numpy()
        return states.transpose(2, 1, 0), predictions.transpose(2, 1, 0), (a, leaves)

    def rnn_backward(self, da, caches):
        a, leaves = caches
        found = torch.autograd.grad(a, leaves, self.tensor(da.transpose(2, 1, 0)), retain_graph=True)
        dx, da0, dWax, dWaa, dba = (gradient.cpu().numpy() for gradient in found)
        return {"dx": dx.transpose(2, 1, 0), "da0": da0[0].T, "dWax": dWax, "dWaa": dWaa, "dba": dba[:, None]}


class Float32(Float64):
    """The same in float32, its products in float32 as well."""

    dtype = "float32"


class TF32(Float32):
    """The same in float32 with TF32 products, as torch lets cuDNN have them by default."""

    tf32 = True
