"""What the type of a resource says of a component while the resource itself is silent."""

from __future__ import annotations

from typing import Any

from apps.engine.catalog.base import Kind
from apps.engine.formats.cloudformation.resource import Resource

# A bill may be asked of one resource alone; in a design its parts stand beside it.
_OF_BILLS = frozenset({"billed_part", "is_storage_only", "zones"})


def implied(kind: type[Kind], resource: Resource) -> dict[str, Any]:
    """Return the settings that a type implies.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.
    resource : Resource
        Of the type.

    Returns
    -------
    dict of str to any
        What its own format takes goes before what CloudFormation does.
    """
    found: dict[str, Any] = {}
    for form in reversed(resource.forms):
        found |= kind.IMPLIED.get(form.type, {})
    return {name: value for name, value in found.items() if name not in _OF_BILLS}
