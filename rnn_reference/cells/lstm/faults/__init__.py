"""Mistakes that only the LSTM can have."""
