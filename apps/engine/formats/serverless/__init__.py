"""serverless.yml of the Serverless Framework, versions 1 to 4."""

from __future__ import annotations

import re

from apps.engine.formats.cloudformation.nodes import Node

_NAME = re.compile(r"(?:.*/)?serverless[\w.-]*\.(?:ya?ml|json)")
_MARK = re.compile(rb"""^(?:provider|["']provider["']|[ {\t]*"provider")\s*:""", re.M)
_SUFFIXES = (".yml", ".yaml", ".json")


def may_be_service(name: str, data: bytes) -> bool:
    """Return whether a file may be a serverless.yml, by its name and first sight.

    Parameters
    ----------
    name : str
        Its path.
    data : bytes
        Its bytes.

    Returns
    -------
    bool
        True where it is worth reading.
    """
    if not name.endswith(_SUFFIXES):
        return False
    return bool(_NAME.fullmatch(name) or _MARK.search(data))


def is_service(node: Node) -> bool:
    """Return whether a document is a serverless.yml.

    Parameters
    ----------
    node : Node
        The root of a document.

    Returns
    -------
    bool
        True where it has a provider and no resources of its own.
    """
    is_template = node.get("Resources") is not None
    has_parts = any(node.get(key) is not None for key in ("service", "functions", "resources"))
    return not is_template and node.get("provider") is not None and has_parts
