"""Imported templates with some settings changed, and no line beside those."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.engine.catalog import KINDS, build
from apps.engine.formats.cloudformation import architecture_of, documents_of, wire
from apps.engine.formats.cloudformation.bounds import with_mark
from apps.engine.formats.cloudformation.export.check import check_again, with_changes
from apps.engine.formats.cloudformation.export.companions import companions
from apps.engine.formats.cloudformation.export.ground import Ground, Plan
from apps.engine.formats.cloudformation.export.modes import (
    check_modes,
    completed,
    demanded,
    taken_out,
    written_singly,
)
from apps.engine.formats.cloudformation.export.plan import plan_for
from apps.engine.formats.cloudformation.export.sheet import Sheet
from apps.engine.formats.cloudformation.export.wishes import Wish, wishes_for
from apps.engine.formats.cloudformation.export.write import write
from apps.engine.formats.cloudformation.library import DEFAULT_REGION
from apps.engine.formats.cloudformation.notes import noted_in
from apps.engine.formats.cloudformation.wiring import Wiring
from apps.engine.formats.errors import CannotWrite
from apps.engine.graph import Component

# By component id, by name of the setting; None for what AWS takes where the template is silent.
Changes = Mapping[str, Mapping[str, Any]]
# Writes changes into files, or raises CannotWrite.
Writer = Callable[[Mapping[str, bytes], Changes], "Export"]


@dataclass(frozen=True, slots=True)
class Export:
    """The files, what was done otherwise than by one word, and which changes have no place."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def export_templates(
    files: Mapping[str, bytes], changes: Changes, region: str = DEFAULT_REGION
) -> Export:
    """Return templates with settings changed, their other lines byte for byte as they were.

    Parameters
    ----------
    files : Mapping[str, bytes]
        What was imported, by file name.
    changes : Changes
        Settings by component id; None takes a setting out.
    region : str, optional
        The Region that templates are read for.

    Returns
    -------
    Export
        All files. What reads them again finds the changes and nothing else changed.

    Raises
    ------
    UnreadableInput
        If the files cannot be read; the message says where.
    """
    return as_far_as_possible(files, changes, lambda now, part: _together(now, part, region))


def as_far_as_possible(files: Mapping[str, bytes], changes: Changes, together: Writer) -> Export:
    """Return files with settings changed: all of them, else each that has a place.

    Parameters
    ----------
    files : Mapping[str, bytes]
        What was imported, by file name.
    changes : Changes
        Settings by component id; None takes a setting out.
    together : callable
        Writes changes into files, or raises CannotWrite.

    Returns
    -------
    Export
        All files, with a sentence for each change that has no place.
    """
    changes = {id_: dict(settings) for id_, settings in changes.items() if settings}
    if not changes:
        return Export(dict(files))
    try:
        return together(files, changes)
    except CannotWrite as refusal:
        if sum(map(len, changes.values())) == 1:
            return Export(dict(files), refused=(str(refusal),))
        return _one_by_one(files, changes, together)


def _together(files: Mapping[str, bytes], changes: Changes, region: str) -> Export:
    """Write all changes, or none: a setting may need another one beside it."""
    wiring = wire(files, region)
    before = architecture_of(wiring, is_noted=False)
    changes = _by_resource(wiring, changes)
    types = {id_: one.type for id_, one in wiring.inventory.resources.items()}
    changes = completed(before, types, changes)
    meant = with_changes(before, changes)
    wishes = [
        wish
        for id_, settings in changes.items()
        for wish in wishes_of(wiring, before.component(id_), settings)
    ]
    stacks = {id(one.stack): one.stack for one in wiring.inventory.resources.values()}
    plan = plan_for(Ground(files, stacks.values()), wishes)
    written = with_words(files, plan)
    if written != files:
        check_again(meant, lambda: architecture_of(wire(written, region), is_noted=False))
    return Export(written, tuple(plan.notes))


def _by_resource(wiring: Wiring, changes: Changes) -> Changes:
    """Return changes by the ids of resources, where notes give components ids of their own."""
    noted = noted_in(documents_of(wiring))
    found: dict[str, Mapping[str, Any]] = {}
    for id_, settings in changes.items():
        logical, names = noted.get(id_, (id_, frozenset()))
        held = sorted(names & set(settings))
        if held:
            raise CannotWrite(
                f"{held[0]} of {id_} stands in a note under Metadata; change it there."
            )
        found[logical] = settings
    return found


def _one_by_one(files: Mapping[str, bytes], changes: Changes, together: Writer) -> Export:
    """Write each change that has a place, and say why the others have none."""
    notes: dict[str, None] = {}
    refused: dict[str, None] = {}
    todo: list[dict[str, Mapping[str, Any]]] = [
        {id_: settings} for id_, settings in changes.items()
    ]
    while todo:
        part = todo.pop(0)
        ((id_, settings),) = part.items()
        try:
            export = together(files, part)
        except CannotWrite as refusal:
            if len(settings) > 1:  # Without the one that is refused the others may have a place.
                todo[:0] = [{id_: {name: settings[name]}} for name in settings]
            else:
                refused[str(refusal)] = None
        else:
            files = export.files
            notes |= dict.fromkeys(export.notes)
    return Export(dict(files), tuple(notes), tuple(refused))


def wishes_of(wiring: Wiring, now: Component, settings: Mapping[str, Any]) -> Iterator[Wish]:
    """Yield the properties that must change for settings of a component.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload.
    now : Component
        The component as it was read.
    settings : Mapping[str, Any]
        What they are to be; None takes a setting out.

    Yields
    ------
    Wish
        A property with its value, and what must stand beside it.

    Raises
    ------
    CannotWrite
        If no property says a setting.
    """
    kind, resource = KINDS[now.kind], wiring.inventory.resources.get(now.id)
    if resource is None:
        raise CannotWrite(f"{now.id} is no resource of these templates with settings to write.")
    parts = wiring.inventory.parts.get(now.id, [])
    check_modes(resource, now, settings)
    found: list[Wish] = []
    must = demanded(resource, settings)
    for setting, value in written_singly(settings, resource.type).items():
        if now.settings.get(setting) == value and (setting in now.settings or value is None):
            continue
        wishes = wishes_for(kind, resource, parts, setting, value)
        is_silent = all(wish.resource.get(".".join(wish.path)) is None for wish in wishes)
        # What AWS takes where the template is silent needs no line.
        if not is_silent or setting in must or getattr(build(now), setting) != value:
            found += wishes
    yield from found
    yield from taken_out(resource, settings)
    yield from companions(now, resource, found)


def with_words(files: Mapping[str, bytes], plan: Plan) -> dict[str, bytes]:
    """Return the files with the words of a plan in them; byte order marks stay.

    Parameters
    ----------
    files : Mapping[str, bytes]
        What was imported, by file name.
    plan : Plan
        What is to be written.

    Returns
    -------
    dict of str to bytes
        All files.
    """
    written = dict(files)
    for name in {task.file for task in plan.tasks}:
        values = {task.path: task.value for task in plan.tasks if task.file == name}
        mark, text = with_mark(files[name])
        written[name] = mark + write(Sheet(text), values).text.encode()
    return written
