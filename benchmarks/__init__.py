"""Benchmarks of the time-step loop (``pytest benchmarks``), readers of their results (``report``), and ``studies``."""
