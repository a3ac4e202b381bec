"""Wrong RNNs, each with one named mistake: a file a stage.

``python -m rnn_reference rnn_reference.faults:carry_dropped`` judges the network that makes this one mistake;
``rnn_reference.faults:recurrent_transposed_and_carry_dropped`` the one that makes both.
"""

# isort: off
# each file enters its faults into the catalogue, in this order
import rnn_reference.cells.rnn.faults.activations
import rnn_reference.cells.rnn.faults.cell_forward
import rnn_reference.faults.loop_forward
import rnn_reference.cells.rnn.faults.cell_backward
import rnn_reference.faults.loop_backward
import rnn_reference.faults.loop_sums
import rnn_reference.faults.any_function  # noqa: F401

# isort: on
from rnn_reference.cells.fault import ANY, CATALOGUE, Fault
from rnn_reference.faults.network import FaultyNetwork

__all__ = ["ANY", "CATALOGUE", "Fault", "FaultyNetwork", "named"]


def named(id: str) -> list[Fault]:
    """Every way in which the mistake of that name is made. Raises KeyError for a name that is no fault's."""
    found = [fault for fault in CATALOGUE if fault.id == id]
    if not found:
        raise KeyError(f"there is no fault {id}")
    return found


def __getattr__(name: str) -> FaultyNetwork:
    """``carry_dropped``, or ``recurrent_transposed_and_carry_dropped``: a network with these mistakes."""
    try:
        return FaultyNetwork(*(named(part.replace("_", "-"))[0] for part in name.split("_and_")))
    except KeyError as error:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}: {error.args[0]}") from None
