"""A script that ends its process when it is imported, after its definitions."""

import os


def tanh_forward(x):
    return x


os._exit(7)
