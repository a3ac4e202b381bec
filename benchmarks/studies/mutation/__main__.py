"""A mutation campaign: right networks in numpy, changed in one place each, are put through the suite.

    python -m benchmarks.studies.mutation [--write] [--keep FOLDER] [SOURCE ...]

``--write`` writes docs/generated/mutation.md. It takes half an hour on a core of its own. With ``--keep`` the judgement
of each mutant is kept in a file of the folder, and a mutant that has one there is not judged again.
"""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.studies import pages
from rnn_reference.implementations.isolation.environment import ONE_THREAD

os.environ.update(ONE_THREAD)  # before numpy is imported

from benchmarks.studies.mutation.judged import Judged, judge, require_right
from benchmarks.studies.mutation.mutants import mutants
from benchmarks.studies.mutation.page import SOURCES, Result, page

PAGE = "mutation.md"


def results(source: str, keep: Path | None) -> Iterator[Result]:
    """Yield the mutants of a source with their judgements."""
    right = pages.ROOT / source
    kept = keep / f"{right.stem}.jsonl" if keep else Path(os.devnull)
    known = dict(_read(kept)) if kept.is_file() else {}
    cell, one_in, named = SOURCES[source]
    require_right(cell, right)
    for k, mutant in enumerate(mutants(right)[::one_in]):
        found = known.get(mutant.code)
        if found is None:
            found = judge(cell, mutant.code, right, names=k % named == 0)
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps([mutant.code, asdict(found)]) + "\n")
        yield Result(mutant, found)


def _read(kept: Path) -> Iterator[tuple[str, Judged]]:
    for line in kept.read_text(encoding="utf-8").splitlines():
        code, found = json.loads(line)
        found["named"], found["false"] = (list(map(tuple, found[name])) for name in ("named", "false"))
        yield code, Judged(**found)


def main() -> None:
    """Judge the mutants of each source, print those that survive, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write docs/generated/{PAGE}")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the judgements there, and go on from them")
    parser.add_argument("sources", nargs="*", metavar="SOURCE", default=list(SOURCES))
    options = parser.parse_args()
    campaign = {}
    for source in options.sources:
        campaign[source] = []
        for result in results(source, options.keep):
            campaign[source].append(result)
            if result.survives:
                print(f"{source}, {result.mutant.diff}", flush=True)
    print(page(campaign))
    if options.write:
        pages.write(PAGE, page(campaign))


if __name__ == "__main__":
    main()
