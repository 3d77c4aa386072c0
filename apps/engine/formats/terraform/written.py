"""One resource as Terraform's files, plans and states write it."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.formats.cloudformation.nodes import MapNode
from apps.engine.graph import Source


@dataclass(frozen=True, slots=True)
class Written:
    """A resource: attributes by name, nested blocks as lists of mappings.

    `id` is its address without the key of an instance; `key` tells the instances apart, and is
    empty for the first one.
    """

    id: str
    type: str
    attributes: MapNode
    source: Source
    key: str = ""
    # Why it has no model, where that is known better than by its type.
    reason: str = ""
