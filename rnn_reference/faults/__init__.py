"""Wrong networks, each with one named mistake. Mistakes of any cell are here, mistakes of one cell in its folder.

``python -m rnn_reference rnn_reference.faults:carry_dropped`` judges a network with one mistake,
``rnn_reference.faults:recurrent_transposed_and_carry_dropped`` a network with two, and
``rnn_reference.faults:lstm_carry_dropped`` an LSTM with one.
"""

from importlib import import_module
from pkgutil import iter_modules

from rnn_reference.cells.fault import ANY, Fault, every_fault
from rnn_reference.cells.registry import BUILT_IN

_OF_ANY_CELL_BEFORE = ("cell_forward", "loop_forward", "loop_clipping", "loop_caches")
_OF_ANY_CELL_AFTER = ("cell_backward", "loop_backward", "loop_carry", "loop_reading", "loop_sums", "any_function")


def _declare_all() -> None:
    """Import every file of faults, in the order of the catalogue. The import declares the faults."""
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
"""Every fault in every variant, by cell and function."""

__all__ = ["ANY", "CATALOGUE", "Fault", "FaultyNetwork", "faults_named"]


def faults_named(id: str) -> list[Fault]:
    """Returns all variants of the fault with this id. Raises KeyError for an unknown id."""
    found = [fault for fault in CATALOGUE if fault.id == id]
    if not found:
        raise KeyError(f"there is no fault {id}")
    return found


def _first(name: str) -> Fault:
    """Returns the first variant of a mistake, of the cell in front of its name or of the first cell that has it."""
    cell = next((cell for cell in BUILT_IN if name.startswith(f"{cell}_")), "")
    found = faults_named(name.removeprefix(f"{cell}_").replace("_", "-"))
    return next((fault for fault in found if fault.function.startswith(f"{cell}_")), found[0])


def __getattr__(name: str) -> FaultyNetwork:
    """Returns a network with these mistakes: ``carry_dropped``, or ``recurrent_transposed_and_carry_dropped``.

    The name of a cell before a mistake means the mistake of this cell: ``lstm_carry_dropped``.
    """
    try:
        return FaultyNetwork(*map(_first, name.split("_and_")))
    except KeyError as error:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}: {error.args[0]}") from None
