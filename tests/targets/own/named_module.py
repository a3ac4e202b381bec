"""A module of torch with the names of the papers, batch first, that starts from zeros."""

import torch
from torch import nn


class VanillaRNN(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.hidden_dim = hidden_dim
        self.Wxh = nn.Parameter(torch.randn(hidden_dim, input_dim))
        self.Whh = nn.Parameter(torch.randn(hidden_dim, hidden_dim))
        self.bh = nn.Parameter(torch.zeros(hidden_dim, 1))

    def forward(self, x):
        h = torch.zeros(self.hidden_dim, x.size(0), dtype=x.dtype)
        states = []
        for t in range(x.size(1)):
            h = torch.tanh(self.Wxh @ x[:, t].t() + self.Whh @ h + self.bh)
            states.append(h.t())
        return torch.stack(states, dim=1)
