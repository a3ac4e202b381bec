"""The one writer of Markdown tables."""

Table = tuple[list[str], list[list[str]]]
"""The heads of the columns, and the rows."""


def table(heads: list[str], rows: list[list[str]], aligned: bool = False) -> str:
    """Return a Markdown table. If aligned, the columns are padded, so that it reads well as plain text too."""
    widths = [max(map(len, column)) if aligned else 0 for column in zip(heads, *rows, strict=True)]
    lines = [heads, ["-" * (width or 3) for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
