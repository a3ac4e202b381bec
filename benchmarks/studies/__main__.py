"""Writes the pages that are made from the code alone: ``python -m benchmarks.studies``."""

from benchmarks.studies.code_pages import PAGES
from benchmarks.studies.pages import write

if __name__ == "__main__":
    for name, page in PAGES.items():
        write(name, page())
