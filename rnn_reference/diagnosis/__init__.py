"""Explains a wrong answer: the function to blame, and its mistake. Runs only after a failure."""
