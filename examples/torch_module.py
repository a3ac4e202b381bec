"""A torch layer of one's own with nn.RNN's interface and torch's names for its weights.

python -m rnn_reference examples/torch_module.py:MyRNN
"""

import torch


class MyRNN(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.weight_ih = torch.nn.Parameter(torch.empty(hidden_size, input_size))
        self.weight_hh = torch.nn.Parameter(torch.empty(hidden_size, hidden_size))
        self.bias_ih = torch.nn.Parameter(torch.empty(hidden_size))
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -0.1, 0.1)

    def forward(self, x, h0):
        h, states = h0[0], []
        for xt in x:
            h = torch.tanh(xt @ self.weight_ih.T + h @ self.weight_hh.T + self.bias_ih)
            states.append(h)
        return torch.stack(states), h[None]


layer = torch.nn.RNN(10, 20, batch_first=True)
