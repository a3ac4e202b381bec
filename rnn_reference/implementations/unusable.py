"""The one error of this package: a target that cannot be judged at all."""


class Unusable(Exception):  # noqa: N818 (it is also a verdict)
    """A target that could not be loaded; its text is one clear line, with the place where that helps."""
