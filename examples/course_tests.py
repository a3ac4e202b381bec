# The tests of a typical course: they compare with the course's own numbers at one size, look at shapes, and check
# the gradient of one time step. How much would they notice?
#
#     python -m rnn_reference.faults examples/course_tests.py
import numpy as np
import pytest
import rnn


@pytest.fixture
def parameters():
    np.random.seed(1)
    return {
        "Wax": np.random.randn(5, 3),
        "Waa": np.random.randn(5, 5),
        "Wya": np.random.randn(2, 5),
        "ba": np.random.randn(5, 1),
        "by": np.random.randn(2, 1),
    }


def test_softmax_sums_to_one():
    assert np.allclose(rnn.softmax_forward(np.random.randn(4, 3)).sum(axis=0), 1)


def test_tanh():
    assert np.allclose(rnn.tanh_forward(np.array([[-1.0, 0.0, 0.5]])), [[-0.76159416, 0.0, 0.46211716]])


def test_cell_shapes(parameters):
    a_next, yt_pred, cache = rnn.rnn_cell_forward(np.random.randn(3, 10), np.random.randn(5, 10), parameters)
    assert a_next.shape == (5, 10)
    assert yt_pred.shape == (2, 10)


def test_forward_shapes(parameters):
    a, y_pred, caches = rnn.rnn_forward(np.random.randn(3, 10, 4), np.random.randn(5, 10), parameters)
    assert a.shape == (5, 10, 4)
    assert y_pred.shape == (2, 10, 4)
    assert np.allclose(y_pred.sum(axis=0), 1)


def test_forward_from_zero_state(parameters):
    x = np.random.randn(3, 10, 1)
    a, y_pred, caches = rnn.rnn_forward(x, np.zeros((5, 10)), parameters)
    assert np.allclose(a[:, :, 0], np.tanh(parameters["Wax"] @ x[:, :, 0] + parameters["ba"]))


def test_cell_gradient(parameters):
    xt, a_prev = np.random.randn(3, 10), np.random.randn(5, 10)
    a_next, yt_pred, cache = rnn.rnn_cell_forward(xt, a_prev, parameters)
    gradients = rnn.rnn_cell_backward(np.ones_like(a_next), cache)
    eps = 1e-6
    for i in range(5):
        plus = {**parameters, "Waa": parameters["Waa"].copy()}
        plus["Waa"][i, 0] += eps
        minus = {**parameters, "Waa": parameters["Waa"].copy()}
        minus["Waa"][i, 0] -= eps
        up = rnn.rnn_cell_forward(xt, a_prev, plus)[0].sum()
        down = rnn.rnn_cell_forward(xt, a_prev, minus)[0].sum()
        assert np.isclose(gradients["dWaa"][i, 0], (up - down) / (2 * eps), rtol=1e-4)


def test_backward_shapes(parameters):
    x, a0 = np.random.randn(3, 10, 4), np.random.randn(5, 10)
    a, y_pred, caches = rnn.rnn_forward(x, a0, parameters)
    gradients = rnn.rnn_backward(np.random.randn(5, 10, 4), caches)
    assert gradients["dx"].shape == x.shape
    assert gradients["da0"].shape == a0.shape
    for name, value in parameters.items():
        if name not in ("Wya", "by"):
            assert gradients[f"d{name}"].shape == value.shape
