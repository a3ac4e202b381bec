"""Many targets, and many seeds of one: each judged in a process of its own, here or on a Dask cluster."""
