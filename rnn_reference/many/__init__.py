"""Judges many targets, or many seeds of one target: each in its own process, here or on a Dask cluster."""
