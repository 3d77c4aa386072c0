"""Reading a serverless.yml that a test writes inline."""

from __future__ import annotations

import textwrap

import pytest

from apps.engine import formats
from apps.engine.graph import Architecture

NAME = "serverless.yml"
HEAD = """
service: shop
provider:
  name: aws
  runtime: python3.13
"""


def read(text: str, head: str = HEAD, **others: str) -> Architecture:
    """Return what a service describes; `others` are files beside it, `_` for a dot."""
    files = {NAME: (head + textwrap.dedent(text)).encode()}
    for name, body in others.items():
        files[name.replace("__", "/").replace("_", ".")] = textwrap.dedent(body).encode()
    return formats.read(files)


def refusal(text: str, head: str = HEAD, **others: str) -> str:
    """Return the sentence by which a service is refused."""
    with pytest.raises(formats.UnreadableInput) as caught:
        read(text, head, **others)
    return str(caught.value)


def kinds(architecture: Architecture) -> dict[str, str]:
    return {component.id: component.kind for component in architecture}
