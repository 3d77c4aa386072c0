"""Reading a template that a test writes inline."""

from __future__ import annotations

import textwrap

import pytest

from apps.engine import formats
from apps.engine.graph import Architecture, Link

NAME = "template.yaml"


def read(text: str, **others: str) -> Architecture:
    """Return what a template describes; `others` are files beside it, `_` for a dot."""
    files = {NAME: textwrap.dedent(text).encode()}
    for name, body in others.items():
        files[name.replace("__", "/").replace("_", ".")] = textwrap.dedent(body).encode()
    return formats.read(files)


def refusal(text: str | bytes, name: str = NAME) -> str:
    """Return the sentence by which a template is refused."""
    data = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
    with pytest.raises(formats.UnreadableInput) as caught:
        formats.read({name: data})
    return str(caught.value)


def pairs(architecture: Architecture) -> set[tuple[str, str]]:
    return {(link.source, link.target) for link in architecture.links}


def doors(architecture: Architecture) -> set[tuple[str, str, str, str]]:
    return {(x.source, x.target, x.role, x.mode) for x in architecture.links}


def link(architecture: Architecture, source: str, target: str) -> Link:
    """Return the one link between two components."""
    found = [x for x in architecture.links if (x.source, x.target) == (source, target)]
    assert len(found) == 1, found
    return found[0]
