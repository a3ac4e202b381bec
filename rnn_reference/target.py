"""The implementation that a run is about: loaded as its options say, kept, and diagnosed when it first fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rnn_reference.implementations.implementation import Implementation

IMPLEMENTATION = pytest.StashKey[Any]()
_WORKER = pytest.StashKey[Any]()
_DIAGNOSIS = pytest.StashKey[Any]()


def begin_to_load(config: pytest.Config, options: Any) -> None:
    """Start the process of a target that gets one: it loads while the checks do."""
    if _WORKER not in config.stash and options.rnn_blackbox is None and _apart(options, options.rnn):
        config.stash[_WORKER] = _started(config, options, options.rnn)


def implementation_of(config: pytest.Config) -> Implementation:
    """The implementation under test: that of ``--rnn``, or the reference."""
    if IMPLEMENTATION not in config.stash:
        from rnn_reference.implementations.unusable import Unusable

        given = (config.option.rnn_blackbox, config.option.rnn)
        target = next((name for name in given if name is not None), "reference")
        try:
            config.stash[IMPLEMENTATION] = _load(config, target)
        except (Unusable, OSError) as error:
            from rnn_reference.report.files import write_for
            from rnn_reference.report.verdict import unusable

            write_for(config, unusable(target, str(error)))
            raise pytest.UsageError(str(error)) from None
    implementation: Implementation = config.stash[IMPLEMENTATION]
    return implementation


def _load(config: pytest.Config, target: str) -> Implementation:
    """The target's implementation, by the convention that is asked for."""
    if config.option.rnn_blackbox is not None:
        from rnn_reference.implementations.blackbox import Blackbox

        layout, n_x = config.option.rnn_blackbox_layout, config.option.rnn_blackbox_inputs
        return Blackbox(target, layout, n_x, config.option.rnn_timeout)
    implementation = _loaded(config, target)
    if config.option.rnn_dtype:
        implementation.judged_in(config.option.rnn_dtype)
    if config.option.rnn_convention is None:
        return implementation
    from rnn_reference.implementations.conventions.converted import Converted
    from rnn_reference.implementations.conventions.known import named

    return Converted(implementation, named(config.option.rnn_convention))


def _loaded(config: pytest.Config, target: str) -> Implementation:
    if not _apart(config.option, target):
        from rnn_reference.implementations.loading.find import load

        return load(target, seconds=config.option.rnn_timeout, device=config.option.rnn_device)
    from rnn_reference.implementations.isolation.isolated import Isolated
    from rnn_reference.implementations.unusable import Unusable

    if config.option.rnn_device != "cpu":
        raise Unusable(f"--rnn-device={config.option.rnn_device} is for the adapters for torch, jax and flax")
    worker = config.stash.get(_WORKER, None) or _started(config, config.option, target)
    config.stash[_WORKER] = None  # the next implementation gets its own
    return Isolated(worker)


def _apart(options: Any, target: str | None) -> bool:
    """Files and notebooks run in a process of their own; frameworks and modules in this one."""
    from rnn_reference.paths import is_file

    return target is not None and is_file(target) and not options.rnn_in_process


def _started(config: pytest.Config, options: Any, target: str) -> Any:
    from rnn_reference.implementations.isolation.worker import Worker

    worker = Worker(target, options.rnn_timeout, options.rnn_memory * 2**30)
    config.add_cleanup(worker.close)
    return worker


def diagnosis_of(config: pytest.Config) -> Any:
    """What is wrong with the implementation under test: found out at the first failure, and then remembered."""
    if _DIAGNOSIS not in config.stash:
        from rnn_reference.diagnosis.explain import Diagnosis
        from rnn_reference.paths import is_file

        implementation = implementation_of(config)
        anew = is_file(implementation.name)  # what is imported would only be found again
        restart = (lambda: _load(config, implementation.name)) if anew else None
        config.stash[_DIAGNOSIS] = Diagnosis(implementation, config.option.rnn_seed, restart)
    return config.stash[_DIAGNOSIS]
