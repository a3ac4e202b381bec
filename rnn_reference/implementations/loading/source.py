"""The text of a file of Python code or of a notebook, whatever its encoding and its ends of lines."""

import codecs
import io
import tokenize
from pathlib import Path

from rnn_reference.implementations.unusable import Unusable

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
"""The byte-order marks, each with its encoding. The mark of UTF-16 is the beginning of one of UTF-32."""


def text_of(path: Path) -> tuple[str, list[str]]:
    r"""Returns the text with ``\n`` at the end of each line, and a note if its encoding is a guess. Raises Unusable.

    A byte-order mark counts, then a line such as ``# coding: latin-1``. Without both it is UTF-8, or else Latin-1.
    """
    if not path.is_file():
        raise Unusable(f"{path}: no such file")
    data = path.read_bytes()
    encoding, notes = _encoding(data), []
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        text, notes = data.decode("latin-1"), [f"{path.name} is not {encoding.upper()}: it was read as Latin-1"]
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _encoding(data: bytes) -> str:
    marked = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    if marked:
        return marked
    if len(data) > 1 and 0 in data[:2] and data[:2] != b"\0\0":
        return "utf-16-be" if data[0] == 0 else "utf-16-le"
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:  # a line names an encoding that does not exist, or the first lines are not UTF-8
        return "utf-8"
