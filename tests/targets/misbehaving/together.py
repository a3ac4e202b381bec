"""Functions that go wrong when several calls are asked for at once."""

import contextlib
import os
import time

import numpy as np

from rnn_reference import rnn_forward as right


class Slow:
    """Each call takes most of the time that one may take."""

    def tanh_forward(self, x):
        time.sleep(1.0)
        return np.tanh(x)


class DiesOnTheWayBack:
    """The process ends in the backward pass."""

    def rnn_forward(self, x, a0, parameters):
        return right(x, a0, parameters)

    def rnn_backward(self, da, caches):
        os._exit(3)


class HangsOnTheWayBack(DiesOnTheWayBack):
    """The backward pass does not end."""

    def rnn_backward(self, da, caches):
        time.sleep(60)


class InTurn:
    """Says how many calls it has had; a 7 ends the process, an 8 never ends."""

    calls = 0

    def tanh_forward(self, x):
        self.calls += 1
        if x.flat[0] == 7:
            os._exit(3)
        if x.flat[0] == 8:
            time.sleep(60)
        return np.full(x.shape, self.calls)


class OneBuffer:
    """Every result is written over the last one."""

    def __init__(self):
        self.out = {}

    def tanh_forward(self, x):
        return np.tanh(x, out=self.out.setdefault(x.shape, np.empty(x.shape)))


class TwoValues:
    """The forward pass keeps its caches to itself; the backward pass would not live without them."""

    def rnn_forward(self, x, a0, parameters):
        return right(x, a0, parameters)[:2]

    def rnn_backward(self, da, caches):
        os._exit(3)


class RaisesAtNine:
    """Raises an exception for one argument."""

    def tanh_forward(self, x):
        if x.flat[0] == 9:
            raise ValueError("nine")
        return np.tanh(x)


class WritesOnThePipe:
    """The second function writes garbage to whatever is open."""

    garbage = b"garbage"

    def tanh_forward(self, x):
        return np.tanh(x)

    def softmax_forward(self, x):
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(descriptor, self.garbage)
        return x


class WritesHalfAMessage(WritesOnThePipe):
    """What it writes looks like the beginning of a long message."""

    garbage = b"\0\1\0\0"


class WritesAMessage(WritesOnThePipe):
    """What it writes looks like a whole message, which is no reply."""

    garbage = b"\0\0\0\x03{}\n"


class ClosesThePipe(WritesOnThePipe):
    """The second function closes whatever is open."""

    def softmax_forward(self, x):
        os.closerange(3, 64)
        return x
