"""The report as one HTML file: no network, no script, for a screen, a phone and paper."""

from functools import cache
from pathlib import Path
from typing import Any

from rnn_reference.report.page_data import page_data
from rnn_reference.report.pictures import error_maps, error_per_step, error_per_step_size
from rnn_reference.report.verdict import Report

NEEDS = "jinja2"

TEMPLATES = Path(__file__).resolve().parent.parent
"""The folder of the templates and their style sheets."""

GENERATOR = '<meta name="generator" content="rnn-reference">'
"""A line of each of our pages."""


def render(report: Report, home: str = "") -> str:
    """Returns the page on one target. ``home`` is the address of the page with all targets."""
    return template("report.html.j2").render(page_data(report) | {"home": home})  # type: ignore[no-any-return]


@cache
def template(name: str) -> Any:
    """Returns the template of a page. Raises ModuleNotFoundError if jinja2 is not installed."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "error_per_step": error_per_step, "error_maps": error_maps, "error_per_step_size": error_per_step_size,
        "generator": GENERATOR,
    }  # fmt: skip
    return environment.get_template(name)
