"""What was found in somebody's own network and how it was understood, in words for the report."""

from rnn_reference.implementations.roles.forms import WORDS
from rnn_reference.implementations.roles.reading import Reading
from rnn_reference.implementations.roles.running import Handing


def notes_on(reading: Reading) -> list[str]:
    """Returns what was found and how it was understood, for the report."""
    core = reading.core
    notes = [
        f"understood as {'one step' if reading.step else 'a sequence'}: {core.call}, {_handed(core.handing)}",
        f"its weights: {core.container.weights}",
        f"its {'last state' if core.last else 'states'}: {core.states}",
    ]
    if core.backward and core.backward.gradients:
        notes.append(f"its gradients: {core.backward.call or core.call}; {core.backward.gradients}")
        if core.backward.mean:
            notes.append(f"its gradients are means over {core.backward.mean}: judged times {core.backward.mean}")
    if core.graph:
        notes.append("its gradients are those of torch's graph")
    return notes


def _handed(handing: Handing) -> str:
    """Returns the forms of the input and of the state in words."""
    x = "numbers of words" if handing.x == WORDS else f"({', '.join(handing.x.replace('T,', ''))})"
    x = f"a list of {x}" if handing.x.startswith("T,") else x
    state = f", the state as ({', '.join(handing.h.strip('()'))})" if handing.h else ""
    return f"the input as {x}{state}" + (f" in .{handing.attribute}" if handing.attribute else "")
