"""Whether a configuration says what it was meant to say, and nothing else anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apps.engine.catalog import build
from apps.engine.graph import Architecture, Component

_ADVICE = "change it by hand."


def difference(expected: Architecture, found: Architecture) -> str:
    """Return how a design that was read again differs from the one that was meant.

    Parameters
    ----------
    expected : Architecture
        What was meant.
    found : Architecture
        What the written files say.

    Returns
    -------
    str
        A sentence; empty where they are the same but for lines and warnings.
    """
    if [component.id for component in expected] != [component.id for component in found]:
        return f"Written down, the change would make other components; {_ADVICE}"
    for meant, read in zip(expected, found, strict=True):
        name = differing(meant, read)
        if name:
            return f"Written down, {name} of {meant.id} would not be what it should; {_ADVICE}"
    if _links(expected) != _links(found):
        return f"Written down, the change would change links between components; {_ADVICE}"
    return ""


def differing(meant: Component, read: Component) -> str:
    """Return the setting in which two components differ, what is silent taken as AWS does.

    Parameters
    ----------
    meant : Component
        As it should be.
    read : Component
        As it was read.

    Returns
    -------
    str
        Name of the setting; empty where they are the same.
    """
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
