"""What is defined in a dict such as ``globals()``, as an object."""

from typing import Any


class Defined:
    """The names of a dict: its own table is that dict."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.__dict__ = table
