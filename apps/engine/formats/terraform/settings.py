"""Attributes of Terraform resources → settings of a kind, by the rows that the kinds declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Kind


def kind_of_type(type_: str, attributes: Mapping[str, Any] | None = None) -> type[Kind] | None:
    """Return the kind that reads a resource, None where there is none.

    Parameters
    ----------
    type_ : str
        A resource type, such as aws_sqs_queue.
    attributes : Mapping[str, Any], optional
        Its attributes, for types that more than one kind reads.

    Returns
    -------
    type[Kind] | None
        The kind that has a template row or a usage key of the type, and the value that tells it
        from others of the type.
    """
    others = None
    for kind in _kinds_of_type(type_):
        only = kind.ONLY_WITH.get(type_)
        if only is None:
            others = others or kind
        elif str(value_at(attributes or {}, only[0])).upper() == only[1].upper():
            return kind
    return others


@cache
def _kinds_of_type(type_: str) -> tuple[type[Kind], ...]:
    return tuple(kind for kind in KINDS.values() if type_ in _types_of(kind))


def _types_of(kind: type[Kind]) -> set[str]:
    # What a kind inherits, it reads in its parent's name.
    own = (*vars(kind).get("TEMPLATE", ()), *vars(kind).get("USAGE_KEYS", ()))
    return {row.type for row in own}


def settings_of(kind: type[Kind], type_: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the attributes of a resource say of a component.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.
    type_ : str
        A resource type, such as aws_sqs_queue.
    attributes : Mapping[str, Any]
        Attributes and nested blocks, which are lists. What is not known stays out.

    Returns
    -------
    dict[str, Any]
        Settings by name; the first row that finds a value wins, then what the type implies.

    Raises
    ------
    ValueError
        A value is not of the sort that its setting needs.
    """
    settings: dict[str, Any] = {}
    for row in kind.TEMPLATE:
        if row.type != type_ or not row.setting or row.setting in settings:
            continue
        found = value_at(attributes, row.path)
        if found is None:
            continue
        try:
            value = row.conversion.read(found)
        except (TypeError, ValueError, OverflowError, KeyError) as error:
            raise ValueError(f"{row.path} is '{str(found)[:60]}', which cannot be read.") from error
        if value is not None:
            settings[row.setting] = value
    return dict(kind.IMPLIED.get(type_, {})) | settings


def value_at(attributes: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a dotted path, None where nothing does; the whole for an empty path.

    Parameters
    ----------
    attributes : Mapping[str, Any]
        Attributes and nested blocks.
    path : str
        Names and places in lists: `stage_mode_details.0.stream_mode`.

    Returns
    -------
    Any
        The value.
    """
    found: Any = attributes
    for part in path.split(".") if path else ():
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, Sequence) and not isinstance(found, str) and part.isdigit():
            found = found[int(part)] if int(part) < len(found) else None
        else:
            return None
    return found
