"""Wrong RNNs, each with one named mistake."""

from rnn_reference.faults import network_backward
from rnn_reference.faults.fault import Fault

FAULTS: dict[str, Fault] = {fault.id: fault for fault in (network_backward.carry_dropped,)}

__all__ = ["FAULTS", "Fault"]
