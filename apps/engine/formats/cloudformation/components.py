"""Resources → components with the settings of their kinds, and what is not modelled."""

from __future__ import annotations

from apps.engine.catalog import KINDS
from apps.engine.formats.cloudformation.kinds import SUPPORTING
from apps.engine.formats.cloudformation.settings import (
    check_settings,
    read_settings,
    unsupported_choice,
)
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import SERVICE_API, External, Wiring
from apps.engine.graph import NOT_MODELLED, Component, Supporting


def components(wiring: Wiring) -> tuple[Component, ...]:
    """Return every component, in the order of the template.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Returns
    -------
    tuple[Component, ...]
        Components with their settings, what is not modelled included.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    found = []
    for id_, class_ in wiring.inventory.classes.items():
        resource = wiring.inventory.resources[id_]
        if class_.kind in KINDS and class_.kind != NOT_MODELLED:
            found.append(_modelled(wiring, resource, class_.kind))
        elif class_.kind == NOT_MODELLED:
            found.append(_not_modelled(wiring, resource, class_.reason))
        elif id_ in wiring.promoted:
            found.append(_called(wiring, resource))
    found.extend(_external(external) for external in wiring.externals.values())
    return tuple(found)


def supporting(wiring: Wiring) -> tuple[Supporting, ...]:
    """Return what carries no load itself, in the order of the template.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Returns
    -------
    tuple[Supporting, ...]
        Roles, permissions, subnets and their like.
    """
    return tuple(
        Supporting(id=id_, type=resource.written_type, source=resource.source)
        for id_, resource in wiring.inventory.resources.items()
        if wiring.inventory.classes[id_].kind == SUPPORTING and id_ not in wiring.promoted
    )


def _modelled(wiring: Wiring, resource: Resource, kind_name: str) -> Component:
    kind = KINDS[kind_name]
    parts = wiring.inventory.parts.get(resource.id, [])
    reading = read_settings(kind, resource, parts, wiring.library)
    reason = unsupported_choice(kind, reading)
    if reason:
        return _not_modelled(wiring, resource, reason)
    component = Component(
        id=resource.id,
        kind=kind_name,
        name=wiring.inventory.name(resource.id),
        settings=reading.values,
        source=resource.source,
    )
    reason = check_settings(component, reading)
    return _not_modelled(wiring, resource, reason) if reason else component


def _not_modelled(wiring: Wiring, resource: Resource, reason: str) -> Component:
    service = wiring.inventory.service(resource.id)
    settings = {"type": resource.written_type, "service": service, "reason": reason}
    name = wiring.inventory.name(resource.id)
    return Component(
        id=resource.id, kind=NOT_MODELLED, name=name, settings=settings, source=resource.source
    )


def _called(wiring: Wiring, resource: Resource) -> Component:
    """Return what carries no load itself, and is asked for by the API of its service."""
    settings = {"service": wiring.inventory.service(resource.id)}
    name = wiring.inventory.name(resource.id)
    return Component(
        id=resource.id, kind=SERVICE_API, name=name, settings=settings, source=resource.source
    )


def _external(external: External) -> Component:
    settings = {"service": external.service} if external.kind == SERVICE_API else {}
    return Component(
        id=external.id,
        kind=external.kind,
        name=external.id,
        settings=settings,
        source=external.source,
    )
