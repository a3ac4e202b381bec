"""``check_vjp`` on random compositions: no right product is refused, and every wrong one is."""

from itertools import cycle

import numpy as np
import pytest

from rnn_reference import check_vjp


def sigmoid(x):
    """The logistic function."""
    return 1 / (1 + np.exp(-x))


def softmax(x):
    """Each row, normalized."""
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


OPERATIONS = {
    "tanh": (np.tanh, lambda c, x: c * (1 - np.tanh(x) ** 2)),
    "sin": (np.sin, lambda c, x: c * np.cos(x)),
    "exp": (lambda x: np.exp(-x * x), lambda c, x: -2 * c * x * np.exp(-x * x)),
    "square": (lambda x: x * x, lambda c, x: 2 * c * x),
    "softplus": (lambda x: np.log1p(np.exp(x)), lambda c, x: c * sigmoid(x)),
    "swish": (lambda x: x * sigmoid(x), lambda c, x: c * sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    "arctan": (np.arctan, lambda c, x: c / (1 + x * x)),
    "softmax": (softmax, lambda c, x: softmax(x) * (c - (c * softmax(x)).sum(axis=1, keepdims=True))),
    "transposed": (lambda x: x.T, lambda c, x: c.T),
    "summed up": (lambda x: np.cumsum(x, axis=1), lambda c, x: np.cumsum(c[:, ::-1], axis=1)[:, ::-1]),
    "centred": (lambda x: x - x.mean(axis=0), lambda c, x: c - c.mean(axis=0)),
    "relu": (lambda x: np.maximum(x, 0), lambda c, x: c * (x > 0)),
    "abs": (abs, lambda c, x: c * np.sign(x)),
    "sqrt": (lambda x: np.sqrt(1 + x * x), lambda c, x: c * x / np.sqrt(1 + x * x)),
}
"""Each function of one matrix, and its product."""


class Composition:
    """``size * last(...(first(x / unit_x) @ (y / unit_y) + b))``, in one dtype: a function, its product, its arrays."""

    def __init__(self, seed: int, dtype: str | None = None) -> None:
        rng = np.random.default_rng(seed)
        self.dtype = dtype or str(rng.choice(["float64", "float64", "float64", "float32", "float16"]))
        widest = {"float64": 200, "float32": 12, "float16": 0}[self.dtype] if rng.random() < 0.6 else 0
        x_unit, y_unit, size = (10.0 ** int(rng.integers(-widest, widest + 1)) for _ in range(3))
        while not 1e-290 < size / x_unit < 1e290 or not 1e-290 < size / y_unit < 1e290:
            size = 10.0 ** int(rng.integers(-100, 101))
        if self.dtype == "float32":
            size = 10.0 ** int(rng.integers(-6, 7)) if widest else 1.0
        n, k, m = rng.integers(1, 5, 3)
        self.names = [str(name) for name in rng.choice(list(OPERATIONS), rng.integers(1, 5))]
        self.units = [np.asarray(unit, self.dtype) for unit in (x_unit, y_unit)]
        self.size = np.asarray(size, self.dtype)
        x, y, b = (rng.standard_normal(shape) for shape in ((n, k), (k, m), (m,)))
        if rng.random() < 0.2:
            b = np.zeros(m)
        self.arrays = [(a * u).astype(self.dtype) for a, u in zip((x, y, b), (*self.units, 1.0), strict=True)]

    def inner(self, x, y, b):
        """The matrix before each of the operations, and the result."""
        found = [(x / self.units[0]) @ (y / self.units[1]) + b]
        for name in self.names:
            found.append(OPERATIONS[name][0](found[-1]))
        return found

    def f(self, x, y, b):
        """The function."""
        return self.size * self.inner(x, y, b)[-1]

    def vjp(self, c, x, y, b):
        """Its product."""
        c = (self.size * c).astype(self.dtype)
        for name, before in zip(self.names[::-1], self.inner(x, y, b)[-2::-1], strict=True):
            c = OPERATIONS[name][1](c, before)
        own_x, own_y = x / self.units[0], y / self.units[1]
        return c @ own_y.T / self.units[0], own_x.T @ c / self.units[1], c.sum(axis=0)


class Remembers:
    """A product that answers with its first result for ever."""

    def __init__(self, one: Composition) -> None:
        self.one, self.first = one, None

    def __call__(self, *given):
        """The first result."""
        self.first = self.first or self.one.vjp(*given)
        return self.first


def largest_off(one, by):
    """The right product, with the largest element of each gradient times ``by``."""

    def wrong(*given):
        found = [np.array(g) for g in one.vjp(*given)]
        for gradient in found:
            index = np.unravel_index(np.argmax(abs(gradient)), gradient.shape)
            gradient[index] *= by
        return found

    return wrong


def noisy(one, part):
    """The right product, times random numbers near 1."""
    rng = np.random.default_rng(0)
    return lambda *given: [g * (1 + part * rng.standard_normal(g.shape)) for g in one.vjp(*given)]


WRONG = {
    "1 % in one element": lambda one: largest_off(one, 1.01),
    "0.1 % in one element": lambda one: largest_off(one, 1.001),
    "NaN": lambda one: largest_off(one, np.nan),
    "the sign of one element": lambda one: largest_off(one, -1),
    "the sign": lambda one: lambda *given: [-g for g in one.vjp(*given)],
    "a factor 2": lambda one: lambda *given: [2 * g for g in one.vjp(*given)],
    "the cotangent left out": lambda one: lambda c, *given: one.vjp(np.ones_like(c), *given),
    "reversed": lambda one: lambda *given: [g[::-1, ::-1] if g.ndim == 2 else g[::-1] for g in one.vjp(*given)],
    "noise of 10 %": lambda one: noisy(one, 0.1),
    "noise of 1e-7": lambda one: noisy(one, 1e-7 if one.dtype == "float64" else 1e-2),
    "a first answer for ever": Remembers,
    "zeros": lambda one: lambda *given: [np.zeros_like(g) for g in one.vjp(*given)],
}
"""Mistakes, made of a right product."""


def differs(one, wrong):
    """True if the mistake changes this product by more than rounding does; a product that remembers always counts."""
    if isinstance(wrong, Remembers):
        return np.any(one.vjp(np.ones(one.f(*one.arrays).shape), *one.arrays)[0])
    c = np.random.default_rng(0).standard_normal(one.f(*one.arrays).shape)
    right = one.vjp(c, *one.arrays)
    with np.errstate(all="ignore"):
        return any(
            not np.all(abs(np.asarray(w, dtype=float) - r.astype(float)) <= 2e-4 * abs(r.astype(float)).max())
            for r, w in zip(right, wrong(c, *one.arrays), strict=True)
        )


def outcome(one, vjp):
    """The name of what ``check_vjp`` raised, or "pass"."""
    try:
        check_vjp(one.f, vjp, *one.arrays)
    except (AssertionError, ValueError) as error:
        return type(error).__name__
    return "pass"


def no_right_one_is_refused(seeds):
    """Every right product in float64 passes. In smaller dtypes it may be said that too little is seen, and no more."""
    for seed in seeds:
        one = Composition(seed)
        allowed = {"pass"} if one.dtype == "float64" else {"pass", "Blunt", "NotDifferentiable"}
        assert outcome(one, one.vjp) in allowed, f"seed {seed}"


def every_wrong_one_is_refused(seeds):
    """No wrong product passes, in float64 and float32."""
    for seed, name in zip(seeds, cycle(WRONG), strict=False):
        one = Composition(seed, "float64" if seed % 3 else "float32")
        if differs(one, WRONG[name](one)):
            assert outcome(one, WRONG[name](one)) != "pass", f"{name}, seed {seed}"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_few_right_products_pass():
    """Right products of random compositions pass, at scales from 1e-200 to 1e200."""
    no_right_one_is_refused(range(12))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_product_is_refused(name):
    """Each mistake is refused in two compositions."""
    for seed in (1, 2):
        one = Composition(seed, "float64")
        assert outcome(one, WRONG[name](one)) != "pass", f"seed {seed}"


@pytest.mark.waits
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", [0, 6])
def test_half_precision_is_seen(seed):
    """In float16 the slope of the derivative around a point does not make the bound too wide."""
    one = Composition(seed, "float16")
    assert outcome(one, one.vjp) == "pass"
    assert outcome(one, WRONG["a factor 2"](one)) == "VjpError"


@pytest.mark.waits
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", [88, 1118])
def test_a_kink_nearby_is_no_alarm_in_half_precision(seed):
    """In float16, where rounding hides the small steps, a kink nearby does not make a right product wrong."""
    one = Composition(seed, "float16")
    one.names = ["abs", "summed up", "arctan"]
    assert outcome(one, one.vjp) != "VjpError"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_many_right_and_wrong_products():
    """The same holds for 400 right and 400 wrong products; 97 of 100 right ones pass in float32, 80 in float16."""
    no_right_one_is_refused(range(400))
    every_wrong_one_is_refused(range(400))
    ones = [Composition(seed, "float32") for seed in range(100)]
    assert sum(outcome(one, one.vjp) == "pass" for one in ones) >= 97
    found = [outcome(one, one.vjp) for one in (Composition(seed, "float16") for seed in range(100))]
    assert "VjpError" not in found and found.count("pass") >= 80
