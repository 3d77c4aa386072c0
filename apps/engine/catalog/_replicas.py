"""The readers of a database, where something is read from them on purpose."""

from __future__ import annotations

import dataclasses
import math

from apps.engine.catalog._database import processor_limit
from apps.engine.catalog.base import Limit, Place
from apps.engine.stages.base import Lane
from apps.engine.stages.station import Station


def replica_lanes(writer: Station, vcpus: float, readers: int, place: Place) -> tuple[Lane, ...]:
    """Return the door to the readers, where a link comes in by it."""
    if not place.is_entered_by("replica"):
        return ()
    servers = vcpus * max(readers, 1)
    station = dataclasses.replace(writer, servers=servers, connections=math.inf)
    return (Lane("replica", (station,), emits=False),)


def replica_limits(vcpus: float, readers: int, place: Place) -> tuple[Limit, ...]:
    """Return the limit of the processors of the readers."""
    if not place.is_entered_by("replica"):
        return ()
    limit = processor_limit(vcpus * max(readers, 1))
    return (dataclasses.replace(limit, role="replica", label="reader CPU"),)
