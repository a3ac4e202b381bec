"""The report as one HTML file: no network, no script, for a screen, a phone and paper."""

from pathlib import Path

from rnn_reference.report.page_data import page
from rnn_reference.report.pictures import error_map, error_per_step, error_per_step_size
from rnn_reference.report.verdict import Report


def as_html(report: Report) -> str:
    """The page on one target. Needs jinja2."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "error_per_step": error_per_step, "error_map": error_map, "error_per_step_size": error_per_step_size,
    }  # fmt: skip
    return environment.get_template("report.html.j2").render(page(report))
