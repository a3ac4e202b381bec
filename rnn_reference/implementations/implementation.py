"""An implementation by other people, called by the functions of the cells.

Everything that goes wrong in it becomes an outcome: a missing function ``NotOffered``, a stub ``NotImplementedYet``, an
exception ``Crashed``, a result of the wrong form ``Wrong``.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rnn_reference.cells.cell import ACTIVATION, CACHES, CELL_BACKWARD, Cell, Function
from rnn_reference.cells.registry import cells, function_named, functions
from rnn_reference.implementations.asking import answers_of, not_taken
from rnn_reference.implementations.crash import crash
from rnn_reference.implementations.declared import dtype_of, lacks_of, notes_on_lacks, tolerance_of
from rnn_reference.implementations.handing_over import watched_settings
from rnn_reference.implementations.question import Question
from rnn_reference.implementations.returned import results_of, with_predictions, wrong_shape
from rnn_reference.implementations.theirs import Theirs
from rnn_reference.implementations.values import own_copy
from rnn_reference.implementations.whereabouts import Whereabouts
from rnn_reference.outcomes import NotImplementedYet, NotOffered, Outcome, Wrong
from rnn_reference.problems.problem import Problem


class Implementation:
    """The functions of an object. Each call gets copies of the arguments, and its results are converted to arrays.

    ``theirs`` is any object with some of the cells' functions as attributes, such as a module or an instance. It may
    have five more attributes: ``dtype``, its precision (default float64); ``tolerance``, a dict of absolute tolerances
    by check id, used if they are wider than the derived ones; ``predicts``, False if its predictions should not be
    judged: they are replaced by those of its states; ``sizes``, "few" if it is compiled for each shape, or "none" if
    it is slow: fewer sizes are asked; and ``lacks``, the names of inputs that it has not, such as ``a0`` or ``ba``,
    which are zero, and of gradients that it does not give, such as ``dx``.
    """

    rerun_by = ""
    """The beginning of the call that judges it again, if it is no target of the command: ``check(globals()``."""

    def __init__(self, name: str, theirs: Any, notes: list[str] | None = None) -> None:
        self.name = name
        self.notes = list(notes or [])
        self.wrong_shape: Wrong | None = None
        self._held = Theirs(theirs)
        self._not_taken: dict[Cell, tuple[str, ...]] = {}
        self.predicts = getattr(theirs, "predicts", True) is not False
        self.sizes = getattr(theirs, "sizes", "all")
        self.lacks = lacks_of(getattr(theirs, "lacks", None))
        self.dtype = self._dtype_of(getattr(theirs, "dtype", None))
        self.tolerance = tolerance_of(getattr(theirs, "tolerance", None))
        self.notes += notes_on_lacks(self.lacks)
        self.notes += [f"{check}: tolerance widened to {value:g}" for check, value in self.tolerance.items()]

    def _dtype_of(self, declared: Any) -> str:
        """Returns the dtype of its arguments. A declared dtype of another kind is ignored, with a note."""
        dtype = "float64" if declared is None else dtype_of(declared)
        if dtype is None:
            self.notes.append(f"its dtype, {declared!r}, is not float16, float32 or float64: it gets float64")
        return dtype or "float64"

    def set_dtype(self, dtype: str) -> None:
        """Use this precision from now on, for its arguments and for the tolerances. It replaces a declared dtype."""
        if dtype != self.dtype:
            self.notes.append(f"judged in {dtype}; without the option it would get {self.dtype}")
            self.dtype = dtype

    @contextlib.contextmanager
    def in_dtype(self, dtype: str) -> Iterator[None]:
        """Inside this block its arguments have this precision."""
        kept, self.dtype = self.dtype, dtype
        try:
            yield
        finally:
            self.dtype = kept

    def offers(self, name: str) -> bool:
        """True if it has the function, also if this is a stub."""
        return self._held.offers(name)

    @property
    def offered(self) -> list[str]:
        """The names of the functions that it has, of every cell."""
        return [name for name in functions() if self.offers(name)]

    @property
    def cells(self) -> list[Cell]:
        """The cells with at least one of its functions; the first cell if it has none."""
        found = [
            cell
            for cell in cells()
            if any(self.offers(f.name) for f in cell.functions.values() if f.role != ACTIVATION)
        ]
        return found or [cells()[0]]

    @property
    def judged(self) -> tuple[str, ...]:
        """The names of the functions with a verdict in the report."""
        return tuple(dict.fromkeys(name for cell in self.cells for name in cell.functions))

    def takes(self, name: str) -> tuple[str, ...]:
        """Returns the optional arguments of one of its functions that are in its signature."""
        return self._held.takes(name)

    def reads_globals(self, name: str) -> tuple[str, ...]:
        """Returns the weights that one of its functions reads from the module around it, not from its arguments."""
        return self._held.reads_globals(name)

    def where(self, name: str) -> Whereabouts | None:
        """Returns where one of its functions is written, if that is known."""
        return self._held.where(name)

    def fitted(self, problem: Problem) -> Problem:
        """Returns the problem in its dtype, without the inputs that it does not take."""
        if problem.cell not in self._not_taken:
            self._not_taken[problem.cell] = tuple(argument for _, argument in not_taken(self, problem.cell))
        absent = (*self._not_taken[problem.cell], *(name for name in self.lacks if name in problem.cell.inputs))
        return problem.at(dtype=self.dtype, without=absent)

    def ask(self, name: str, *arguments: Any, copy: bool = True) -> dict[str, Any]:
        """Calls a function. Returns its results by name: copies of the arrays, and a cache unchanged.

        Raises the outcome if the results do not have the right form.
        """
        function = function_named(name)
        results = self.results(function, arguments, self.call(name, *arguments, copy=copy))
        if function.role not in (ACTIVATION, CELL_BACKWARD):
            self.wrong_shape = self.wrong_shape or wrong_shape(function, arguments, results)
        return results

    def results(self, function: Function, arguments: Sequence[Any], returned: Any) -> dict[str, Any]:
        """Returns what a call returned, by name. Its predictions are those of its states if they are not judged."""
        results = results_of(function, returned, self.lacks)
        self._note_weights_alone(function, results)
        return results if self.predicts else with_predictions(function, arguments, results)

    def _note_weights_alone(self, function: Function, results: Mapping[str, Any]) -> None:
        """Keep a note if a backward function returns the gradients of the weights alone."""
        if not function.takes_cache:
            return
        absent = [one for one in function.of_inputs if function.cell.of_sequence.get(one, one) not in self.lacks]
        if absent and not set(absent) & results.keys():
            note = f"{function.name} returns no {' and no '.join(absent)}: not judged"
            self.notes += [note] if note not in self.notes else []

    def function(self, name: str) -> Callable[..., Any]:
        """Returns one of its functions in the document's form: it returns an array, a tuple, or a dict of gradients."""
        signature = function_named(name)

        def function(*arguments: Any, copy: bool = True) -> Any:
            return signature.returned(self.ask(name, *arguments, copy=copy))

        return function

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Returns a function by its name, such as ``rnn_forward``."""
        if name.startswith("_") or name not in functions():
            raise AttributeError(f"an implementation has no {name}")
        return self.function(name)

    def answers(self, question: Question) -> list[dict[str, Any]]:
        """Returns the results of each call by name. Raises the outcome of the first call that fails."""
        with self.in_one_message(question):
            return answers_of(self, question)

    def watched(self) -> contextlib.AbstractContextManager[list[str]]:
        """Returns a context with a list. At its end, this has the settings that calls inside changed: ``np.random``."""
        return watched_settings()

    @contextlib.contextmanager
    def prefetch(self, questions: Sequence[Question]) -> Iterator[None]:
        """Inside this block the questions are asked in this order. A subclass may fetch several answers at once."""
        yield

    @contextlib.contextmanager
    def in_one_message(self, question: Question) -> Iterator[None]:
        """Inside this block the calls of the question are made in its order. A subclass may make them all at once."""
        yield

    def cache_contents(self, caches: Any) -> Any:
        """Returns the contents of the caches, for the diagnosis: lists, tuples and dicts of arrays, if possible."""
        return caches

    def second_part(self, caches: Any) -> Any:
        """Returns ``caches[1]``, which is ``x`` in the document's form; None for caches of another form."""
        inside = self.cache_contents(caches)
        return inside[1] if isinstance(inside, tuple | list) and len(inside) == 2 else None

    def begin(self) -> None:
        """Forget the output and the wrong shapes of earlier checks."""
        self.wrong_shape = None
        self.printed()

    def printed(self) -> str:
        """Returns the end of its output since the last call, if it is printed in another process."""
        return ""

    def close(self) -> None:
        """Release its resources outside this process."""

    def call(self, name: str, *arguments: Any, copy: bool = True) -> Any:
        """Returns the result of a function, unchanged. It is called with copies of the arguments, which it may modify.

        The copies are contiguous, writable and in the implementation's dtype. Without ``copy`` it gets the arrays
        themselves. A cache is passed unchanged.
        """
        if not self.offers(name):
            raise NotOffered([("", f"{self.name} has no {name}")], function=name)
        result = self._call_theirs(name, arguments, copy)
        if result is None:
            raise NotImplementedYet([("", f"{name} is a stub: it returns nothing")], function=name)
        return result

    def _call_theirs(self, name: str, arguments: tuple[Any, ...], copy: bool) -> Any:
        """Returns the result of the function, None for a stub. Raises the outcome of a call that does not return."""
        function = function_named(name)
        named = {
            key: own_copy(value, self.dtype) if copy and key not in CACHES else value
            for key, value in function.named(arguments).items()
        }
        try:
            return self._held.call(function, named)
        except NotImplementedError:
            return None
        except Outcome:
            raise
        except (Exception, SystemExit) as error:
            raise crash(name, error, named) from None
