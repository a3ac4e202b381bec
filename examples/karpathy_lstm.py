"""The layout of Karpathy's LSTM: time first, one matrix with the biases in its first row, gates i, f, o, g.

python -m rnn_reference examples/karpathy_lstm.py
"""

import numpy as np


class LSTM:
    @staticmethod
    def init(input_size, hidden_size, fancy_forget_bias_init=3):
        rows = 1 + input_size + hidden_size
        WLSTM = np.random.randn(rows, 4 * hidden_size) / np.sqrt(rows - 1)
        WLSTM[0] = 0
        WLSTM[0, hidden_size : 2 * hidden_size] = fancy_forget_bias_init or 0
        return WLSTM

    @staticmethod
    def forward(X, WLSTM, c0=None, h0=None):
        T, m, _ = X.shape
        d = WLSTM.shape[1] // 4
        c = np.zeros((m, d)) if c0 is None else c0
        h = np.zeros((m, d)) if h0 is None else h0
        Hout, C, rows, gates = (np.zeros((T, m, n)) for n in (d, d, len(WLSTM), 4 * d))
        cache = {"W": WLSTM, "c0": c, "rows": rows, "gates": gates, "C": C}
        for t in range(T):
            rows[t] = np.hstack([np.ones((m, 1)), X[t], h])
            z = rows[t] @ WLSTM
            gates[t] = np.hstack([1 / (1 + np.exp(-z[:, : 3 * d])), np.tanh(z[:, 3 * d :])])
            i, f, o, g = np.split(gates[t], 4, axis=1)
            c = C[t] = f * c + i * g
            h = Hout[t] = o * np.tanh(c)
        return Hout, c, h, cache

    @staticmethod
    def backward(dHout_in, cache, dcn=None, dhn=None):
        W, C, rows = cache["W"], cache["C"], cache["rows"]
        T, m, d = dHout_in.shape
        dX, dWLSTM = np.zeros((T, m, len(W) - 1 - d)), np.zeros_like(W)
        dc = np.zeros((m, d)) if dcn is None else dcn
        dh = np.zeros((m, d)) if dhn is None else dhn
        for t in reversed(range(T)):
            dh = dHout_in[t] + dh
            i, f, o, g = np.split(cache["gates"][t], 4, axis=1)
            squashed = np.tanh(C[t])
            dc = dc + dh * o * (1 - squashed**2)
            c_prev = C[t - 1] if t > 0 else cache["c0"]
            do = dh * squashed
            dz = np.hstack([dc * g * i * (1 - i), dc * c_prev * f * (1 - f), do * o * (1 - o), dc * i * (1 - g**2)])
            dWLSTM += rows[t].T @ dz
            drow = dz @ W.T
            dX[t], dh = drow[:, 1:-d], drow[:, -d:]
            dc = dc * f
        return dX, dWLSTM, dc, dh
