"""How to plug in a layer of your own: a class with the functions that it has a place for, here a torch cell.

python -m rnn_reference examples/torch_layer.py:MyCell
"""

import torch


class MyCell:
    """Three lines of torch behind the API's names; what is left out (here the loop) is not offered, and not judged."""

    def rnn_cell_forward(self, xt, a_prev, parameters):
        p = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
        xt, a_prev = torch.tensor(xt, requires_grad=True), torch.tensor(a_prev, requires_grad=True)
        a_next = torch.tanh(p["Waa"] @ a_prev + p["Wax"] @ xt + p["ba"])
        yt_pred = torch.softmax(p["Wya"] @ a_next + p["by"], dim=0)
        return a_next.detach(), yt_pred.detach(), (a_next, [xt, a_prev, p["Wax"], p["Waa"], p["ba"]])

    def rnn_cell_backward(self, da_next, cache):
        a_next, leaves = cache
        gradients = torch.autograd.grad(a_next, leaves, torch.tensor(da_next), retain_graph=True)
        return dict(zip(["dxt", "da_prev", "dWax", "dWaa", "dba"], gradients, strict=True))
