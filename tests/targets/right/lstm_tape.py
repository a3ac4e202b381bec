"""Right: values that record how they were made, and a tape that is played backward."""

import numpy as np


class Value:
    def __init__(self, data, *parents):
        self.data, self.parents, self.gradient = data, parents, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, lambda d: d), (other, lambda d: d))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, lambda d: d * other.data), (other, lambda d: d * self.data))

    def __matmul__(self, other):
        return Value(self.data @ other.data, (self, lambda d: d @ other.data.T), (other, lambda d: self.data.T @ d))

    def wide(self, m):
        return Value(np.tile(self.data, m), (self, lambda d: d.sum(axis=1, keepdims=True)))

    def over(self, other):
        n = len(self.data)
        return Value(np.vstack([self.data, other.data]), (self, lambda d: d[:n]), (other, lambda d: d[n:]))

    def tanh(self):
        out = np.tanh(self.data)
        return Value(out, (self, lambda d: d * (1 - out**2)))

    def sigmoid(self):
        out = np.divide(1, np.add(1, np.exp(np.negative(self.data))))
        return Value(out, (self, lambda d: d * out * np.subtract(1, out)))


def in_order(values):
    seen, order, waiting = set(), [], [(value, False) for value in values]
    while waiting:
        value, finished = waiting.pop()
        if finished:
            order.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            waiting += [(value, True), *((parent, False) for parent, _ in value.parents)]
    return order


def lstm_forward(x, a0, parameters, c0=None):
    p = {name: Value(value) for name, value in parameters.items()}
    xs, m = [Value(x[:, :, t]) for t in range(x.shape[2])], x.shape[1]
    a, c = [Value(a0)], [Value(np.zeros_like(a0) if c0 is None else c0)]
    for xt in xs:
        both = a[-1].over(xt)
        z = {gate: p["W" + gate] @ both + p["b" + gate].wide(m) for gate in "fico"}
        c.append(z["f"].sigmoid() * c[-1] + z["i"].sigmoid() * z["c"].tanh())
        a.append(z["o"].sigmoid() * c[-1].tanh())
    odds = [np.exp(p["Wy"].data @ state.data + p["by"].data) for state in a[1:]]
    y = np.dstack([one / one.sum(axis=0) for one in odds])
    return np.dstack([v.data for v in a[1:]]), y, np.dstack([v.data for v in c[1:]]), (p, xs, a, c)


def lstm_backward(da, caches, dc=None):
    p, xs, a, c = caches
    tape = in_order([*a, *c])
    for value in [*tape, *p.values()]:
        value.gradient = np.zeros_like(value.data)
    for t in range(da.shape[2]):
        a[t + 1].gradient = a[t + 1].gradient + da[:, :, t]
        c[t + 1].gradient = c[t + 1].gradient + (0 if dc is None else dc[:, :, t])
    for value in reversed(tape):
        for parent, way_back in value.parents:
            parent.gradient = parent.gradient + way_back(value.gradient)
    weights = {f"d{name}": value.gradient for name, value in p.items() if not name.endswith("y")}
    return {"dx": np.dstack([v.gradient for v in xs]), "da0": a[0].gradient, "dc0": c[0].gradient, **weights}
