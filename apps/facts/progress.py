"""A bar on the terminal for work that takes a while."""

from __future__ import annotations

from typing import Self

from django.core.management.base import OutputWrapper

_WIDTH = 24
_STEPS = 200


class Bar:
    """Says how far the work is, on a line of its own that is written over.

    Used in a `with`, so that whatever ends the work, what follows begins on a new line.
    """

    def __init__(self, stream: OutputWrapper, total: int) -> None:
        self._stream, self._total = stream, max(1, total)
        self._done, self._next, self._shown = 0, 0, ""
        self._doing = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if not any(error):
            self._done = self._total
            self.begin("")
        if self._shown:
            self._write("\n")

    def begin(self, doing: str) -> None:
        """Say what is done now."""
        self._doing = doing
        self._show()

    def add(self, done: int) -> None:
        """Take note of work that was done."""
        self._done = min(self._total, self._done + done)
        # Files have millions of lines, and a terminal is slow.
        if self._done >= self._next:
            self._next = self._done + self._total // _STEPS
            self._show()

    def clear(self) -> None:
        """Make room for lines of other output."""
        if self._shown:
            self._write(f"\r{'':{len(self._shown)}}\r")
            self._shown = ""

    def _show(self) -> None:
        share = self._done / self._total
        full = int(share * _WIDTH)
        line = f"[{'#' * full}{'.' * (_WIDTH - full)}] {100 * share:3.0f}% {self._doing}"
        if line != self._shown:
            # Spaces cover what a longer line left behind.
            self._write(f"\r{line:<{len(self._shown)}}")
            self._shown = line

    def _write(self, text: str) -> None:
        self._stream.write(text, style_func=str, ending="")
        self._stream.flush()
