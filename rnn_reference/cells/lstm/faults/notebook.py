"""The mistake of a function that works only in its notebook."""

from typing import Any

from rnn_reference.cells.fault import Function, fault

SOURCE = """
def reading(*arguments):
    Wf, Wi, Wc, Wo
    return right(*arguments)
"""


def _declared(function: str) -> None:
    @fault(function, where="names of weights in the function: Wf, bf, Wy", any_function=True,
           change="take every weight from parameters, which is an argument or the end of the cache: parameters['Wf']",
           seen="20 public notebooks")  # fmt: skip
    def weights_from_globals(right: Function) -> Function:
        """It reads its weights from the notebook, not from parameters: anywhere else it raises NameError."""
        around: dict[str, Any] = {"right": right}
        exec(SOURCE, around)
        made: Function = around["reading"]
        return made


for _function in ("lstm_cell_forward", "lstm_forward", "lstm_cell_backward", "lstm_backward"):
    _declared(_function)
