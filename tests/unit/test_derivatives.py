"""The numerical derivatives are within their own error bounds, and raise no false alarm."""

import numpy as np
import pytest
from names import RNN

from rnn_reference import rnn_backward, rnn_forward
from rnn_reference.cells.rounding import tolerances as of_any_cell
from rnn_reference.cells.trace import at_states
from rnn_reference.numerics import elementwise, injection, moved
from rnn_reference.numerics.affine import Affine
from rnn_reference.numerics.extrapolation import STEPS, extrapolated
from rnn_reference.numerics.moved import ForwardCall, Point
from rnn_reference.numerics.noise import computational_noise
from rnn_reference.numerics.stochastic import SAFETY, unit_roundoff
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden
from rnn_reference.problems.problem import NAMED, Problem

DOCUMENT = golden.read(golden_folder() / "document.json")["rnn_backward", "dx"]
CERTIFIED = golden.read_certified(golden_folder() / "certified.json")
THE_INSTANCE = (DOCUMENT.inputs["x"], DOCUMENT.inputs["a0"], DOCUMENT.parameters, DOCUMENT.inputs["da"])
INSTANCES = [
    pytest.param(100, id="100"),
    pytest.param(1000, id="1000", marks=pytest.mark.slow),
]


def forward(x, a0, parameters):
    """The states of the reference."""
    return rnn_forward(x, a0, parameters)[0]


def right(x, a0, parameters, da):
    """The reference's gradients."""
    return rnn_backward(da, rnn_forward(x, a0, parameters)[2])


def tolerances(x, a0, parameters, da, u):
    """How far each result may be off."""
    return of_any_cell(RNN, x, [a0], parameters, [da], u)


def singly(forward):
    """A forward pass that takes one input at a time, as the derivatives call it."""
    return lambda several: [{"a": forward(run.x, run.initial["a"], run.parameters)} for run in several]


def point(x, a0, parameters, da):
    """The place at which the reference is differentiated."""
    affine, states = Affine(RNN.maps, parameters), forward(x, a0, parameters)
    at_states(RNN, affine, x, [a0], [states])
    return Point(ForwardCall(x, {"a": a0}, parameters), affine, {"a": states}, {"a": da})


def by_differences(x, a0, parameters, da):
    """Value and bound by differences."""
    tolerance = tolerances(x, a0, parameters, da, unit_roundoff("float64"))
    found = injection.by_injection(singly(forward), point(x, a0, parameters, da), {"a": tolerance["a"] / SAFETY})
    return found.value, {name: found.error[name] + tolerance[name] for name in found.value}


def by_element(x, a0, parameters, da):
    """Value and bound by differences, every element moved by itself."""
    tolerance = tolerances(x, a0, parameters, da, unit_roundoff("float64"))
    rounding, run = {"a": tolerance["a"] / SAFETY}, ForwardCall(x, {"a": a0}, parameters)
    found = elementwise.by_element(singly(forward), run, {"a": da}, rounding, RNN.trained)
    return found.value, {name: found.error[name] + tolerance[name] for name in found.value}


def by_complex_step(x, a0, parameters, da):
    """Value and bound by a complex step."""
    tolerance = tolerances(x, a0, parameters, da, unit_roundoff("float64"))
    value = injection.by_complex_step(singly(forward), point(x, a0, parameters, da))
    return value, {name: 2 * tolerance[name] for name in value}


def by_reference(x, a0, parameters, da):
    """Value and bound by comparison with the reference, in float64."""
    return right(x, a0, parameters, da), tolerances(x, a0, parameters, da, unit_roundoff("float64"))


def by_reference_in_float32(x, a0, parameters, da):
    """Value and bound by comparison with the reference, for an implementation in float32."""
    return right(x, a0, parameters, da), tolerances(x, a0, parameters, da, unit_roundoff("float32"))


MODES = {
    "differences": (by_differences, 1e-9),
    "complex step": (by_complex_step, 1e-11),
    "reference": (by_reference, 1e-11),
    "reference in float32": (by_reference_in_float32, 1e-2),
}


def fresh(count):
    """Problems of the document's size, every third of them saturated."""
    return (Problem(n_x=3, n_a=5, n_y=2, m=10, T_x=4, seed=s, gain=4.0 if s % 3 == 2 else 1.0) for s in range(count))


@pytest.mark.parametrize("mode", MODES)
def test_an_error_of_eps_in_any_element_is_seen(mode):
    """On the document's instance every element of dWaa that is off by eps of itself lies outside its bound."""
    look, eps = MODES[mode]
    value, bound = look(*THE_INSTANCE)
    gradient = right(*THE_INSTANCE)["dWaa"]
    for index in np.ndindex(gradient.shape):
        assert abs(gradient[index] * (1 + eps) - value["dWaa"][index]) > bound["dWaa"][index], index
        assert abs(gradient[index] * (1 - eps) - value["dWaa"][index]) > bound["dWaa"][index], index


@pytest.mark.parametrize("mode", ["differences", "complex step", "reference"])
@pytest.mark.parametrize("instances", INSTANCES)
def test_no_false_alarm_in_float64(mode, instances):
    """The step-by-step equations with another tanh lie within the bound on every fresh instance."""
    look, _ = MODES[mode]
    for problem in fresh(instances):
        value, bound = look(*problem.inputs, problem.da)
        for name, got in written_differently(problem, "float64").items():
            assert np.all(abs(got - value[name]) <= bound[name]), (str(problem), name)


@pytest.mark.parametrize("instances", INSTANCES)
def test_no_false_alarm_in_float32(instances):
    """The same in float32, against the float64 reference at the same float32 inputs."""
    for problem in (problem.at(dtype="float32") for problem in fresh(instances)):
        value, bound = by_reference_in_float32(*problem.inputs, problem.da)
        for name, got in written_differently(problem, "float32").items():
            assert np.all(abs(got - value[name]) <= bound[name]), (str(problem), name)


def written_differently(problem, dtype):
    """The gradients from a tanh made of exp(2x), sums in another order and slopes as products, in a dtype."""
    x, a0, da = (array.astype(dtype) for array in (problem.x, problem.a0, problem.da))
    p = {name: array.astype(dtype) for name, array in problem.parameters.items()}
    states = [a0]
    for t in range(problem.T_x):
        e = np.exp(2 * (p["ba"] + p["Waa"] @ states[-1] + p["Wax"] @ x[:, :, t]))
        states.append((e - 1) / (e + 1))
    found = {name: np.zeros_like(p[name[1:]]) for name in ("dWax", "dWaa", "dba")} | {"dx": np.zeros_like(x)}
    arriving = np.zeros_like(a0)
    for t in reversed(range(problem.T_x)):
        dz = (1 - states[t + 1]) * (1 + states[t + 1]) * (arriving + da[:, :, t])
        found["dx"][:, :, t] = np.einsum("ax,am->xm", p["Wax"], dz)
        found["dWax"] += np.einsum("am,xm->ax", dz, x[:, :, t])
        found["dWaa"] += np.einsum("am,bm->ab", dz, states[t])
        found["dba"] += dz.sum(axis=1, keepdims=True)
        arriving = np.einsum("ba,bm->am", p["Waa"], dz)
    assert found["dx"].dtype == dtype
    return found | {"da0": arriving}


@pytest.mark.parametrize("gain", [1.0, 4.0, 10.0, 30.0])
def test_the_bound_holds_on_chaotic_networks_too(gain):
    """The derivative by differences lies within its own bound of the right one, however saturated the network."""
    for seed in range(15):
        problem = Problem(n_x=4, n_a=6, n_y=3, m=7, T_x=6, seed=seed, gain=gain)
        value, bound = by_differences(*problem.inputs, problem.da)
        for name, gradient in right(*problem.inputs, problem.da).items():
            assert np.all(abs(value[name] - gradient) <= bound[name]), (seed, name)


@pytest.mark.parametrize("name", [n for n in CERTIFIED if n != "long"])
def test_the_derivative_is_right_to_its_bound(name):
    """By differences, and by a complex step, the certified gradients come out within the bounds."""
    case = CERTIFIED[name]
    for look in (by_differences, by_complex_step):
        value, bound = look(*case.problem.inputs, case.problem.da)
        for tensor in value:
            assert np.all(abs(value[tensor] - case.arrays[tensor]) <= bound[tensor]), (look.__name__, tensor)


SATURATED = [1.247188, 1.136938, 0.807976, 0.766758, 0.75994, 0.7584, 0.758019, 0.757921, 0.757993, 0.757921, 0.757103]
ROUNDING = [8e-7, 9e-7, 1e-6, 1.5e-6, 2.7e-6, 5.2e-6, 1e-5, 2e-5, 8.2e-5, 3.3e-4, 5.2e-3]


def test_a_noisy_step_does_not_excuse_a_wrong_limit():
    """Differences in float32 with a false plateau: the large rounding of the last one does not hide it."""
    limit = extrapolated(np.array(SATURATED), np.array(ROUNDING), STEPS[: len(SATURATED)])
    assert abs(limit.value - 0.757898) < limit.cut_off + 3 * limit.rounding


def test_moving_every_element_gives_the_same_as_injection():
    """The slow way, which presumes nothing, agrees with the fast one."""
    problem = Problem(n_x=2, n_a=3, n_y=2, m=2, T_x=4)
    fast, fast_bound = by_differences(*problem.inputs, problem.da)
    slow, slow_bound = by_element(*problem.inputs, problem.da)
    for name, value in fast.items():
        assert np.all(abs(value - slow[name]) <= fast_bound[name] + slow_bound[name]), name


def test_large_networks_are_moved_in_pieces():
    """A network whose moves exceed one call's numbers gives the same in several calls."""
    problem, calls = Problem(n_x=3, n_a=40, n_y=2, m=10, T_x=4), []

    def counted(x, a0, parameters):
        calls.append(x.size)
        return forward(x, a0, parameters)

    tolerance = tolerances(*problem.inputs, problem.da, unit_roundoff("float64"))
    at = point(*problem.inputs, problem.da)
    found = injection.by_injection(singly(counted), at, {"a": tolerance["a"] / SAFETY})
    assert len(calls) > 1 + problem.T_x
    assert max(calls) <= moved.NUMBERS_AT_ONCE
    for name, gradient in right(*problem.inputs, problem.da).items():
        assert np.all(abs(found.value[name] - gradient) <= found.error[name] + tolerance[name])


@pytest.mark.parametrize("stores", ["in a float array", "through abs"])
def test_an_implementation_that_drops_the_imaginary_part_is_found_out(stores):
    """Complex input is trusted only where every step keeps the imaginary part."""
    problem = Problem()

    def drops(x, a0, parameters):
        a = forward(x, a0, parameters)
        return a.real if stores == "in a float array" else abs(a) + 0j

    run = ForwardCall(problem.x, {"a": problem.a0}, problem.parameters)
    assert injection.keeps_complex(singly(forward), run)
    assert not injection.keeps_complex(singly(drops), run)


@pytest.mark.parametrize("name", ["T_x=6", "saturated", "long"])
def test_the_tolerance_is_guarded_by_measured_noise(name):
    """The reference's rounding, measured without its equations, stays below the rms that the tolerances are made of."""
    x, a0, parameters = NAMED[name].inputs
    tolerance = tolerances(x, a0, parameters, NAMED[name].da, unit_roundoff("float64"))
    order = ("Wax", "Waa", "ba")

    def states(x, a0, *weights):
        return forward(x, a0, parameters | dict(zip(order, weights, strict=True)))

    measured = computational_noise(states, [x, a0, *(parameters[n] for n in order)])
    assert np.all(measured <= tolerance["a"] / SAFETY)
    assert np.median(measured) > 0.02 * np.median(tolerance["a"] / SAFETY)


def test_measured_noise_is_that_of_a_known_rounding():
    """A function that rounds to multiples of 1e-6 has the noise of such rounding: 1e-6 / sqrt(12)."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(400)
    noise = computational_noise(lambda x: np.round(1e3 * x, 6), [x])
    assert np.sqrt(np.mean(noise**2)) == pytest.approx(1e-6 / np.sqrt(12), rel=0.1)
