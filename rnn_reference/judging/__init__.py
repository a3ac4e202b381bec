"""Compares what an implementation returns with what is right. Never explains."""
