"""Uploaded files → architecture, refused with a sentence unless it can be kept as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.engine.catalog import build
from apps.engine.catalog.base import InvalidSetting
from apps.engine.formats import UnreadableInput, read
from apps.engine.formats.archive import unpack
from apps.engine.graph import Architecture, Component, InvalidArchitecture

# PostgreSQL keeps neither in JSON: the character NUL, and halves of a surrogate pair.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
# Ids are parts of addresses: no line breaks, and no step up.
_UNADDRESSABLE = re.compile(r"[\x00-\x1f\x7f]|(^|/)\.{0,2}(/|$)")


class UnreadableTemplate(Exception):
    """The upload cannot be used; the message says what, where, and what would work."""


def read_upload(files: Mapping[str, bytes]) -> Architecture:
    """Return the architecture in uploaded files, with every component checked.

    Raises
    ------
    UnreadableTemplate
        If the files cannot be read, or a setting is out of AWS's bounds.
    """
    try:
        architecture = read(unpack(files))
    except (UnreadableInput, InvalidArchitecture) as error:
        raise UnreadableTemplate(str(error)) from error
    for component in architecture:
        _check(component)
    if _UNKEEPABLE.search(_text(architecture)):
        raise UnreadableTemplate(
            "The template holds a character that is no text, such as \\0; take it out."
        )
    return architecture


def _check(component: Component) -> None:
    place = f"{component.source}: " if component.source else ""
    if _UNADDRESSABLE.search(component.id):
        raise UnreadableTemplate(
            f"{place}'{component.id[:80]}' cannot name a resource; use letters and digits."
        )
    try:
        build(component)
    except InvalidSetting as error:
        raise UnreadableTemplate(f"{place}{error}") from error


def _text(value: object) -> str:
    """Return every text in an architecture's JSON form."""
    if isinstance(value, Architecture):
        return _text(value.to_dict())
    if isinstance(value, Mapping):
        return "".join(f"{key}{_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "".join(_text(item) for item in value)
    return str(value)
