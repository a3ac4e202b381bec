"""A class with scores at each step; its backward pass takes their gradients, and starts from zeros."""

import numpy as np


class VanillaRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.Wx = np.random.randn(input_size, hidden_size) * 0.01
        self.Wh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.b = np.zeros(hidden_size)
        self.Wy = np.random.randn(hidden_size, output_size) * 0.01
        self.by = np.zeros(output_size)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        batch, seq_len, _ = x.shape
        h = np.zeros((batch, self.hidden_size))
        self.x = x
        self.hs = {-1: h}
        ys = np.zeros((batch, seq_len, self.by.shape[0]))
        for t in range(seq_len):
            h = np.tanh(x[:, t] @ self.Wx + h @ self.Wh + self.b)
            self.hs[t] = h
            ys[:, t] = h @ self.Wy + self.by
        return ys

    def backward(self, dy):
        dWx, dWh, db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.b)
        dWy, dby = np.zeros_like(self.Wy), np.zeros_like(self.by)
        dh_next = np.zeros_like(self.hs[0])
        for t in reversed(range(dy.shape[1])):
            dWy += self.hs[t].T @ dy[:, t]
            dby += dy[:, t].sum(0)
            dh = dy[:, t] @ self.Wy.T + dh_next
            dz = dh * (1 - self.hs[t] ** 2)
            dWx += self.x[:, t].T @ dz
            dWh += self.hs[t - 1].T @ dz
            db += dz.sum(0)
            dh_next = dz @ self.Wh.T
        return dWx, dWh, db, dWy, dby
