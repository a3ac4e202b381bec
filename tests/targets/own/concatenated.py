"""A cell with one weight for the state and the input, and a loop around it that keeps the initial state."""

import numpy as np


class RNNCell:
    def __init__(self, i, h, o):
        self.Wh = np.random.normal(size=(i + h, h))
        self.Wy = np.random.normal(size=(h, o))
        self.bh = np.zeros((1, h))
        self.by = np.zeros((1, o))

    def forward(self, h_prev, x_t):
        h_next = np.tanh(np.concatenate((h_prev, x_t), axis=1) @ self.Wh + self.bh)
        y = h_next @ self.Wy + self.by
        y = np.exp(y) / np.sum(np.exp(y), axis=1, keepdims=True)
        return h_next, y


def rnn(rnn_cell, X, h_0):
    t, m, i = X.shape
    H = np.zeros((t + 1, m, h_0.shape[1]))
    H[0] = h_0
    Y = []
    for step in range(t):
        H[step + 1], y = rnn_cell.forward(H[step], X[step])
        Y.append(y)
    return H, np.array(Y)
