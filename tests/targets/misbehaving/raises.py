"""Implementations that raise exceptions which ordinary handlers do not catch."""


class Interrupt:
    def tanh_forward(self, x):
        raise KeyboardInterrupt


class OfItsOwn(BaseException):
    """No Exception."""


class Base:
    def tanh_forward(self, x):
        raise OfItsOwn("caught me")


class Mute(Exception):  # noqa: N818
    """Cannot even be printed."""

    def __str__(self):
        raise RuntimeError


class Silent:
    def tanh_forward(self, x):
        raise Mute


class Endless:
    def tanh_forward(self, x):
        raise ValueError("x" * 10**8)
