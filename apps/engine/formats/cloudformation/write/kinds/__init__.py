"""How each kind is written: its own resource, and what AWS demands beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apps.engine.formats.cloudformation.write.kinds import (
    caches,
    compute,
    databases,
    doors,
    edge,
    files,
    messages,
    searches,
    tables,
    watching,
)
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.graph import Component

Writer = Callable[[Plan, Component], None]

WRITERS: Mapping[str, Writer] = {
    **caches.WRITERS,
    **compute.WRITERS,
    **databases.WRITERS,
    **doors.WRITERS,
    **edge.WRITERS,
    **files.WRITERS,
    **messages.WRITERS,
    **searches.WRITERS,
    **tables.WRITERS,
    **watching.WRITERS,
}
