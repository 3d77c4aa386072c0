"""A scan: a report or an export that reads a whole store by a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import Kind, Place
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Kind):
    """Made of a scenario's `background`, never drawn. Each tick is a page of a megabyte.

    A page that is refused is read again later, so nothing of it counts as failed.
    """

    name: ClassVar[str] = "scan"
    label: ClassVar[str] = "Scan of a store"
    service: ClassVar[str] = "background"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html"
    )
    ENTRY: ClassVar[str] = "page"

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("page", (Clock(),)),)

    def ticks_per_day(self) -> float:
        """Return the first page, which asks how many there are; the others are background."""
        return 1.0
