"""An implementation that prints a gigabyte, and is right."""

import sys
import time

import numpy as np

DONE = []


def tanh_forward(x):
    if not DONE:
        DONE.append(True)
        for _ in range(1024):
            sys.stdout.write("x" * 2**20)
        time.sleep(1.0)  # what comes in the moment in which output is thrown away goes with it
        print("\nthe last line")
    return np.tanh(x)


def softmax_forward(x):
    print("what softmax says")
    raise ValueError("and why it fails")
