"""Rows of the fact files, checked one by one; a wrong one is refused with its file and line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# Plain digits, as AWS writes them; Python's own readers would take 1_000 and other scripts' digits.
_DECIMAL: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
# More than all of AWS serves, or charges for anything.
_MOST: Final = Decimal(10) ** 18


class BadFact(ValueError):
    """A row that cannot be right; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a fact file, which knows where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def bad(self, reason: str) -> BadFact:
        return BadFact(f"{self.file}, line {self.line}: {reason}")

    def text(self, column: str) -> str:
        """Return a cell that must not be empty."""
        value = self.cells[column]
        if not value:
            raise self.bad(f"{column} is empty.")
        return value

    def decimal(self, column: str) -> Decimal:
        value = self.cells[column]
        number = decimal_or_none(value)
        if number is None:
            raise self.bad(f"{column} is not a number: “{value}”.")
        if not 0 <= number <= _MOST:
            raise self.bad(f"{column} must be a number from 0 up to 10^18, not “{value}”.")
        return number

    def size(self, column: str) -> float:
        """Return a number above 0: there is nothing without some of it."""
        number = self.decimal(column)
        if not number:
            raise self.bad(f"{column} is 0.")
        return float(number)

    def number(self, column: str) -> float:
        return float(self.decimal(column))

    def whole(self, column: str) -> int | None:
        """Return a whole number, or None for an empty cell."""
        if not self.cells.get(column):
            return None
        number = self.decimal(column)
        if number != int(number):
            raise self.bad(f"{column} must be a whole number, not “{number}”.")
        return int(number)

    def word(self, column: str, words: Mapping[str, str]) -> str:
        """Return what a cell stands for, where only some words are allowed."""
        value = self.cells[column]
        if value not in words:
            allowed = ", ".join(words)
            raise self.bad(f"{column} is “{value}”; it must be one of {allowed}.")
        return words[value]


def decimal_or_none(text: str) -> Decimal | None:
    """Return the number that a text is, None where it is not one in plain digits."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def read_rows(file: str, text: str, columns: str) -> Iterator[Row]:
    """Yield the rows of a CSV file with some columns; raises `BadFact` where its shape is wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(reader, [])
    if missing := set(columns.split()) - set(header):
        raise BadFact(f"{file}, line 1: without the columns {', '.join(sorted(missing))}.")
    if twice := [name for n, name in enumerate(header) if name in header[:n]]:
        raise BadFact(f"{file}, line 1: the column {twice[0]} stands here twice.")
    try:
        for cells in reader:
            if len(cells) != len(header):
                reason = f"{len(cells)} cells where the heading has {len(header)}."
                raise BadFact(f"{file}, line {reader.line_num}: {reason}")
            yield Row(file, reader.line_num, dict(zip(header, cells, strict=True)))
        if reader.line_num < 2:
            raise BadFact(f"{file}, line 1: there are no rows below the heading.")
    except csv.Error as error:
        raise BadFact(f"{file}, line {reader.line_num}: {error}.") from error
