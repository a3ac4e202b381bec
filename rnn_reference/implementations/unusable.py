"""The error for a target that cannot be judged."""


class Unusable(Exception):  # noqa: N818 (it is also a verdict)
    """A target could not be loaded. The text is one clear line, with file and line number if they help."""
