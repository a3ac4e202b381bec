"""``check_vjp`` sees a wrong gradient of any function, and no right one."""

import numpy as np
import pytest

from rnn_reference import check_vjp, rnn_backward, rnn_forward
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden

DOCUMENT = golden.read(golden_folder() / "document.json")["rnn_backward", "dx"].inputs
ORDER = ("x", "a0", "Wax", "Waa", "ba")
ARRAYS = [DOCUMENT[name] for name in ORDER]


def states(*arrays):
    """The recurrent network as a function of five arrays."""
    given = dict(zip(ORDER, arrays, strict=True))
    return rnn_forward(given["x"], given["a0"], DOCUMENT | given)[0]


def pulled_back(cotangent, *arrays):
    """Its vector-Jacobian product."""
    given = dict(zip(ORDER, arrays, strict=True))
    gradients = rnn_backward(cotangent, rnn_forward(given["x"], given["a0"], DOCUMENT | given)[2])
    return [gradients[f"d{name}"] for name in ORDER]


def with_error(eps, index):
    """The product with one element of dWaa off by ``eps`` of itself."""

    def wrong(cotangent, *arrays):
        gradients = pulled_back(cotangent, *arrays)
        gradients[3][index] *= 1 + eps
        return gradients

    return wrong


def test_the_networks_gradient_passes_and_says_how_sharply():
    """The right product passes, and an error of 1e-10 in any element would have been seen."""
    found = check_vjp(states, pulled_back, *ARRAYS)
    assert found.smallest_error_seen < 1e-10
    assert "would have seen an error of" in str(found)
    for value, gradient in zip(found.derivative, pulled_back(DOCUMENT["da"], *ARRAYS), strict=True):
        assert value.shape == gradient.shape


@pytest.mark.parametrize("eps", [1e-3, 1e-9])
def test_it_sees_what_gradchecks_defaults_pass(eps):
    """An error of 0.1 % in the smallest element is refused, and one of 1e-9 as well, with the element named."""
    smallest = np.unravel_index(np.argmin(abs(pulled_back(DOCUMENT["da"], *ARRAYS)[3])), (5, 5))
    with pytest.raises(AssertionError, match=rf"gradient 3\[{smallest[0]},{smallest[1]}\].*the derivative is"):
        check_vjp(states, with_error(eps, smallest), *ARRAYS, cotangent=DOCUMENT["da"])


@pytest.mark.waits
def test_torch_gradcheck_passes_that_error():
    """The comparison that the README makes holds: gradcheck at its defaults accepts the 0.1 % error."""
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'rnn-reference[torch]'")
    smallest = np.unravel_index(np.argmin(abs(pulled_back(DOCUMENT["da"], *ARRAYS)[3])), (5, 5))

    class Network(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *arrays):
            ctx.save_for_backward(*arrays)
            return torch.tensor(states(*(a.detach().numpy() for a in arrays)).copy())

        @staticmethod
        def backward(ctx, cotangent):
            arrays = [a.detach().numpy() for a in ctx.saved_tensors]
            return tuple(map(torch.tensor, with_error(1e-3, smallest)(cotangent.numpy(), *arrays)))

    leaves = [torch.tensor(array, requires_grad=True) for array in ARRAYS]
    assert torch.autograd.gradcheck(Network.apply, leaves)


FUNCTIONS = {
    "product": (lambda x, y: x * y, lambda c, x, y: (c * y, c * x)),
    "matmul": (lambda x, y: x @ y.T, lambda c, x, y: (c @ y, c.T @ x)),
    "wave": (lambda x, y: np.exp(np.sin(3 * x)) * y**2,
             lambda c, x, y: (c * 3 * np.cos(3 * x) * np.exp(np.sin(3 * x)) * y**2, c * np.exp(np.sin(3 * x)) * 2 * y)),
    "sums": (lambda x, y: x.sum() + y.sum(axis=0), lambda c, x, y: (np.full(x.shape, c.sum()), np.tile(c, (3, 1)))),
    "cancelling": (lambda x, y: (x + 1e6) - 1e6 + y, lambda c, x, y: (c, c)),
}  # fmt: skip


@pytest.mark.parametrize("what", FUNCTIONS)
def test_no_false_alarm_on_other_functions(what):
    """Right products of other functions pass on 4 fresh inputs each, ill-conditioned ones too."""
    f, vjp = FUNCTIONS[what]
    for seed in range(4):
        rng = np.random.default_rng(seed)
        check_vjp(f, vjp, rng.standard_normal((3, 4)), rng.standard_normal((3, 4)), seed=seed)


@pytest.mark.parametrize("what", FUNCTIONS)
def test_a_small_error_in_other_functions_is_seen(what):
    """The same products with one element off by 1e-3 are refused."""
    f, vjp = FUNCTIONS[what]

    def wrong(*given):
        first, second = vjp(*given)
        first = np.array(first)
        first[1, 2] += 1e-3
        return first, second

    rng = np.random.default_rng(0)
    with pytest.raises(AssertionError, match=r"gradient 0\[1,2\]"):
        check_vjp(f, wrong, rng.standard_normal((3, 4)), rng.standard_normal((3, 4)))


def test_float32_functions_are_judged_by_their_own_rounding():
    """In float32 the right product passes, and an error of 1 % does not."""
    x = np.linspace(0.5, 2, 5, dtype=np.float32)
    check_vjp(np.sin, lambda c, x: c * np.cos(x), x)
    with pytest.raises(AssertionError):
        check_vjp(np.sin, lambda c, x: 1.01 * c * np.cos(x), x)


def test_one_array_alone_and_scalars_work():
    """A single gradient need not be in a tuple, and 0-dimensional arrays are arrays."""
    calls = []
    found = check_vjp(lambda x: calls.append(x) or x**3, lambda c, x: 3 * c * x**2, 1.5)
    assert found.evaluations == len(calls) < 300


RANDOM = np.random.default_rng(0)
REFUSED = {
    "gradient count": (ValueError, "vjp returned 1 gradients for 2 arrays",
                       lambda: check_vjp(lambda x, y: x, lambda c, x, y: c, 1.0, 2.0)),
    "cotangent shape": (ValueError, r"cotangent must have the shape of f\(\*arrays\), \(3,\), got \(2,\)",
                        lambda: check_vjp(lambda x: x, lambda c, x: c, np.ones(3), cotangent=np.ones(2))),
    "cotangent zero": (ValueError, "cotangent is zero everywhere",
                       lambda: check_vjp(lambda x: x, lambda c, x: c, np.ones(2), cotangent=np.zeros(2))),
    "not finite": (ValueError, r"f\(\*arrays\)\[1\] is -inf, not finite \(1 of 2 elements\)",
                   lambda: check_vjp(np.log, lambda c, x: c / x, np.array([1.0, 0.0]))),
    "a string": (TypeError, r"arrays\[0\] must be an array of numbers", lambda: check_vjp(np.sin, np.cos, "x")),
    "complex": (TypeError, r"arrays\[0\] must be real, got complex", lambda: check_vjp(np.sin, np.cos, 1j)),
    "not repeatable": (ValueError, "two equal calls of f give different results",
                       lambda: check_vjp(lambda x: x + RANDOM.random(), lambda c, x: c, 1.0)),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_arguments_are_refused_by_name(what):
    """Bad arguments raise an error that names the argument and its value."""
    kind, words, call = REFUSED[what]
    with pytest.raises(kind, match=words):
        call()
