"""The way from the root of a template to one of its values, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apps.engine.formats.cloudformation.export.sheet import Sheet
from apps.engine.formats.cloudformation.export.spots import Alias, Row, Spot, Table, Word
from apps.engine.formats.cloudformation.intrinsics import FUNCTIONS, KNOWN

MERGE = "<<"
_BARE = ("Ref", "Condition")


class Call(NamedTuple):
    """A function that works the value out, and its argument where that is a plain text."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Trail:
    """How far a path leads. Where `rest` is empty, its last spot is the value looked for."""

    path: tuple[str, ...]
    spots: tuple[Spot, ...]
    # What of the path is not there.
    rest: tuple[str, ...] = ()
    # The function on the way, which decides what the value is.
    call: Call | None = None
    # The anchor of the part on the way that other places share.
    shared: str = ""

    @property
    def spot(self) -> Spot:
        """The last spot that is there."""
        return self.spots[-1]

    @property
    def is_found(self) -> bool:
        """Say whether the value stands there, for itself alone."""
        return not (self.rest or self.call or self.shared)


def follow(sheet: Sheet, path: Sequence[str]) -> Trail:
    """Return how far a path leads into a template.

    Parameters
    ----------
    sheet : Sheet
        The template.
    path : sequence of str
        Keys of mappings and numbers of list items.

    Returns
    -------
    Trail
        It ends at what is not there, at a function, or at what others share.
    """
    path = tuple(path)
    spots = [sheet.root]
    while True:
        spot, rest = spots[-1], path[len(spots) - 1 :]
        call = call_of(spot)
        shared = _shared(sheet, spot, is_last=not rest)
        below = _below(spot, rest[0]) if rest and not (call or shared) else None
        if below is None:
            return Trail(path, tuple(spots), rest, call, shared)
        spots.append(below)


def call_of(spot: Spot) -> Call | None:
    """Return the function that a spot calls, None for a plain value.

    Parameters
    ----------
    spot : Spot
        A value.

    Returns
    -------
    Call or None
        Name in the long form, such as Fn::If.
    """
    name = spot.tag.removeprefix("!")
    if spot.tag.startswith("!") and (name in FUNCTIONS or name in _BARE):
        argument = spot.value if isinstance(spot, Word) else ""
        return Call(name if name in _BARE else f"Fn::{name}", argument)
    if isinstance(spot, Table) and len(spot.entries) == 1:
        name, value = spot.entries[0].key.value, spot.entries[0].value
        if name in KNOWN or (name == "Ref" and isinstance(value, Word)):
            return Call(name, value.value if isinstance(value, Word) else "")
    return None


def _shared(sheet: Sheet, spot: Spot, *, is_last: bool) -> str:
    if isinstance(spot, Alias):  # One that stands for the value alone can be written over.
        return "" if is_last else spot.anchor
    return spot.anchor if spot.anchor in sheet.shared else ""


def _below(spot: Spot, name: str) -> Spot | None:
    if isinstance(spot, Table):
        entry = spot.entry(name)
        return entry.value if entry else None
    if isinstance(spot, Row) and name.isdigit() and int(name) < len(spot.items):
        return spot.items[int(name)]
    return None
