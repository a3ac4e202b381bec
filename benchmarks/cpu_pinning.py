"""One thread on one core while loops are timed. Everything is restored afterwards."""

import contextlib
import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "torch", "jax", "onnxruntime", "onnx", "keras", "threadpoolctl", "pytest-benchmark")


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Bind all threads of this process to one core, and set each library to one thread."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_one_core())
        # imported here: they count the cores at import, and threadpoolctl must find their pools
        if find_spec("torch"):
            stack.enter_context(_torch_on_one_thread())
        if find_spec("jax"):
            stack.enter_context(_jax_restored())
        if find_spec("threadpoolctl"):
            from threadpoolctl import threadpool_limits

            stack.enter_context(threadpool_limits(1))
        yield


def core() -> int | None:
    """Return the last core that this process may use, since the first ones serve interrupts.

    None if the system has no affinity, or if the number of threads cannot be limited: several threads on one core only
    wait for each other.
    """
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") and find_spec("threadpoolctl") else None


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """Use the affinity of threads, because jax has no other limit."""
    chosen = core()
    if chosen is None:
        yield
        return
    allowed = os.sched_getaffinity(0)
    before = {thread: os.sched_getaffinity(thread) for thread in _threads()}
    for thread in before:
        _bind(thread, {chosen})
    try:
        yield
    finally:
        for thread in _threads():  # new threads have inherited the one core
            _bind(thread, before.get(thread, allowed))


def _threads() -> list[int]:
    tasks = Path("/proc/self/task")
    return [int(task.name) for task in tasks.iterdir()] if tasks.is_dir() else [0]


def _bind(thread: int, cores: set[int]) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
        os.sched_setaffinity(thread, cores)


@contextlib.contextmanager
def _torch_on_one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def _jax_restored() -> Iterator[None]:
    """Restore the precision: the loop in jax turns float64 on for the whole process."""
    import jax

    before = jax.config.jax_enable_x64
    try:
        yield
    finally:
        jax.config.update("jax_enable_x64", before)


def machine() -> dict[str, Any]:
    """Describe the machine and the packages that were timed."""
    chosen = core()
    versions = {package: _version(package) for package in PACKAGES}
    return {
        "processor": _processor(),
        "pinned": "not pinned to a core" if chosen is None else f"pinned to core {chosen}",
        "threads": "one thread each" if versions["threadpoolctl"] else "threads as they come: threadpoolctl is missing",
        "clock": "time of this process" if chosen is not None else "time on the wall",
        "python": platform.python_version(),
        "versions": {package: found for package, found in versions.items() if found},
        "missing": [package for package, found in versions.items() if not found],
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    widest = next((f" with {name}" for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "")
    return (names[0] if names else platform.processor() or platform.machine()) + widest


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
