"""Studies that write pages of the documentation, and golden values: ``python -m benchmarks.studies.NAME``."""
