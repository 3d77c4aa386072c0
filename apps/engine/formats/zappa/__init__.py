"""zappa_settings.json, .yaml and .toml of Zappa: what it deploys for one stage."""

from __future__ import annotations

import re

from apps.engine.formats.cloudformation.nodes import MapNode, Node

_NAME = re.compile(r"(?:.*/)?zappa_settings[\w.-]*\.(?:ya?ml|json|toml)")
_SUFFIXES = (".yml", ".yaml", ".json", ".toml")
# A stage has one of these: what it runs, or where its package goes.
MARKS = ("django_settings", "app_function", "lambda_handler", "extends", "s3_bucket", "app_module")


def may_be_zappa(name: str, data: bytes) -> bool:
    """Return whether a file may hold Zappa's settings, by its name and first sight.

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
    runs = b"django_settings" in data or b"app_function" in data
    return bool(_NAME.fullmatch(name)) or (runs and b"s3_bucket" in data)


def is_zappa(name: str, node: Node) -> bool:
    """Return whether a document is Zappa's settings: mappings that say what a stage runs.

    Parameters
    ----------
    name : str
        Path of its file.
    node : Node
        The root of a document.

    Returns
    -------
    bool
        True for settings.
    """
    stages = [value for _, value in node.pairs() if isinstance(value, MapNode)]
    if not stages or node.get("Resources") is not None:
        return False
    is_named = bool(_NAME.fullmatch(name))
    return is_named or any(stage.get(mark) is not None for stage in stages for mark in MARKS[:3])
