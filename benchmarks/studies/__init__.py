"""Studies that write pages of the documentation and golden values. Each is run by ``python -m benchmarks.studies.NAME``."""
