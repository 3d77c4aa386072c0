"""A file of a template → nodes: JSON or YAML, within bounds."""

from __future__ import annotations

from collections.abc import Callable

from apps.engine.formats.cloudformation.bounds import NoText, Total, decode
from apps.engine.formats.cloudformation.json_reader import read_json
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.cloudformation.yaml_reader import read_yaml
from apps.engine.formats.errors import UnreadableInput


def read_document(
    name: str, data: bytes, warn: Callable[[str], None], total: Total | None = None
) -> Node:
    """Return the nodes of one file.

    Parameters
    ----------
    name : str
        The name of the file, for messages.
    data : bytes
        The bytes of a file.
    warn : callable
        Told each warning, a sentence with file and line.
    total : Total, optional
        Counts the values of all files that are read together.

    Returns
    -------
    Node
        The root of the document.

    Raises
    ------
    UnreadableInput
        With file and line.
    """
    return read_text(name, decode(name, data), warn, total)


def read_text(
    name: str, text: str, warn: Callable[[str], None], total: Total | None = None
) -> Node:
    """Return the nodes of one text, JSON or YAML by its first character.

    Parameters
    ----------
    name : str
        The name of the file, for messages.
    text : str
        A text as it stands in a template.
    warn : callable
        Told each warning, a sentence with file and line.
    total : Total, optional
        Counts the values of all files that are read together.

    Returns
    -------
    Node
        The root of the document.

    Raises
    ------
    UnreadableInput
        If it is neither; the message says where.
    """
    if not text.lstrip().startswith(("{", "[")):
        return read_yaml(name, text, warn, total)
    warnings: list[str] = []
    try:
        node = read_json(name, text, warnings.append, total)
    except NoText:
        raise
    except UnreadableInput:
        # YAML writes mappings in braces as well; where both fail, the name decides who speaks.
        if name.endswith(".json"):
            raise
        return read_yaml(name, text, warn, total)
    for warning in warnings:
        warn(warning)
    return node


def is_template(node: Node) -> bool:
    """Return whether a document is a template: its resources have types of AWS's form.

    Parameters
    ----------
    node : Node
        The root of a document.

    Returns
    -------
    bool
        True for a template.
    """
    resources = node.get("Resources")
    return isinstance(resources, MapNode) and (
        not resources.entries
        or any(
            type_ is not None and "::" in type_.text()
            for type_ in (value.get("Type") for value in resources.entries.values())
        )
    )
