"""The tanh RNN: its equations, a fast reference, and the mistakes that are about this cell alone."""
