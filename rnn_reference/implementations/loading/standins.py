"""Objects that stand for what an import did not give.

``Nothing`` stands for a package that only shows something, such as a plot. ``Missing`` stands for everything else: it
may be imported, be a decorator or be kept as a constant; a function that uses it when it is called is not judged.
"""

from collections.abc import Container
from types import FunctionType
from typing import Any, NoReturn

from rnn_reference.implementations.reach import global_names, reached

_GIVES_ITSELF = "add radd sub rsub mul rmul truediv rtruediv matmul rmatmul pow rpow neg getitem".split()
_RAISES = "iter len bool array float int index contains enter exit setitem mro_entries".split()


class NotInstalled(ModuleNotFoundError):  # noqa: N818 (an event that a caller turns into an outcome)
    """A function uses something that its import did not give."""


class Loading:
    """Whether the definitions of a target still run, and not yet its functions."""

    def __init__(self) -> None:
        self.ended = False


class Nothing:
    """A substitute for a package that shows something. Any use of it does nothing.

    A call returns an iterable argument, because a progress bar around a loop must do so, and a function, because it may
    be its decorator.
    """

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: Any, **named: Any) -> Any:  # noqa: D102 (said above)
        is_given_back = arguments and (hasattr(arguments[0], "__iter__") or isinstance(arguments[0], FunctionType))
        return arguments[0] if is_given_back else self


class Missing:
    """A substitute for something that an import did not give. ``reason`` says why."""

    def __init__(self, reason: str, loading: Loading) -> None:
        self._reason, self._loading = reason, loading

    def __getattr__(self, name: str) -> "Missing":
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(self._reason, self._loading)

    def __call__(self, *arguments: Any, **named: Any) -> "Missing":
        """Returns itself while definitions run, as a decorator. Raises NotInstalled later."""
        return self if not self._loading.ended else raise_missing(self)


def raise_missing(missing: Missing, *_: Any) -> NoReturn:
    """Raise NotInstalled for a substitute that is used."""
    raise NotInstalled(reason_of(missing))


def reason_of(missing: Missing) -> str:
    """Returns why the import did not give it."""
    return missing._reason


def missing_in(function: Any, apart: Container[str]) -> str:
    """Returns why a function cannot be called: it, or a helper that it calls, uses a substitute. Else returns "".

    Functions with a name in ``apart`` answer for themselves.
    """
    if isinstance(function, Missing):
        return reason_of(function)
    read = ((own, name) for own in reached(function, apart) for name in global_names(own))
    used = (own.__globals__.get(name) for own, name in read)
    return next((reason_of(one) for one in used if isinstance(one, Missing)), "")


for _name in _GIVES_ITSELF:
    setattr(Missing, f"__{_name}__", Missing.__call__)
for _name in _RAISES:
    setattr(Missing, f"__{_name}__", raise_missing)
