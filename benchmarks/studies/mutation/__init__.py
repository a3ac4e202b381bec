"""A mutation campaign on right networks in numpy: ``python -m benchmarks.studies.mutation``."""
