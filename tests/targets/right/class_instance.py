"""Right: an instance whose methods keep the last step in the object and hand out a closure as the cache."""

import numpy as np


class Network:
    @staticmethod
    def softmax_forward(x):
        return np.exp(x - np.log(np.sum(np.exp(x - x.max(axis=0)), axis=0)) - x.max(axis=0))

    def rnn_forward(self, x, a0, parameters):
        states = [a0]
        for t in range(x.shape[-1]):
            both = np.concatenate([x[:, :, t], states[-1], np.ones((1, x.shape[1]))])
            weights = np.concatenate([parameters["Wax"], parameters["Waa"], parameters["ba"]], axis=1)
            states.append(np.tanh(weights.dot(both)))
        a = np.dstack(states[1:])
        y = self.softmax_forward(np.tensordot(parameters["Wya"], a, 1) + parameters["by"][:, :, None])

        def pull_back(da):
            gradients = {"dx": np.zeros_like(x), "dWax": 0, "dWaa": 0, "dba": 0}
            arriving = np.zeros_like(a0)
            for t in range(x.shape[-1])[::-1]:
                dz = (arriving + da[:, :, t]) / np.cosh(np.arctanh(states[t + 1])) ** 2
                gradients["dx"][:, :, t] = parameters["Wax"].T.dot(dz)
                gradients["dWax"] = gradients["dWax"] + dz.dot(x[:, :, t].T)
                gradients["dWaa"] = gradients["dWaa"] + dz.dot(states[t].T)
                gradients["dba"] = gradients["dba"] + dz.dot(np.ones((dz.shape[1], 1)))
                arriving = parameters["Waa"].T.dot(dz)
            return {**gradients, "da0": arriving}

        return a, y, pull_back

    @staticmethod
    def rnn_backward(da, caches):
        return caches(da)


NETWORK = Network()
