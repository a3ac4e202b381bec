"""Compares the results of an implementation with the right results. It does not explain differences."""
