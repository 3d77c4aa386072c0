"""The characters of an HCL file, with the place that is being read."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NoReturn

from apps.engine.formats.errors import UnreadableInput

MAX_DEPTH = 60
MAX_NODES = 200_000
_BLANK = re.compile(r"(?:[ \t\r]|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.S)
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.S)
_NAME = re.compile(r"[^\W\d][\w-]*")


class Scanner:
    """A position in a text. Raises UnreadableInput with file and line."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text, self.at = file, text, 0
        self._lines = [match.end() for match in re.finditer("\n", text)]
        self._nodes = self._depth = 0
        # Inside brackets a line end separates nothing.
        self.brackets = 0

    def line(self, offset: int | None = None) -> int:
        """Return the line of an offset, from 1.

        Parameters
        ----------
        offset : int, optional
            Characters from the beginning; where the scanner is by default.

        Returns
        -------
        int
            The line.
        """
        return bisect_right(self._lines, self.at if offset is None else offset) + 1

    def fail(self, message: str, offset: int | None = None) -> NoReturn:
        """Refuse the file.

        Parameters
        ----------
        message : str
            A sentence.
        offset : int, optional
            Where; where the scanner is by default.

        Raises
        ------
        UnreadableInput
            Always.
        """
        raise UnreadableInput(message, self.file, self.line(offset))

    def expected(self, what: str) -> NoReturn:
        """Refuse the file, since something else was expected here.

        Parameters
        ----------
        what : str
            What would be right.

        Raises
        ------
        UnreadableInput
            Always.
        """
        found = self.text[self.at : self.at + 20].split("\n")[0].strip()
        seen = f"'{found}'" if found else "the end of a line"
        if self.at >= len(self.text):
            seen = "the end of the file"
        self.fail(f"Expected {what}, found {seen}; give a file that `terraform fmt` accepts.")

    def enter(self) -> None:
        """Go one level deeper, and count what is made there.

        Raises
        ------
        UnreadableInput
            If it is too deep or too much.
        """
        self._depth += 1
        self._nodes += 1
        if self._depth > MAX_DEPTH:
            self.fail(f"Values are nested deeper than {MAX_DEPTH} levels; flatten the file.")
        if self._nodes > MAX_NODES:
            self.fail(f"The file holds more than {MAX_NODES:,} values; split it.")

    def leave(self) -> None:
        """Come back from a level."""
        self._depth -= 1

    def skip(self) -> None:
        """Skip blanks and comments, and line ends where they separate nothing."""
        match = (_SPACE if self.brackets else _BLANK).match(self.text, self.at)
        if match:
            self.at = match.end()

    def skip_lines(self) -> None:
        """Skip blanks, comments and line ends."""
        match = _SPACE.match(self.text, self.at)
        if match:
            self.at = match.end()

    def sees(self, token: str) -> bool:
        """Say whether a token comes next.

        Parameters
        ----------
        token : str
            What may come.

        Returns
        -------
        bool
            True where it does.
        """
        return self.text.startswith(token, self.at)

    def take(self, token: str) -> bool:
        """Go past a token if it comes next.

        Parameters
        ----------
        token : str
            What may come, after blanks.

        Returns
        -------
        bool
            True where it came.
        """
        self.skip()
        if not self.sees(token):
            return False
        self.at += len(token)
        return True

    def need(self, token: str) -> None:
        """Go past a token that must come next.

        Parameters
        ----------
        token : str
            What must come, after blanks.

        Raises
        ------
        UnreadableInput
            If it does not.
        """
        if not self.take(token):
            self.expected(f"'{token}'")

    def name(self) -> str:
        """Return the name that comes next, empty where none does.

        Returns
        -------
        str
            Letters, digits, `_` and `-`.
        """
        self.skip()
        match = _NAME.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]
