"""Mistakes of functions that work only once, or only in their notebook."""

from collections.abc import Callable
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


def _pop(cache: Any) -> None:
    """Take the last step out of the caches of a sequence."""
    cache[0].pop()


def _spoil(cache: Any) -> None:
    """Overwrite an array of the first step, or of the step."""
    step = cache[0][0] if isinstance(cache[0], list) else cache
    forget = step[4]
    forget *= 1 - forget


def _consuming(right: Function, change: Callable[[Any], None]) -> Function:
    def backward(*arguments: Any) -> Any:
        found = right(*arguments)
        change(next(one for one in arguments if isinstance(one, tuple)))
        return found

    return backward


@fault("lstm_cell_backward", where="assignments into parts of the cache: ft *= 1 - ft", any_function=True,
       change="compute new arrays: the cache belongs to the caller", seen="6 public notebooks")  # fmt: skip
def cache_consumed(right: Function) -> Function:
    """It changes its cache: a second call with the same cache fails, or gives other values."""
    return _consuming(right, _spoil)


@fault("lstm_backward", id="cache-consumed", where="caches.pop(), and assignments into parts of the caches",
       any_function=True, change="read caches[t]: the caches belong to the caller", seen="6 public notebooks",
       variants={"popped": {"change": _pop}, "overwritten": {"change": _spoil}})  # fmt: skip
def caches_consumed(right: Function, change: Callable[[Any], None]) -> Function:
    """It changes its caches: a second call with the same caches fails, or gives other values."""
    return _consuming(right, change)
