"""Environment variables of a worker. This module imports nothing, because the command reads it very early."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One thread for linear algebra: the problems are small, and waiting threads would slow down the other process.

The caller's environment has priority.
"""

REUSE_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**28), "MALLOC_TRIM_THRESHOLD_": str(2**28)}
"""Makes glibc keep the memory of an array for the next one."""
