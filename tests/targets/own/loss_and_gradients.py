"""The model of characters as a class: one method returns the loss, the gradients in a dict, and the last state."""

import numpy as np


class RNNModel:
    def __init__(self, vocab_size, hidden_size=100, seq_length=25, learning_rate=1e-1):
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.params = {}
        self.params["Wxh"] = np.random.randn(hidden_size, vocab_size) * 0.01
        self.params["Whh"] = np.random.randn(hidden_size, hidden_size) * 0.01
        self.params["Why"] = np.random.randn(vocab_size, hidden_size) * 0.01
        self.params["bh"] = np.zeros((hidden_size, 1))
        self.params["by"] = np.zeros((vocab_size, 1))

    def loss(self, inputs, targets, hprev):
        p = self.params
        xs, hs, ys, ps = {}, {}, {}, {}
        hs[-1] = np.copy(hprev)
        loss = 0
        for t in range(len(inputs)):
            xs[t] = np.zeros((self.vocab_size, 1))
            xs[t][inputs[t]] = 1
            hs[t] = np.tanh(p["Wxh"] @ xs[t] + p["Whh"] @ hs[t - 1] + p["bh"])
            ys[t] = p["Why"] @ hs[t] + p["by"]
            ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
            loss += -np.log(ps[t][targets[t], 0])
        grads = {k: np.zeros_like(v) for k, v in p.items()}
        dhnext = np.zeros_like(hs[0])
        for t in reversed(range(len(inputs))):
            dy = np.copy(ps[t])
            dy[targets[t]] -= 1
            grads["Why"] += dy @ hs[t].T
            grads["by"] += dy
            dh = p["Why"].T @ dy + dhnext
            dr = (1 - hs[t] * hs[t]) * dh
            grads["bh"] += dr
            grads["Wxh"] += dr @ xs[t].T
            grads["Whh"] += dr @ hs[t - 1].T
            dhnext = p["Whh"].T @ dr
        return loss, grads, hs[len(inputs) - 1]
