"""The three ways in which ``check_vjp`` does not pass. Each is an AssertionError, and none is a kind of another."""


class VjpError(AssertionError):
    """A vector-Jacobian product is wrong. The text names the worst element, its error, and the smallest error seen."""


class NotDifferentiable(AssertionError):  # noqa: N818 (an outcome: nothing is in error)
    """The function has a kink here: the slopes on the two sides of an element differ. No claim is right or wrong."""


class Blunt(AssertionError):  # noqa: N818 (an outcome: nothing is in error)
    """The claim agrees with the differences, but they are too inaccurate: an error of 1 % would not have been seen."""
