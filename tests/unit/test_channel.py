"""Messages between two processes, one of which does not trust the other."""

import json
import pickle

import numpy as np
import pytest

from rnn_reference.implementations.isolation.channel import Malformed, decode, encode
from rnn_reference.implementations.values import Handle, NotNumbers


def same(one, other):
    """Whether two values are of the same types, and hold the same."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return one.number == other.number if isinstance(one, Handle) else one == other


VALUES = {
    "plain": [None, True, 3, 0.1, "text\nof\ttwo lines, \N{SNOWMAN}", "\udc80"],
    "nested": {"a": [1, (2, ()), {}], "b": ({"c": [[]]},)},
    "arrays": [np.arange(6.0).reshape(2, 3), np.ones((3, 0, 2), "f4"), np.array(5), np.arange(3, dtype=">i2")],
    "kinds": [np.array([True]), np.array([1 + 2j]), np.array([np.nan, np.inf]), np.ones(2, np.longdouble)],
    "handles": (Handle(7), NotNumbers("generator", " but generator")),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_arrive_as_they_were(name):
    """What a message can carry arrives with its types, the arrays to the last bit."""
    assert same(decode(encode(VALUES[name])), VALUES[name])


def test_an_array_is_sent_once():
    """An array that occurs twice is in the message once, and arrives as two arrays with memory of their own."""
    x = np.arange(1000.0)
    message = encode([x, {"x": x}])
    assert len(message) < 1.1 * x.nbytes
    first, second = decode(message)[0], decode(message)[1]["x"]
    first[0] = 7
    assert second[0] == 0 and second.flags.owndata and second.flags.writeable


@pytest.mark.parametrize("lay", [np.asfortranarray, lambda x: x[::-1], lambda x: np.repeat(x, 2, axis=1)[:, ::2]])
def test_strides_are_kept(lay):
    """An array that is not contiguous has the same strides when it arrives."""
    x = lay(np.arange(12.0).reshape(3, 4))
    arrived = decode(encode(x))
    assert arrived.strides == x.strides and np.array_equal(arrived, x)


def test_gaps_do_not_take_memory():
    """Strides that would take much more memory than the numbers do not arrive."""
    x = np.ones((2, 2**20), "i1")[:, :: 2**19]
    assert decode(encode(x)).flags.c_contiguous


GARBAGE = {
    "nothing": b"",
    "text": b"what somebody printed\n",
    "no end of the line": b"[1, 2]",
    "a pickle": pickle.dumps(print),
    "an unknown tag": b'{"module": "os"}\n',
    "two tags": b'{"tuple": [], "dict": []}\n',
    "objects": b'{"array": ["O", [1], 0, null]}\n' + bytes(8),
    "more numbers than there are": b'{"array": ["f8", [1000], 0, null]}\n' + bytes(8),
    "negative": b'{"array": ["f8", [-1], 0, null]}\n' + bytes(8),
    "before the message": b'{"array": ["f8", [1], -999, null]}\n' + bytes(8),
    "strides without shape": b'{"array": ["f8", [1], 0, [8, 8]]}\n' + bytes(8),
    "depth": b"[" * 100_000 + b"\n",
    "digits": b"9" * 10_000 + b"\n",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_malformed(name):
    """Bytes that are no message are refused, whatever they look like."""
    with pytest.raises(Malformed):
        decode(GARBAGE[name])


def test_a_message_is_json_and_bytes():
    """A message can be read without this package: a line of JSON, and the arrays behind it."""
    head, _, body = encode({"x": np.array([1.5])}).partition(b"\n")
    assert json.loads(head) == {"dict": [["x", {"array": ["<f8", [1], 0, None]}]]}
    assert np.frombuffer(body).tolist() == [1.5]
