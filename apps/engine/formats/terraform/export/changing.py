"""Configurations with some settings changed, and no line beside those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import InvalidSetting, Property
from apps.engine.formats.cloudformation.bounds import with_mark
from apps.engine.formats.cloudformation.export import Changes, Export
from apps.engine.formats.cloudformation.export.check import difference
from apps.engine.formats.cloudformation.library import DEFAULT_REGION, Library
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.configuration import modules_of, read_configuration
from apps.engine.formats.terraform.export.places import Edit, Ground, NoPlace, place_of
from apps.engine.formats.terraform.export.rows import rows_for
from apps.engine.formats.terraform.upload import Upload
from apps.engine.graph import Architecture, Component


def export_configuration(
    files: Mapping[str, bytes], changes: Changes, region: str = DEFAULT_REGION
) -> Export:
    """Return a configuration with settings changed, its other lines byte for byte as they were.

    Parameters
    ----------
    files : mapping of str to bytes
        What was imported, by file name.
    changes : Changes
        Settings by component id; None takes a setting out.
    region : str, optional
        The Region that the files are read for.

    Returns
    -------
    Export
        All files. What reads them again finds the changes and nothing else changed; a change
        without a place is refused with the line that must be changed by hand.

    Raises
    ------
    UnreadableInput
        If the files cannot be read; the message says where.
    """
    found: dict[str, bytes] = dict(files)
    notes: dict[str, None] = {}
    refused: list[str] = []
    for id_, settings in changes.items():
        for setting, value in settings.items():
            try:
                found, said = _changed(found, id_, setting, value, region)
                notes |= dict.fromkeys(said)
            except NoPlace as error:
                refused.append(str(error))
    return Export(found, tuple(notes), tuple(refused))


def _changed(
    files: Mapping[str, bytes], id_: str, setting: str, value: Any, region: str
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    before = read_configuration(files, region)
    meant = _with_setting(before, id_, setting, value)
    if meant == before:
        return dict(files), ()
    reasons: list[str] = []
    for edit in _edits(files, before.component(id_), setting, value, reasons, region):
        data = files[edit.file]
        mark, text = with_mark(data)
        changed = mark + (text[: edit.start] + edit.text + text[edit.end :]).encode()
        written = {**files, edit.file: changed}
        sentence = _check(meant, written, region)
        if not sentence:
            return written, edit.notes
        reasons.append(f"{edit.file}:{edit.line}: {sentence}")
    said = reasons or [f"{id_} has no attribute for {setting} that is known; change it by hand."]
    raise NoPlace(said[0])


def _edits(
    files: Mapping[str, bytes],
    component: Component,
    setting: str,
    value: Any,
    reasons: list[str],
    region: str,
) -> Iterator[Edit]:
    """Yield the ways to write a change, the likeliest first: a line that is there, a new one."""
    library = Library(files, region)
    ground = Ground(files, modules_of(Upload(files, library)))
    kind = KINDS[component.kind]
    candidates: list[tuple[str, Property]] = [
        (address, row)
        for address, type_ in ground.about(component.id)
        for row in rows_for(kind, type_)
        if row.setting == setting
    ]
    for is_new in (False, True):
        for address, row in candidates:
            try:
                yield from place_of(ground, address, row, value, is_new=is_new)
            except NoPlace as error:
                reasons.append(str(error))


def _with_setting(before: Architecture, id_: str, setting: str, value: Any) -> Architecture:
    try:
        component = before.component(id_)
    except KeyError:
        raise NoPlace(f"{id_} is no component of this configuration.") from None
    merged = {**component.settings, setting: value}
    kept = {name: one for name, one in merged.items() if one is not None}
    try:
        if build(replace(component, settings=kept)) == build(component):
            return before
    except InvalidSetting as error:
        raise NoPlace(str(error)) from error
    return before.with_settings(id_, kept)


def _check(expected: Architecture, files: Mapping[str, bytes], region: str) -> str:
    try:
        return difference(expected, read_configuration(files, region))
    except UnreadableInput as error:
        return f"Written down, the change could not be read ({error}); change it by hand."
