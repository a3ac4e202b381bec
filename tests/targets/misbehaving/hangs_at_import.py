"""A script that never ends, and has a function all the same."""

import numpy as np


def tanh_forward(x):
    return np.tanh(x)


while True:
    pass
