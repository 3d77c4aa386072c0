"""What a reader says when it cannot go on."""

from __future__ import annotations


class UnreadableInput(ValueError):
    """An input cannot be read; the message is one sentence: what, where, what would work."""

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        self.message, self.file, self.line = message, file, line
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + message)


class CannotWrite(ValueError):
    """A change has no place in a template; the message says why, and what would work."""
