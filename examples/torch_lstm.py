"""A torch layer of one's own with nn.LSTM's interface and torch's names for its weights.

python -m rnn_reference examples/torch_lstm.py:MyLSTM
"""

import torch


class MyLSTM(torch.nn.Module):
    def __init__(self, input_size, hidden_size, batch_first=True):
        super().__init__()
        self.batch_first = batch_first
        self.weight_ih = torch.nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh = torch.nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias_ih = torch.nn.Parameter(torch.empty(4 * hidden_size))
        self.bias_hh = torch.nn.Parameter(torch.empty(4 * hidden_size))
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -0.1, 0.1)

    def forward(self, x, state):
        h, c = state[0][0], state[1][0]
        states = []
        for xt in x.transpose(0, 1) if self.batch_first else x:
            z = xt @ self.weight_ih.T + self.bias_ih + h @ self.weight_hh.T + self.bias_hh
            i, f, g, o = z.chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            states.append(h)
        return torch.stack(states, dim=1 if self.batch_first else 0), (h[None], c[None])


layer = torch.nn.LSTM(10, 20)
