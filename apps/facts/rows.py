"""Rows of the fact files, checked one by one; a wrong one is refused with its file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


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
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.bad(f"{column} is not a number: “{value}”.") from None
        if not number.is_finite() or number < 0:
            raise self.bad(f"{column} must be a number from 0 up, not “{value}”.")
        return number

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


def read_rows(file: str, text: str, columns: str) -> Iterator[Row]:
    """Yield the rows of a CSV file with some columns; raises `BadFact` where its shape is wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(reader, [])
    if missing := set(columns.split()) - set(header):
        raise BadFact(f"{file}, line 1: without the columns {', '.join(sorted(missing))}.")
    try:
        for cells in reader:
            if len(cells) != len(header):
                reason = f"{len(cells)} cells where the heading has {len(header)}."
                raise BadFact(f"{file}, line {reader.line_num}: {reason}")
            yield Row(file, reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise BadFact(f"{file}, line {reader.line_num}: {error}.") from error
