"""Mistakes that only the tanh RNN can have."""
