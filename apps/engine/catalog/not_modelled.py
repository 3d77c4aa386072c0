"""A resource without a file of its own: shown, kept, and passed through in no time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import Accepts, Kind, Place, setting
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModelled(Kind):
    name: ClassVar[str] = "not_modelled"
    label: ClassVar[str] = "Not modelled"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html"
    )
    ENTRY: ClassVar[str] = "any"
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"any": Accepts("sync")}

    type: str = setting("", "Type")
    # The short name of its AWS service, where it is known.
    service: str = setting("", "Service")  # type: ignore[misc]
    reason: str = setting("", "Why it is not modelled")

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("any", (Delay(0.0, cv=0.0),)),)
