"""Environment variables of a worker. This module imports nothing: the command reads it before its path is safe."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The problems are small: more threads of a linear algebra library would only wait, and slow the other process down.

The caller's environment has priority.
"""

REUSE_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**28), "MALLOC_TRIM_THRESHOLD_": str(2**28)}
"""Makes glibc keep the memory of an array for the next one."""
