"""Values of a template that is written: CloudFormation's functions in their short forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Plain JSON in which functions of CloudFormation stand.
Value = Any
Properties = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of CloudFormation, such as !Ref, with its argument."""

    name: str
    argument: Value


def ref(name: str) -> Function:
    """Return `!Ref name`.

    Parameters
    ----------
    name : str
        A logical id, a parameter or a pseudo parameter.

    Returns
    -------
    Function
        The value.
    """
    return Function("Ref", name)


def att(name: str, attribute: str = "Arn") -> Function:
    """Return `!GetAtt name.attribute`.

    Parameters
    ----------
    name : str
        A logical id.
    attribute : str, optional
        The attribute.

    Returns
    -------
    Function
        The value.
    """
    return Function("GetAtt", f"{name}.{attribute}")


def sub(text: str) -> Function:
    """Return `!Sub text`.

    Parameters
    ----------
    text : str
        A text with names in `${…}`.

    Returns
    -------
    Function
        The value.
    """
    return Function("Sub", text)


def pick(index: int, name: str) -> Function:
    """Return one item of a list parameter.

    Parameters
    ----------
    index : int
        Counted from 0.
    name : str
        The parameter.

    Returns
    -------
    Function
        The value.
    """
    return Function("Select", [index, ref(name)])


def arn(service: str, rest: str) -> Function:
    """Return an ARN of this account and Region.

    Parameters
    ----------
    service : str
        As ARNs name it.
    rest : str
        What follows the account, with names in `${…}`.

    Returns
    -------
    Function
        The value.
    """
    return sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}")


def put(properties: Properties, path: str, value: Value) -> None:
    """Set what stands under a dotted path, making what lacks on the way.

    Parameters
    ----------
    properties : dict
        Changed in place.
    path : str
        Keys of mappings and numbers of list items, joined by dots.
    value : any
        What is to stand there.
    """
    parts = path.split(".")
    node: Any = properties
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        fresh: Any = value if not following else [] if following.isdigit() else {}
        key: Any = part
        if isinstance(node, list):
            key = int(part)
            node += [fresh] if key == len(node) else []
        elif part not in node:
            node[part] = fresh
        if not following:
            node[key] = value
        node = node[key]
