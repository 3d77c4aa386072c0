"""Whether a written template says what it was meant to say, and nothing else anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from apps.engine.catalog import build
from apps.engine.catalog.base import InvalidSetting
from apps.engine.formats.errors import CannotWrite, UnreadableInput
from apps.engine.graph import Architecture, Component

_ADVICE = "change it by hand."


def with_changes(before: Architecture, changes: Any) -> Architecture:
    """Return a design with settings changed.

    Parameters
    ----------
    before : Architecture
        The design as it was read.
    changes : Changes
        Settings by component id; None takes a setting out.

    Returns
    -------
    Architecture
        A copy, each change within AWS's bounds.

    Raises
    ------
    CannotWrite
        If a component is not there, or a value is out of bounds.
    """
    changed: dict[str, Component] = {}
    for id_, settings in changes.items():
        try:
            component = before.component(id_)
        except KeyError:
            raise CannotWrite(f"{id_} is no component of these templates.") from None
        merged = {**component.settings, **settings}
        kept = {name: value for name, value in merged.items() if value is not None}
        changed[id_] = replace(component, settings=kept)
        try:
            build(changed[id_])
        except InvalidSetting as error:
            raise CannotWrite(str(error)) from error
    return replace(before, components=tuple(changed.get(each.id, each) for each in before))


def check_again(expected: Architecture, read: Callable[[], Architecture]) -> None:
    """Read what was written, and refuse it where it does not say what it was meant to say.

    Parameters
    ----------
    expected : Architecture
        What was meant.
    read : callable
        Reads what was written.

    Raises
    ------
    CannotWrite
        If it cannot be read, or says something else.
    """
    try:
        found = read()
    except UnreadableInput as error:
        raise CannotWrite(f"The changed file could not be read: {error}") from error
    sentence = difference(expected, found)
    if sentence:
        raise CannotWrite(sentence)


def difference(expected: Architecture, found: Architecture) -> str:
    """Return how a design that was read again differs from the one that was meant.

    Parameters
    ----------
    expected : Architecture
        What was meant.
    found : Architecture
        What the written templates say.

    Returns
    -------
    str
        A sentence; empty where they are the same but for lines and warnings.
    """
    ids = [component.id for component in expected]
    if ids != [component.id for component in found]:
        return f"Written down, the change would make other components; {_ADVICE}"
    for meant, read in zip(expected, found, strict=True):
        name = _differing(meant, read)
        if name:
            return f"Written down, {name} of {meant.id} would not be what it should; {_ADVICE}"
    if _links(expected) != _links(found):
        return f"Written down, the change would change links between components; {_ADVICE}"
    return ""


def _differing(meant: Component, read: Component) -> str:
    """Return the setting in which two components differ, what is silent taken as AWS does."""
    if meant.kind != read.kind:
        return "the kind"
    if not meant.is_modelled:
        return "" if meant.settings == read.settings else "what is known"
    one, other = build(meant), build(read)
    if one == other:
        return ""
    names = sorted(meant.settings.keys() | read.settings.keys())
    return next((n for n in names if getattr(one, n) != getattr(other, n)), "a setting")


def _links(architecture: Architecture) -> dict[tuple[str, str, str], Any]:
    return {link.key: replace(link, origin="") for link in architecture.links}
