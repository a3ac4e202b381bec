"""The report as JSON: the truth that every other form is made from."""

import json

from rnn_reference.report.verdict import Report


def render(report: Report) -> str:
    """The JSON text of the report on one target."""
    return json.dumps(report, indent=1, allow_nan=False) + "\n"
