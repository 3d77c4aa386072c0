"""The readers of a database, where something is read from them on purpose."""

from __future__ import annotations

import dataclasses
import math

from apps.engine.catalog._database_limits import processor_limit
from apps.engine.catalog.base import Limit, Place
from apps.engine.stages.base import Lane
from apps.engine.stages.station import Station


def replica_lanes(writer: Station, vcpus: float, readers: int, place: Place) -> tuple[Lane, ...]:
    """Return the door to the readers, where a link comes in by it.

    Parameters
    ----------
    writer : Station
        The first instance, as which they are built.
    vcpus : float
        Processors of each. [count]
    readers : int
        How many there are. [count]
    place : Place
        The links of the database.

    Returns
    -------
    tuple of Lane
        One lane, or none.
    """
    if not place.is_entered_by("replica"):
        return ()
    servers = vcpus * max(readers, 1)
    station = dataclasses.replace(writer, servers=servers, connections=math.inf)
    return (Lane("replica", (station,), emits=False),)


def replica_limits(vcpus: float, readers: int, place: Place) -> tuple[Limit, ...]:
    """Return the limit of the processors of the readers, where a link comes in by their door.

    Parameters
    ----------
    vcpus : float
        Processors of each. [count]
    readers : int
        How many there are. [count]
    place : Place
        The links of the database.

    Returns
    -------
    tuple of Limit
        One limit, or none.
    """
    if not place.is_entered_by("replica"):
        return ()
    limit = processor_limit(vcpus * max(readers, 1))
    return (dataclasses.replace(limit, role="replica", label="reader CPU"),)
