"""The output of a worker: a deleted file, of which the end is kept."""

import contextlib
import os
import tempfile

MAX_OUTPUT = 2**24
"""The largest size on disk in bytes. If there is more, only the end is kept."""

TAIL = 4000
"""The number of bytes that a report shows at most."""


class Output:
    """The output of a worker. The worker writes to ``file``."""

    def __init__(self) -> None:
        handle, path = tempfile.mkstemp(prefix="rnn-reference-")
        os.close(handle)
        self.file, self._reader = open(path, "ab"), open(path, "rb")  # noqa: SIM115
        self._path = path
        self._remove()  # a killed run leaves no file behind
        self._shown = 0

    def limit(self) -> None:
        """Keep only the end, if there is too much output."""
        if self._size() > MAX_OUTPUT:
            kept = self.tail(TAIL)
            self.clear()
            self.file.write(kept.encode())
            self.file.flush()

    def clear(self) -> None:
        """Delete all output."""
        self.file.truncate(0)

    def new(self) -> str:
        """Returns the end of the output since the last call."""
        size = self._size()
        printed = self.tail(min(TAIL, size - self._shown if self._shown <= size else size))
        self._shown = size
        return printed

    def tail(self, length: int) -> str:
        """Returns the last ``length`` bytes as text."""
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
