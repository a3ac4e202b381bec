"""A layer of a library of machine learning from scratch: arrays (examples, features, time), gradients in a dict."""

import numpy as np


class RNNCell:
    def __init__(self, n_out, act_fn="Tanh"):
        self.n_out = n_out
        self.n_in = None
        self.n_timesteps = None
        self.parameters = {"Waa": None, "Wax": None, "ba": None, "bx": None}
        self.gradients = {}
        self.derived_variables = {"A": [], "Z": [], "current_step": 0, "dLdA_accumulator": None}
        self.is_initialized = False
        self.X = []

    def _init_params(self):
        self.parameters["Waa"] = np.random.randn(self.n_out, self.n_out)
        self.parameters["Wax"] = np.random.randn(self.n_in, self.n_out)
        self.parameters["ba"] = np.zeros((self.n_out, 1))
        self.parameters["bx"] = np.zeros((self.n_out, 1))
        self.gradients = {k: np.zeros_like(v) for k, v in self.parameters.items()}
        self.is_initialized = True

    def forward(self, Xt):
        n_ex, self.n_in = Xt.shape
        if not self.is_initialized:
            self._init_params()
        steps = self.derived_variables["A"]
        if not steps:
            steps.append(np.zeros((n_ex, self.n_out)))
        p = self.parameters
        Zt = steps[-1] @ p["Waa"] + p["ba"].T + Xt @ p["Wax"] + p["bx"].T
        At = np.tanh(Zt)
        steps.append(At)
        self.derived_variables["Z"].append(Zt)
        self.derived_variables["current_step"] += 1
        self.X.append(Xt)
        return At

    def backward(self, dLdAt):
        self.derived_variables["current_step"] -= 1
        t = self.derived_variables["current_step"]
        dA_acc = self.derived_variables["dLdA_accumulator"]
        if dA_acc is None:
            dA_acc = np.zeros_like(self.derived_variables["A"][0])
        Wax, Waa = self.parameters["Wax"], self.parameters["Waa"]
        dA = dLdAt + dA_acc
        dZ = (1 - np.tanh(self.derived_variables["Z"][t]) ** 2) * dA
        dXt = dZ @ Wax.T
        self.gradients["Waa"] += self.derived_variables["A"][t].T @ dZ
        self.gradients["Wax"] += self.X[t].T @ dZ
        self.gradients["ba"] += dZ.sum(axis=0, keepdims=True).T
        self.gradients["bx"] += dZ.sum(axis=0, keepdims=True).T
        self.derived_variables["dLdA_accumulator"] = dZ @ Waa.T
        return dXt


class RNN:
    def __init__(self, n_out, act_fn="Tanh"):
        self.cell = RNNCell(n_out, act_fn)

    def forward(self, X):
        Y = []
        n_ex, n_in, n_t = X.shape
        for t in range(n_t):
            Y.append(self.cell.forward(X[:, :, t]))
        return np.dstack(Y)

    def backward(self, dLdA):
        dLdX = []
        n_ex, n_out, n_t = dLdA.shape
        for t in reversed(range(n_t)):
            dLdX.insert(0, self.cell.backward(dLdA[:, :, t]))
        return np.dstack(dLdX)
