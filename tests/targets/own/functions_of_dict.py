"""Functions of a dict of parameters, as people of jax write them, here in numpy: one step, and a loop over it."""

import numpy as np


def init_params(input_dim, hidden_dim, output_dim):
    return {
        "Wxh": np.random.randn(hidden_dim, input_dim) * 0.1,
        "Whh": np.random.randn(hidden_dim, hidden_dim) * 0.1,
        "Why": np.random.randn(output_dim, hidden_dim),
        "bh": np.zeros((hidden_dim, 1)),
        "by": np.zeros((output_dim, 1)),
    }


def rnn_step(params, x, h):
    h = np.tanh(params["Wxh"] @ x + params["Whh"] @ h + params["bh"])
    return h, params["Why"] @ h + params["by"]


def forward(params, xs, h0):
    hs, ys = [], []
    h = h0
    for x in xs:
        h, y = rnn_step(params, x, h)
        hs.append(h)
        ys.append(y)
    return hs, ys
