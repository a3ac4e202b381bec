"""The implementation under test: loaded by the options, kept for the run, and diagnosed after the first failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rnn_reference.implementations.implementation import Implementation

IMPLEMENTATION = pytest.StashKey[Any]()
_WORKER = pytest.StashKey[Any]()
_DIAGNOSIS = pytest.StashKey[Any]()


def begin_with(config: pytest.Config, implementation: Implementation) -> None:
    """Judge this implementation, in place of the target of the options."""
    config.stash[IMPLEMENTATION] = implementation
    config.add_cleanup(implementation.close)


def begin_to_load(config: pytest.Config, options: Any) -> None:
    """Start the worker of a file or notebook now, so that it loads at the same time as the checks."""
    if _WORKER not in config.stash and options.rnn_blackbox is None and _isolated(options, options.rnn):
        config.stash[_WORKER] = _started(config, options, options.rnn)


def target_of(options: Any) -> str:
    """Returns the target of the options; without one, the reference."""
    given = (options.rnn_blackbox, options.rnn)
    return next((name for name in given if name is not None), "reference")


def implementation_of(config: pytest.Config) -> Implementation:
    """Returns the implementation under test. Raises Unusable or OSError if it cannot be loaded."""
    if IMPLEMENTATION not in config.stash:
        config.stash[IMPLEMENTATION] = _load(config, target_of(config.option))
    implementation: Implementation = config.stash[IMPLEMENTATION]
    return implementation


def _load(config: pytest.Config, target: str, fill_empty: bool = False) -> Implementation:
    """Returns the implementation, with the precision and the convention of the options."""
    if config.option.rnn_blackbox is not None:
        from rnn_reference.implementations.blackbox import Blackbox

        layout, n_x = config.option.rnn_blackbox_layout, config.option.rnn_blackbox_inputs
        return Blackbox(target, layout, n_x, config.option.rnn_timeout)
    implementation = _loaded(config, target, fill_empty)
    if config.option.rnn_dtype:
        implementation.set_dtype(config.option.rnn_dtype)
    if config.option.rnn_convention is None:
        return implementation
    from rnn_reference.implementations.conventions.converted import Converted
    from rnn_reference.implementations.conventions.known import conventions_named

    return Converted(implementation, conventions_named(config.option.rnn_convention))


def _loaded(config: pytest.Config, target: str, fill_empty: bool) -> Implementation:
    if not _isolated(config.option, target):
        from rnn_reference.implementations.loading.find import load

        return load(target, seconds=config.option.rnn_timeout, device=config.option.rnn_device)
    from rnn_reference.implementations.isolation.isolated import Isolated
    from rnn_reference.implementations.unusable import Unusable

    if config.option.rnn_device != "cpu":
        device = config.option.rnn_device
        raise Unusable(f"--rnn-device={device} is for adapters; a file or a notebook chooses its device itself")
    worker = config.stash.get(_WORKER, None) or _started(config, config.option, target, fill_empty)
    config.stash[_WORKER] = None  # the next implementation gets its own
    return Isolated(worker)


def _isolated(options: Any, target: str | None) -> bool:
    """True for files and notebooks: they run in their own process. Frameworks and modules run in this process."""
    from rnn_reference.paths import is_file

    return target is not None and is_file(target) and not options.rnn_in_process


def _started(config: pytest.Config, options: Any, target: str, fill_empty: bool = False) -> Any:
    from rnn_reference.implementations.isolation.worker import Worker

    worker = Worker(target, options.rnn_timeout, options.rnn_memory * 2**30, fill_empty)
    config.add_cleanup(worker.close)
    return worker


def diagnosis_of(config: pytest.Config) -> Any:
    """Returns the diagnosis of the implementation under test. It is made after the first failure, and kept."""
    if _DIAGNOSIS not in config.stash:
        from rnn_reference.diagnosis.explain import Diagnosis
        from rnn_reference.paths import is_file

        implementation = implementation_of(config)
        reloads = is_file(implementation.name)  # a module would only be found again in sys.modules
        restart = (lambda fill_empty: _load(config, implementation.name, fill_empty)) if reloads else None
        config.stash[_DIAGNOSIS] = Diagnosis(implementation, config.option.rnn_seed, restart)
    return config.stash[_DIAGNOSIS]
