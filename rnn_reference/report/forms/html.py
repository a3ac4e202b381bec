"""The report as one HTML file: no network, no script, for a screen, a phone and paper."""

from pathlib import Path

from rnn_reference.report.page_data import page_data
from rnn_reference.report.pictures import error_maps, error_per_step, error_per_step_size
from rnn_reference.report.verdict import Report

NEEDS = "jinja2"

TEMPLATES = Path(__file__).resolve().parent.parent
"""The folder of the template and its style sheet."""


def render(report: Report) -> str:
    """Returns the page on one target."""
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
    }  # fmt: skip
    return environment.get_template("report.html.j2").render(page_data(report))
