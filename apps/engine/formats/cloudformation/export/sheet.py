"""The text of one template with the spots of its values, and the habits of whoever wrote it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from apps.engine.formats.cloudformation.export.json_spots import json_spots
from apps.engine.formats.cloudformation.export.spots import Alias, Row, Spot, Table, walk
from apps.engine.formats.cloudformation.export.yaml_spots import yaml_spots
from apps.engine.formats.cloudformation.json_reader import read_json
from apps.engine.formats.errors import UnreadableInput

STEP = 2
_BREAK = re.compile(r"\r\n|\n|\r")


class Edit(NamedTuple):
    """Characters from `start` up to `end` that go, and what takes their place."""

    start: int
    end: int
    by: str


@dataclass(frozen=True)
class Sheet:
    """A text that the importer reads, so that its values can be found."""

    text: str

    @cached_property
    def is_json(self) -> bool:
        """Say whether it is read as JSON, as the importer decides it."""
        if not self.text.lstrip().startswith(("{", "[")):
            return False
        try:
            read_json("", self.text, lambda _: None)
        except UnreadableInput:
            return False
        return True

    @cached_property
    def root(self) -> Spot:
        """The whole document."""
        return json_spots(self.text) if self.is_json else yaml_spots(self.text)

    @cached_property
    def shared(self) -> frozenset[str]:
        """The anchors that something stands in for."""
        return frozenset(spot.anchor for spot in walk(self.root) if isinstance(spot, Alias))

    @cached_property
    def line_break(self) -> str:
        """What ends its first line; a line feed where it has only one."""
        match = _BREAK.search(self.text)
        return match[0] if match else "\n"

    @cached_property
    def step(self) -> int:
        """How far the entries of a block mapping mostly stand to the right of its key. [columns]"""
        return self._usual(Table) or STEP

    @cached_property
    def list_step(self) -> int:
        """How far the dashes of a list mostly stand to the right of its key. [columns]"""
        usual = self._usual(Row)
        return self.step if usual is None else usual

    def _usual(self, sort: type[Table] | type[Row]) -> int | None:
        steps = Counter(
            self.column(entry.value.start) - self.column(entry.key.start)
            for table in walk(self.root)
            if isinstance(table, Table)
            for entry in table.entries
            if isinstance(entry.value, sort)
            if not (entry.value.is_flow or entry.value.anchor or entry.value.tag)
        )
        return steps.most_common(1)[0][0] if steps else None

    def line_start(self, at: int) -> int:
        """Return where the line of a character begins.

        Parameters
        ----------
        at : int
            Number of a character.

        Returns
        -------
        int
            Number of the first character of its line.
        """
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def line_end(self, at: int) -> int:
        """Return where the line of a character ends, its break left out.

        Parameters
        ----------
        at : int
            Number of a character.

        Returns
        -------
        int
            Number of the character after the last one.
        """
        match = _BREAK.search(self.text, at)
        return match.start() if match else len(self.text)

    def next_line(self, at: int) -> int:
        """Return where the line after that of a character begins.

        Parameters
        ----------
        at : int
            Number of a character.

        Returns
        -------
        int
            The length of the text on its last line.
        """
        match = _BREAK.search(self.text, at)
        return match.end() if match else len(self.text)

    def column(self, at: int) -> int:
        """Return how many characters stand before one on its line.

        Parameters
        ----------
        at : int
            Number of a character.

        Returns
        -------
        int
            From 0.
        """
        return at - self.line_start(at)

    def margin(self, at: int) -> str:
        """Return the blanks at the beginning of the line of a character.

        Parameters
        ----------
        at : int
            Number of a character.

        Returns
        -------
        str
            Spaces and tabs.
        """
        line = self.text[self.line_start(at) : self.line_end(at)]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def is_first(self, at: int) -> bool:
        """Say whether only blanks stand before a character on its line.

        Parameters
        ----------
        at : int
            Number of a character.

        Returns
        -------
        bool
            True where a line of its own begins there.
        """
        return not self.text[self.line_start(at) : at].strip()

    def edited(self, edits: Iterable[Edit]) -> Sheet:
        """Return a copy with several places changed at once.

        Parameters
        ----------
        edits : iterable of Edit
            None of them overlaps another; those at one place stand in their order.

        Returns
        -------
        Sheet
            A copy, whose spots are found anew.
        """
        pieces: list[str] = []
        at = 0
        for start, end, by in sorted(edits, key=lambda edit: edit[:2]):
            pieces += self.text[at:start], by
            at = end
        return Sheet("".join((*pieces, self.text[at:])))
