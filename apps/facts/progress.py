"""A bar on the terminal for work that takes a while."""

from __future__ import annotations

from typing import Protocol

_WIDTH = 24


class Stream(Protocol):
    """What a bar is written to."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...


class Bar:
    """Says how far the work is, on a line of its own that is written over."""

    def __init__(self, stream: Stream, total: int) -> None:
        self._stream, self._total = stream, max(1, total)
        self._done, self._shown = 0, ""
        self.doing = ""

    def add(self, done: int) -> None:
        """Take note of work that was done."""
        self._done = min(self._total, self._done + done)
        self.show()

    def show(self) -> None:
        share = self._done / self._total
        full = int(share * _WIDTH)
        line = f"[{'#' * full}{'.' * (_WIDTH - full)}] {100 * share:3.0f}% {self.doing}"
        if line != self._shown:
            # Spaces cover what a longer line left behind.
            self._stream.write(f"\r{line:<{len(self._shown)}}")
            self._stream.flush()
            self._shown = line

    def close(self) -> None:
        """Say that all is done, and leave the line."""
        self._done, self.doing = self._total, ""
        if self._shown:
            self.show()
            self._stream.write("\n")
            self._stream.flush()
