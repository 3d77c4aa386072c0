"""Where the values of a template stand in its text, to the character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A value from `start` up to `end`, its anchor and its tag included. [characters]"""

    start: int
    end: int
    tag: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Spot):
    """A scalar; `style` is its quote, | or >, empty for a plain one."""

    value: str
    style: str = ""

    @property
    def is_null(self) -> bool:
        """Say whether nothing stands there."""
        return not self.style and not self.tag and self.value in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(Spot):
    """What stands for the value of an anchor elsewhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping, with its value."""

    key: Word
    value: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Spot):
    """A mapping, in braces where it `is_flow`."""

    entries: tuple[Entry, ...]
    is_flow: bool

    def entry(self, name: str) -> Entry | None:
        """Return an entry; of two with the same key the last, which counts.

        Parameters
        ----------
        name : str
            A key.

        Returns
        -------
        Entry or None
            None where the mapping itself does not have the key.
        """
        return next((e for e in reversed(self.entries) if e.key.value == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Spot):
    """A list, in brackets where it `is_flow`."""

    items: tuple[Spot, ...]
    is_flow: bool


def walk(spot: Spot) -> Iterator[Spot]:
    """Yield a value and all below it, those nearest to the beginning first.

    Parameters
    ----------
    spot : Spot
        A value.

    Yields
    ------
    Spot
        Itself, and what its mappings and lists hold.
    """
    todo = [spot]
    while todo:
        now = todo.pop()
        yield now
        if isinstance(now, Table):
            todo.extend(entry.value for entry in reversed(now.entries))
        elif isinstance(now, Row):
            todo.extend(reversed(now.items))
