"""What a worker prints: a file without a name, of which the end is kept."""

import contextlib
import os
import tempfile

MAX_OUTPUT = 2**24
"""Bytes on disk. If there are more, all but the end is deleted."""

TAIL = 4000
"""Bytes that are shown."""


class Output:
    """The output of a worker. ``file`` is open for the worker to append to."""

    def __init__(self) -> None:
        handle, path = tempfile.mkstemp(prefix="rnn-reference-")
        os.close(handle)
        self.file, self._reader = open(path, "ab"), open(path, "rb")  # noqa: SIM115
        self._path = path
        self._remove()  # a killed run leaves no file behind
        self._shown = 0

    def limit(self) -> None:
        """Delete all but the end, if there is too much."""
        if self._size() > MAX_OUTPUT:
            kept = self.tail(TAIL)
            self.clear()
            self.file.write(kept.encode())
            self.file.flush()

    def clear(self) -> None:
        """Delete all of it."""
        self.file.truncate(0)

    def new(self) -> str:
        """The end of what was printed since the last call."""
        size = self._size()
        printed = self.tail(min(TAIL, size - self._shown if self._shown <= size else size))
        self._shown = size
        return printed

    def tail(self, length: int) -> str:
        """The last ``length`` bytes."""
        self._reader.seek(max(0, self._size() - length))
        return self._reader.read(length).decode(errors="replace")

    def _size(self) -> int:
        return os.fstat(self._reader.fileno()).st_size

    def _remove(self) -> None:
        with contextlib.suppress(OSError):  # Windows keeps a file that is open
            os.unlink(self._path)

    def close(self) -> None:
        """Close the file, and delete it."""
        self.file.close()
        self._reader.close()
        self._remove()
