"""Explains a wrong answer: which function is to blame, and which mistake it makes. Runs only after a failure."""
