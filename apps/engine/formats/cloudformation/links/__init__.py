"""How components call each other: one module for each mechanism by which a template says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apps.engine.formats.cloudformation.links import environment, events, failures, policies
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

# In this order where two mechanisms tell the same.
MECHANISMS: tuple[Callable[[Wiring], Iterator[Draft]], ...] = (
    events.find,
    failures.find,
    policies.find,
    environment.find,
)
