"""Mistakes in the functions of the tanh RNN's cell."""
