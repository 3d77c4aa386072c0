"""Whether the default of a parameter may change for a property that refers to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.engine.formats.cloudformation.export.words import Value, text_of
from apps.engine.formats.cloudformation.nodes import MapNode, Node, Scalar, leaves
from apps.engine.formats.cloudformation.stack import Stack

_INCLUDE = "AWS::Include"
_BOUNDS = {"MinValue": 1, "MaxValue": -1, "MinLength": 1, "MaxLength": -1}


def parameter_of(stack: Stack, name: str) -> Node | None:
    """Return the declaration of a parameter.

    Parameters
    ----------
    stack : Stack
        The template with its parameters.
    name : str
        What a Ref names.

    Returns
    -------
    Node or None
        None where the name is a resource's, or AWS's own.
    """
    section = stack.document.get("Parameters")
    return dict(section.pairs()).get(name) if section is not None else None


def is_secret(entry: Node) -> bool:
    """Say whether the value of a parameter is kept from sight.

    Parameters
    ----------
    entry : Node
        Its declaration.

    Returns
    -------
    bool
        True where NoEcho says so.
    """
    hidden = entry.get("NoEcho")
    return hidden is not None and hidden.text().lower() == "true"


def uses_of(stack: Stack, name: str) -> int:
    """Count the places of a template that take a parameter's value.

    Parameters
    ----------
    stack : Stack
        The template with its parameters.
    name : str
        Name of the parameter.

    Returns
    -------
    int
        One more where a file that the template takes in may use it too.
    """
    count, mark = 0, re.compile(r"\$\{" + re.escape(name) + r"\}")
    todo = [stack.document]
    while todo:
        node = todo.pop()
        for key, value in node.pairs():
            if key == "Ref" and isinstance(value, Scalar) and value.text() == name:
                count += 1
            elif key == "Fn::Sub":
                count += sum(len(mark.findall(leaf.text())) for leaf in leaves(value))
            todo.append(value)
        if not isinstance(node, MapNode):
            todo.extend(item for item in node.elements() if item is not node)
    includes = any(leaf.text() == _INCLUDE for leaf in leaves(stack.document))
    return count + includes


def refusal_of(entry: Node, values: Sequence[Value | None]) -> str:
    """Return why the default of a parameter cannot become a value; empty where it can.

    Parameters
    ----------
    entry : Node
        The declaration of the parameter.
    values : sequence of Value or None
        What the properties that refer to it are to hold.

    Returns
    -------
    str
        The end of a sentence.
    """
    type_, default = entry.get("Type"), entry.get("Default")
    if len({str(value) for value in values}) > 1 or values[0] is None:
        return "gives several properties that differ now"
    if type_ is not None and type_.text().startswith("AWS::SSM::"):
        return "reads its value from a store"
    if not isinstance(default, Scalar):
        return "has no default, and is given on each deployment"
    return "" if _allows(entry, text_of(values[0])) else f"does not allow {text_of(values[0])}"


def _allows(entry: Node, text: str) -> bool:
    allowed, pattern = entry.get("AllowedValues"), entry.get("AllowedPattern")
    if allowed is not None and text not in {item.text() for item in allowed.elements()}:
        return False
    if pattern is not None:  # It is Java's, and may take for ever.
        return False
    return all(_is_within(entry, key, sign, text) for key, sign in _BOUNDS.items())


def _is_within(entry: Node, key: str, sign: int, text: str) -> bool:
    bound = entry.get(key)
    if bound is None:
        return True
    try:
        size = float(text) if key.endswith("Value") else len(text)
        return sign * (size - float(bound.text())) >= 0
    except ValueError:
        return False
