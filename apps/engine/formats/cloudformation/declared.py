"""What a template declares under Resources, before anything of it is worked out."""

from __future__ import annotations

from apps.engine.formats.cloudformation.nodes import MapNode, Node, Scalar
from apps.engine.formats.errors import UnreadableInput


def declared(document: Node) -> dict[str, Node]:
    """Return the resources of a template as they stand.

    Parameters
    ----------
    document : Node
        The root of a template.

    Returns
    -------
    dict of str to Node
        By logical id.

    Raises
    ------
    UnreadableInput
        If there is no Resources section.
    """
    section = document.get("Resources")
    if not isinstance(section, MapNode):
        raise UnreadableInput(
            "There is no 'Resources' section; give a CloudFormation or SAM template.",
            document.file,
            document.line,
        )
    return dict(section.pairs())


def type_of(name: str, body: Node) -> str:
    """Return the type of a resource.

    Parameters
    ----------
    name : str
        Its logical id, for the refusal.
    body : Node
        The resource as it stands.

    Returns
    -------
    str
        Such as AWS::SQS::Queue.

    Raises
    ------
    UnreadableInput
        If it has no Type.
    """
    type_ = body.get("Type")
    if not isinstance(type_, Scalar) or not type_.text():
        raise UnreadableInput(
            f"The resource '{name}' has no Type; give one such as AWS::SQS::Queue.",
            body.file,
            body.line,
        )
    return type_.text()
