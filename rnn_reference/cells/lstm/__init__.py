"""The LSTM: its equations, a fast reference, and the mistakes of this cell only."""
