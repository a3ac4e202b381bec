"""The kill table: which mistakes this suite catches and names, and which ones other test suites notice.

    python -m benchmarks.studies.kill_table [--write]

Every variant of every fault of the catalogue is judged by the whole suite (``whole_suite.py``), like a user's file, and
by other suites (``other_suites.py``, ``onnx_cases.py``). There is one table for each cell. ``--write`` writes
docs/generated/kill-table.md; it takes some minutes.
"""

import argparse
import functools
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from typing import NamedTuple
from unittest import mock

from benchmarks.markdown import table
from benchmarks.studies import other_suites, pages
from benchmarks.studies.kill_page import page
from benchmarks.studies.onnx_cases import onnx_cases
from benchmarks.studies.whole_suite import Run, by_the_suite
from rnn_reference.cells.cell import CELL_FORWARD, FORWARD
from rnn_reference.cells.registry import BUILT_IN, cell_named, function_named
from rnn_reference.faults import CATALOGUE, Fault, FaultyNetwork
from rnn_reference.paths import checks_folder

PAGE = "kill-table.md"
FOR_BACKWARD = ("shared-cache", "caches-dropped", "initial-cell-is-view")
"""Mistakes of the forward pass that only the backward pass shows."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""There is one process on each core, and the arrays are small."""

Refusals = dict[str, frozenset[str]]
"""What each other suite refuses in a network, without the suites that cannot be asked."""


class Suite(NamedTuple):
    """Another suite: its test, the package that it needs, and the faults that it can be asked about."""

    refuses: other_suites.Test
    package: str = "numpy"
    applies: Callable[[Fault], bool] = lambda fault: True


def _in_states(fault: Fault) -> bool:
    return fault.function == "tanh_forward" or function_named(fault.function).role in (CELL_FORWARD, FORWARD)


def _in_gradients(fault: Fault) -> bool:
    return function_named(fault.function).takes_cache or fault.id in FOR_BACKWARD


_OF_EVERY_CELL = {
    "one-step gradient check": Suite(other_suites.one_step),
    "ONNX cases": Suite(onnx_cases, "onnx", _in_states),
    "torch gradcheck": Suite(other_suites.gradcheck, "torch", _in_gradients),
}
OTHERS = {
    "rnn": {"document's values": Suite(other_suites.published), **_OF_EVERY_CELL},
    "lstm": {
        "course's older values": Suite(other_suites.published),
        "course's newer values": Suite(other_suites.published_newer),
        **_OF_EVERY_CELL,
    },
}


def suites(cell: str) -> dict[str, Suite]:
    """Return the other suites of a cell whose packages are installed."""
    return {name: suite for name, suite in OTHERS[cell].items() if find_spec(suite.package) is not None}


def heads(cell: str) -> list[str]:
    """Return the heads of a cell's table."""
    return ["fault", "ways", "caught by", "named", *suites(cell)]


def caught_by(runs: list[Run]) -> str:
    """Return the checks that catch every variant of a mistake; if there are none, the first that catches each."""
    if not all(run.caught for run in runs):
        return f"not caught in {sum(not run.caught for run in runs)} of {len(runs)}"
    common = [check for check in runs[0].caught if all(check in run.caught for run in runs)]
    union = list(dict.fromkeys(run.caught[0] for run in runs))
    names = sorted(common or union, key=lambda check: (check.startswith("golden"), _place(check)))
    return ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")


@functools.cache
def _place(check: str) -> int:
    """Return the place of a check in the list of all ids. Golden values are named last: other suites have them too."""
    ids = (checks_folder() / "ids.txt").read_text(encoding="utf-8").split()
    return next((k for k, id in enumerate(ids) if id.partition("[")[0] == check), len(ids))


def naming(variants: list[Fault], runs: list[Run]) -> str:
    """Return ``yes`` if only the mistakes made are named in every variant, and ``tie`` if listed among others.

    Return ``wrong`` if another mistake is named, or if a function without a mistake is called wrong.
    """
    said = {_naming(fault, run) for fault, run in zip(variants, runs, strict=True)}
    return next(word for word in ("wrong", "no", "tie", "yes") if word in said)


def _naming(fault: Fault, run: Run) -> str:
    right = {f"{fault.function}: {one}" for one in fault.ids}
    if (run.named - right) or (run.blamed - {fault.function}):
        return "wrong"
    return "yes" if right <= run.named else "tie" if right <= run.named | run.tied else "no"


@functools.cache
def usual(cell: str, name: str) -> frozenset[str]:
    """Return what another suite refuses in a right network of this cell."""
    right = cell_named(cell)
    return frozenset(OTHERS[cell][name].refuses(FaultyNetwork(cell=right), right))


def refusals(fault: Fault) -> Refusals:
    """Return what each other suite refuses in a fresh network with this mistake, without those that do not apply."""
    cell = function_named(fault.function).cell
    asked = {name: suite for name, suite in suites(cell.name).items() if suite.applies(fault)}
    return {name: frozenset(suite.refuses(FaultyNetwork(fault), cell)) for name, suite in asked.items()}


def noticed(cell: str, name: str, variants: Iterable[Refusals]) -> str:
    """Return in how many variants another suite refuses something that it accepts in a right network."""
    refused = [found[name] for found in variants if name in found]
    if not refused:
        return "-"
    seen = sum(bool(found - usual(cell, name)) for found in refused)
    if seen in (0, len(refused)):
        red_anyway = seen == 0 and all(refused)
        return "yes" if seen else "red anyway" if red_anyway else "no"
    return f"{seen} of {len(refused)}"


def judged(index: int) -> tuple[Run, Refusals]:
    """Return the judgement of this suite on the variant of this index in the catalogue, and those of the others."""
    return by_the_suite(index), refusals(CATALOGUE[index])


def catalogue(cell: str) -> dict[str, list[int]]:
    """Return the mistakes of a cell: for each id, the indices of its variants in the catalogue."""
    found: dict[str, list[int]] = {}
    for k, fault in enumerate(CATALOGUE):
        if function_named(fault.function).cell.name == cell:
            found.setdefault(fault.id, []).append(k)
    return found


def _in_processes(indices: list[int], processes: int | None) -> list[tuple[Run, Refusals]]:
    context = get_context("spawn")  # torch's threads do not survive a fork
    with mock.patch.dict(os.environ, ONE_THREAD), ProcessPoolExecutor(processes, mp_context=context) as pool:
        return list(pool.map(judged, indices, chunksize=4))


def rows(cell: str, ids: Iterable[str] | None = None, processes: int | None = None) -> list[list[str]]:
    """Return the rows of these mistakes of a cell (default: all), made by so many processes (default: one a core)."""
    known = catalogue(cell)
    numbers = {mistake: known[mistake] for mistake in (known if ids is None else ids)}
    every = [k for own in numbers.values() for k in own]
    by_index = dict(zip(every, map(judged, every) if processes == 1 else _in_processes(every, processes), strict=True))
    found = []
    for mistake, own in numbers.items():
        runs, others = zip(*(by_index[k] for k in own), strict=True)
        cells = [noticed(cell, name, others) for name in suites(cell)]
        named = naming([CATALOGUE[k] for k in own], list(runs))
        found.append([f"`{mistake}`", str(len(own)), caught_by(list(runs)), named, *cells])
    return found


def main() -> None:
    """Print the tables, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write docs/generated/{PAGE}")
    options = parser.parse_args()
    left_out = [name for name, suite in _OF_EVERY_CELL.items() if find_spec(suite.package) is None]
    for name in left_out:
        print(f"{name}: left out, {_OF_EVERY_CELL[name].package} is not installed")
    tables = {}
    for cell in BUILT_IN:
        tables[cell] = heads(cell), rows(cell)
        print(f"{cell}\n{table(*tables[cell])}", flush=True)
    if options.write:
        pages.write(PAGE, page(tables, left_out))


if __name__ == "__main__":
    main()
