"""Prints saved results of the time-step loop: the table of ratios, the fitted lines, memory; and draws two plots.

    python -m benchmarks.report.summary [RESULTS.json] [--plots=FOLDER]

The default file is the newest in .benchmarks.
"""

import argparse
from pathlib import Path

from benchmarks.markdown import table
from benchmarks.report.results import SAVED, described, newest, read
from benchmarks.report.tables import RATIOS, length_rows, line_rows, memory_rows, noise, ratio_rows


def main() -> None:
    """Print the tables and draw the plots."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, help="results of pytest-benchmark (default: the newest)")
    parser.add_argument("--plots", type=Path, default=SAVED / "plots", help="a folder for them (default %(default)s)")
    options = parser.parse_args()
    file = options.file or newest()
    machine, results = read(file)
    if not results:
        raise SystemExit(f"{file} holds no times of the loop")
    print(f"{file}, {machine['date']}; {described(machine)}")
    print(f"\n{RATIOS}\n\n{table(*ratio_rows(results), aligned=True)}\n\n{noise(results)}")
    print(f"\nOur step, as a + b m\n\n{table(*line_rows(results), aligned=True)}\n")
    print("\n".join(length_rows(results)))
    print(f"\nMemory, by step, float64\n\n{table(*memory_rows(results), aligned=True)}\n")
    try:
        from benchmarks.report.plots import draw
    except ModuleNotFoundError as error:
        raise SystemExit(f"no plots: {error.name} is not installed") from None
    print("\n".join(f"drew {file}" for file in draw(results, options.plots)))


if __name__ == "__main__":
    main()
