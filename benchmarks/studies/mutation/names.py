"""Is a named mistake the mistake of a mutant? A network of the catalogue with it must give the same results."""

from collections.abc import Iterator
from itertools import islice, product

from benchmarks.studies.mutation.comparison import Answers, Functions, answers, asked, differing
from benchmarks.studies.mutation.right_answers import Case
from rnn_reference.cells.registry import cell_named
from rnn_reference.faults import ANY, CATALOGUE, Fault, FaultyNetwork

MOST = 400
"""How many networks are made from the ways to make the named mistakes."""

Names = list[tuple[str, str]]


def false_names(cell: str, functions: Functions, named: Names) -> Names:
    """Return the named mistakes of each function with a result that no network with the named mistakes gives.

    Each network has one named mistake in each of the functions. Of two in one function, each explains some results.
    """
    cases = asked(cell, functions)
    own = [answers(functions, case.problem) for case in cases]
    left = {(function, tensor) for got in own for function, results in got.items() for tensor in results}
    left = {(function, tensor) for function, tensor in left if function in dict(named)}
    for network in islice(_networks(cell, named), MOST):
        left -= _given(cell, network, cases, own, left)
    return [name for name in named if name[0] in dict(left)]


def are_of_results(named: Names) -> bool:
    """True if the mistakes are of the results of one call, not of how a function behaves, such as not-repeatable."""
    return not any(fault.stage == ANY for fault in CATALOGUE if fault.id in {id for _, id in named})


def _networks(cell: str, named: Names) -> Iterator[FaultyNetwork]:
    ways: dict[str, list[Fault]] = {}
    for function, id in named:
        ways.setdefault(function, []).extend(_ways(cell, function, id))
    return (FaultyNetwork(*faults, cell=cell_named(cell)) for faults in product(*ways.values()))


def _ways(cell: str, function: str, id: str) -> list[Fault]:
    """Return the faults of a name; a function that has none of its own makes that of one which it calls."""
    of_cell = [fault for fault in CATALOGUE if fault.id == id and fault.function in cell_named(cell).functions]
    return [fault for fault in of_cell if fault.function == function] or of_cell


def _given(
    cell: str, network: FaultyNetwork, cases: list[Case], own: list[Answers], asked_for: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return the results, of those asked for, that a network gives in every case; none if it raises an exception."""
    offered = {name: getattr(network, name) for name in cell_named(cell).functions}
    same = set(asked_for)
    for case, got in zip(cases, own, strict=True):
        try:
            given = answers(offered, case.problem)
        except Exception:
            return set()
        for function, tensor in list(same):
            if tensor in got.get(function, {}) and differing(given, {function: {tensor: got[function][tensor]}}):
                same.discard((function, tensor))
    return same
