"""A script that ends its process when it is imported, and when its definitions alone are run."""

import os


def tanh_forward(x):
    return x


class Ends:
    os._exit(7)
