"""Resources of Terraform → the architecture that they build."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from apps.engine.formats.cloudformation.components import components, supporting
from apps.engine.formats.cloudformation.inventory import Inventory
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.links import MECHANISMS
from apps.engine.formats.cloudformation.merge import merge
from apps.engine.formats.cloudformation.wiring import Wiring
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.translate import Shelf
from apps.engine.formats.terraform.types import CLOUDS, FOREIGN, type_of
from apps.engine.formats.terraform.written import Written
from apps.engine.graph import Architecture, Component


class AddressedInventory(Inventory):
    """Resources by their addresses, the last part of which is their name."""

    def name(self, id_: str) -> str:
        return id_.rpartition(".")[2]


def architecture_of(
    written: Iterable[Written], library: Library, names: tuple[str, ...] = ()
) -> Architecture:
    """Return what resources build.

    Parameters
    ----------
    written : iterable of Written
        All of them.
    library : Library
        The files that came along, and the warnings so far.
    names : tuple of str, optional
        What a reference may name, for a hint where it names nothing.

    Returns
    -------
    Architecture
        Components, links, what is supporting, and warnings.

    Raises
    ------
    UnreadableInput
        If nothing of it stands on AWS, or it cannot be read.
    """
    found = list(written)
    _check_clouds(found)
    wiring = Wiring(AddressedInventory([Shelf(library, found, names)], library))
    drafts = (draft for find in MECHANISMS for draft in find(wiring))
    links = merge(drafts, library)
    return Architecture(
        components=_reasoned(components(wiring), found),
        links=links,
        supporting=supporting(wiring),
        warnings=library.warnings,
    )


def _reasoned(found: tuple[Component, ...], written: Iterable[Written]) -> tuple[Component, ...]:
    """Say of modules that are not given, and of other clouds, why they are not modelled."""
    reasons = {one.id: one.reason or _other_cloud(one.type) for one in written}
    return tuple(
        replace(component, settings={**component.settings, "reason": reason})
        if not component.is_modelled and (reason := reasons.get(component.id, ""))
        else component
        for component in found
    )


def _other_cloud(type_: str) -> str:
    cloud = CLOUDS.get(type_.partition("_")[0], "")
    return f"{type_} stands on {cloud}, not on AWS." if cloud else ""


def _check_clouds(written: list[Written]) -> None:
    foreign = [one for one in written if type_of(one.type).name == FOREIGN and not one.reason]
    clouds = dict.fromkeys(
        CLOUDS[provider] for one in foreign if (provider := one.type.partition("_")[0]) in CLOUDS
    )
    if clouds and not any(one.type.startswith("aws_") for one in written):
        raise UnreadableInput(
            f"All of it stands on {' and '.join(clouds)}; Headroom reads what is built on AWS.",
            foreign[0].source.file,
            foreign[0].source.line,
        )
