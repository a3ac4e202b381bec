"""The report as JSON. All other forms are made from the same data."""

import json

from rnn_reference.report.verdict import Report


def render(report: Report) -> str:
    """Returns the JSON text of the report on one target."""
    return json.dumps(report, indent=1, allow_nan=False) + "\n"
