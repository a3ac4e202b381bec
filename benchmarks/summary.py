"""The saved results of the time-step loop: the table of ratios, the fitted lines, memory, and two plots.

    python benchmarks/summary.py [RESULTS.json] [--plots=FOLDER]

Without a file it takes the results that were saved last, in .benchmarks.
"""

import argparse
from pathlib import Path

from results import SAVED, described, newest, read
from tables import RATIOS, aligned, length_rows, line_rows, memory_rows, noise, ratio_rows


def main() -> None:
    """Print the tables, draw the plots."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, help="results of pytest-benchmark (default: the newest)")
    parser.add_argument("--plots", type=Path, default=SAVED / "plots", help="a folder for them (default %(default)s)")
    options = parser.parse_args()
    file = options.file or newest()
    machine, results = read(file)
    if not results:
        raise SystemExit(f"{file} holds no times of the loop")
    print(f"{file}, {machine['date']}; {described(machine)}")
    print(f"\n{RATIOS}\n\n{aligned(*ratio_rows(results))}\n\n{noise(results)}")
    print(f"\nOur step, as a + b m\n\n{aligned(*line_rows(results))}\n")
    print("\n".join(length_rows(results)))
    print(f"\nMemory, by step, float64\n\n{aligned(*memory_rows(results))}\n")
    try:
        from plots import draw
    except ModuleNotFoundError as error:
        raise SystemExit(f"no plots: {error.name} is not installed") from None
    print("\n".join(f"drew {file}" for file in draw(results, options.plots)))


if __name__ == "__main__":
    main()
