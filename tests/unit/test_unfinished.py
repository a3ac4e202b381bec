"""Unfinished exercises are not implemented, whatever they do; finished ones are judged, whatever is left in them."""

import numpy as np
import pytest

from rnn_reference.implementations.loading.find import load
from rnn_reference.outcomes import Crashed, NotImplementedYet, Outcome, Wrong
from rnn_reference.problems.problem import NAMED

PROBLEM = NAMED["T_x=6"]
IMPORT = "import numpy as np\n\n\n"

HELPERS = """
def softmax(x):
    e_x = np.exp(x - np.max(x))
    return e_x / e_x.sum(axis=0)

"""

TEMPLATES = {
    "a tuple of None": '''
def rnn_forward(x, a0, parameters):
    caches = []
    ### START CODE HERE ###
    # Retrieve dimensions from shapes of x and parameters["Wya"]
    n_x, m, T_x = None
    n_y, n_a = None

    # initialize "a" and "y" with zeros (≈2 lines)
    a = None
    y_pred = None

    # Initialize a_next (≈1 line)
    a_next = None

    # loop over all time-steps
    for t in range(None):
        a_next, yt_pred, cache = None
        a[:,:,t] = None
        y_pred[:,:,t] = None
        None
    ### END CODE HERE ###
    caches = (caches, x)
    return a, y_pred, caches
''',
    "results of None": '''
def rnn_forward(x, a0, parameters):
    ### START CODE HERE ### (≈2 lines)
    a = None
    y_pred = None
    ### END CODE HERE ###
    cache = (a, x, parameters)
    return a, y_pred, cache
''',
    "half done": '''
def rnn_forward(x, a0, parameters):
    ### START CODE HERE ###
    a = np.stack([a0] * x.shape[2], 2)
    y_pred = None
    ### END CODE HERE ###
    return a, y_pred, (a, x, parameters)
''',
    "a loop that passes": '''
def rnn_forward(x, a0, parameters):
    a = np.zeros((*a0.shape, x.shape[2]))
    y_pred = np.zeros((len(parameters["by"]), *x.shape[1:]))
    for t in range(x.shape[2]):
        # TODO: one step
        pass
    return a, y_pred, (a, x, parameters)
''',
    "comments alone": '''
def rnn_forward(x, a0, parameters):
    caches = []
    ### START CODE HERE ###
    # n_x, m, T_x = None
    # a = None
    # YOUR CODE STARTS HERE


    # YOUR CODE ENDS HERE
    ### END CODE HERE ###
    caches = (caches, x)
    return a, y_pred, caches
''',
    "a helper of comments": '''
def rnn_forward(x, a0, parameters):
    states = [step(xt, a0) for xt in x.T]
    return np.stack(states), np.stack(states), states


def step(xt, a_prev):
    # BEGIN SOLUTION

    # END SOLUTION
    return a_next
''',
    "an ellipsis": '''
def rnn_forward(x, a0, parameters):
    """Forward pass."""
    a = ...
    y_pred = ...
    return a, y_pred, (a, x)
''',
    "only an ellipsis": "def rnn_forward(x, a0, parameters): ...\n",
    "pass and None": '''
def rnn_forward(x, a0, parameters):
    h, y, cache = None, None, None
    # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****

    pass

    # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    return h, y, cache
''',
    "NotImplementedError": '''
def rnn_forward(x, a0, parameters):
    # YOUR CODE HERE
    raise NotImplementedError()
''',
    "a blank": '''
def rnn_forward(x, a0, parameters):
    n_x, m, T_x = x.shape
    a =               # (≈1 line) YOUR CODE HERE
    for t in range(T_x):
        a[:, :, t] =
    return a, a, None
''',
    "underscores": '''
def rnn_forward(x, a0, parameters):
    # fill in the blanks
    a = np.zeros((*a0.shape, ____))
    return a, a, None
''',
    "only comments": '''
def rnn_forward(x, a0, parameters):
    ### START CODE HERE ###

    ### END CODE HERE ###
''',
    "a loop of comments": '''
def rnn_forward(x, a0, parameters):
    a, y_pred, caches = np.zeros((*a0.shape, x.shape[2])), np.zeros((2, *x.shape[1:])), []
    for t in range(x.shape[2]):
        # TODO
    return a, y_pred, caches
''',
    "without a comment": '''
def rnn_forward(x, a0, parameters):
    n_x, m, T_x = None
    a = None
    return a, a, (a, x)
''',
    "a helper": '''
def rnn_forward(x, a0, parameters):
    a = np.stack([step(x[:, :, t], a0, parameters) for t in range(x.shape[2])], 2)
    return a, a[:2], (a, x)


def step(xt, a_prev, parameters):
    # TODO: your code here
    a_next = None
    return a_next + 1
''',
}  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_a_template_is_not_implemented(request, kind, name):
    """A template that nobody has filled in is not implemented, also if it crashes on its own None."""
    target = request.getfixturevalue(kind)(IMPORT + TEMPLATES[name])
    with pytest.raises(NotImplementedYet):
        load(target).ask("rnn_forward", *PROBLEM.inputs)


def test_the_line_to_fill_in_is_said(notebook):
    """The message has the cell and the line of the first part that is to be filled in."""
    with pytest.raises(NotImplementedYet, match=r"unfinished: homework.ipynb, cell 1, line 9: n_x, m, T_x = None"):
        load(notebook(IMPORT + TEMPLATES["a tuple of None"])).ask("rnn_forward", *PROBLEM.inputs)


def test_a_method_is_not_implemented(script):
    """A method of a class that is a template is not implemented, and so is one whose helper method is."""
    source = (
        "class Net:\n    def rnn_forward(self, x, a0, parameters):\n        return self.loop(x), None, None\n"
        "    def loop(self, x):\n        # YOUR CODE HERE\n        a = None\n        return a.shape\n"
    )
    with pytest.raises(NotImplementedYet, match="line 6: a = None"):
        load(script(source) + ":Net").ask("rnn_forward", *PROBLEM.inputs)


WRONG = {
    "a region with code": (
        "# START CODE HERE\n    # YOUR CODE STARTS HERE\n    b = x + a0\n    # YOUR CODE ENDS HERE\n"
        "    # END CODE HERE\n    return b, x, None",
        Crashed,
    ),
    "code before the inner region": (
        "# START CODE HERE\n    b = x + a0\n    # YOUR CODE STARTS HERE\n    # YOUR CODE ENDS HERE\n"
        "    # END CODE HERE\n    return b, x, None",
        Crashed,
    ),
    "crash": ("# TODO: faster\n    return x + a0, x, None", Crashed),
    "crash, with a None that is right": ("caches = None\n    return x + a0, x, caches", Crashed),
    "crash of a type, with a None that is right": ("caches = None\n    return x + 'x', x, caches", Crashed),
    "an attribute that begins as None": (
        "x.T  # TODO\n    rnn_forward.cache = None\n    return x + a0, x, None",
        Crashed,
    ),
    "None first, then a value": (
        "# START CODE HERE\n    a, y, c = None, None, None\n    a = y = c = x + a0\n    return a, y, c",
        Crashed,
    ),
    "None by mistake": ("return x, None, None", Wrong),
    "NoneType of something else": ("if x is not None: pass\n    return x, {}.get('y').shape, None", Crashed),
    "zeros by mistake": ("# your code here\n    a = np.zeros_like(x)\n    return a, 0 * a, x, None", Wrong),
    "types of None": ("# your code here\n    y: list | None = []\n    return x + a0, x, y", Crashed),
    "slices of None": ("# your code here\n    return x[:, None] + a0, x[slice(None)], None", Crashed),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_finished_function_is_wrong(script, name):
    """A finished function that fails is wrong, with comments of a template around it and with None in it."""
    body, outcome = WRONG[name]
    with pytest.raises(Outcome) as raised:
        load(script(f"{IMPORT}def rnn_forward(x, a0, parameters):\n    {body}\n")).ask("rnn_forward", *PROBLEM.inputs)
    assert type(raised.value) is outcome


def test_a_finished_template_is_judged(notebook):
    """A template that is filled in is judged, with the comments of the template in it."""
    source = (
        "def tanh_forward(x):\n    ### START CODE HERE ### (≈1 line)\n    out = None\n    out = np.tanh(x)\n"
        "    ### END CODE HERE ###\n    return out"
    )
    assert np.array_equal(load(notebook(IMPORT + source)).tanh_forward(np.zeros((2, 2))), np.zeros((2, 2)))


# A stub after a definition

DEFINED = "def tanh_forward(x):\n    return x + 1\n"
STUBS = [
    "def tanh_forward(x):\n    pass", "def tanh_forward(x):\n    '''Tanh.'''\n    ...",
    "def tanh_forward(x):\n    return None",
    "def tanh_forward(x):\n    raise NotImplementedError",
    "def tanh_forward(x):\n    # YOUR CODE HERE\n    y = None\n    return y",
]  # fmt: skip


@pytest.mark.parametrize("stub", STUBS)
def test_a_stub_after_a_definition_is_said(notebook, stub):
    """If the last definition is a stub, it counts, and a note has both places."""
    implementation = load(notebook(DEFINED, "x = 1", stub))
    first, last = "homework.ipynb, cell 1, line 1", "homework.ipynb, cell 3, line 1"
    assert implementation.notes == [
        f"{last}: tanh_forward is defined again as a stub, which counts; {first} has a whole one"
    ]
    with pytest.raises(NotImplementedYet):
        implementation.tanh_forward(np.ones((2, 2)))


@pytest.mark.parametrize("cells", [[STUBS[0], DEFINED], [DEFINED, STUBS[0], DEFINED], [DEFINED, DEFINED], [STUBS[0]]])
def test_other_definitions_are_not_said(notebook, cells):
    """There is no note on a definition after a stub, on two definitions, and on a stub alone."""
    assert load(notebook(*cells)).notes == []


@pytest.mark.waits
@pytest.mark.parametrize("name", ["a tuple of None", "results of None", "a loop that passes", "pass and None"])
def test_the_verdict_on_a_template(verdict_on, folder, notebook, name):
    """The verdict on a template is not implemented, with status 1."""
    verdict = verdict_on(folder / notebook(IMPORT + TEMPLATES[name]))
    assert (verdict.status, verdict.report["verdict"]) == (1, "not implemented")


CS231N = """
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h, cache = None, None
    ##############################################################################
    # TODO: Implement a single forward step for the vanilla RNN. Store the next  #
    # hidden state and any values you need for the backward pass in cache.       #
    ##############################################################################
    # *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****

    pass

    # *****END OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    dx, dprev_h, dWx, dWh, db = None, None, None, None, None
    # TODO: Implement the backward pass for a single step of a vanilla RNN.
    pass
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    h, cache = None, None
    # TODO: Implement forward pass for a vanilla RNN.
    pass
    return h, cache


def rnn_backward(dh, cache):
    dx, dh0, dWx, dWh, db = None, None, None, None, None
    # TODO: Implement the backward pass for a vanilla RNN running an entire sequence.
    pass
    return dx, dh0, dWx, dWh, db
"""


@pytest.mark.waits
def test_the_verdict_on_a_template_in_another_layout(verdict_on, folder, script):
    """The verdict on CS231n's template is not implemented too."""
    verdict = verdict_on(folder / script(IMPORT + CS231N))
    assert (verdict.status, verdict.report["verdict"]) == (1, "not implemented")
