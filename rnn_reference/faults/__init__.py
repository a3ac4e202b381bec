"""Wrong networks, each with one named mistake: those of any cell here, a cell's own in its folder.

``python -m rnn_reference rnn_reference.faults:carry_dropped`` judges the network that makes this one mistake;
``rnn_reference.faults:recurrent_transposed_and_carry_dropped`` the one that makes both.
"""

from importlib import import_module
from pkgutil import iter_modules

from rnn_reference.cells.fault import ANY, Fault, every_fault
from rnn_reference.cells.registry import BUILT_IN

_OF_ANY_CELL_BEFORE = ("cell_forward", "loop_forward", "loop_caches")
_OF_ANY_CELL_AFTER = ("cell_backward", "loop_backward", "loop_sums", "any_function")


def _declare_all() -> None:
    """Import every file of faults: its faults are declared in the order of the catalogue."""
    for name in _OF_ANY_CELL_BEFORE:
        import_module(f"rnn_reference.faults.{name}")
    for cell in BUILT_IN:
        package = import_module(f"rnn_reference.cells.{cell}.faults")
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    for name in _OF_ANY_CELL_AFTER:
        import_module(f"rnn_reference.faults.{name}")


_declare_all()

from rnn_reference.faults.network import FaultyNetwork  # noqa: E402 (it needs them declared)

CATALOGUE: list[Fault] = every_fault()
"""Every fault in every variant, cell by cell, function by function."""

__all__ = ["ANY", "CATALOGUE", "Fault", "FaultyNetwork", "faults_named"]


def faults_named(id: str) -> list[Fault]:
    """Every way in which the mistake of that name is made. Raises KeyError for a name that is no fault's."""
    found = [fault for fault in CATALOGUE if fault.id == id]
    if not found:
        raise KeyError(f"there is no fault {id}")
    return found


def __getattr__(name: str) -> FaultyNetwork:
    """``carry_dropped``, or ``recurrent_transposed_and_carry_dropped``: a network with these mistakes."""
    try:
        return FaultyNetwork(*(faults_named(part.replace("_", "-"))[0] for part in name.split("_and_")))
    except KeyError as error:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}: {error.args[0]}") from None
