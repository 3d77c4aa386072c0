"""An Infracost usage file: what resources are used for in a month, by address."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Kind
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar
from apps.engine.formats.cloudformation.yaml_reader import read_yaml
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.infracost import flat
from apps.engine.graph import Architecture, Component

VERSION = "0.1"
MAX_BYTES = 1_000_000
# More than all of AWS serves.
MOST = 1e18
_ADDRESS = re.compile(
    r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?P<type>[a-z][a-z0-9]*_\w+)\.(?P<name>[\w-]+)(?:\[[^\]]*\])?"
)
_INDEX = re.compile(r"\[[^\]]*\]")
_SECTIONS = ("version", "resource_usage", "resource_type_default_usage")


@dataclass(frozen=True, slots=True)
class UsageFile:
    """Values by key, dotted where the file nests them; by address, and by type of resource."""

    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of one component: values by key, under a type of resource.

    `type` is empty where the file names the component alone.
    """

    component: str
    address: str
    type: str
    usage: Mapping[str, Any]


def read_usage_file(data: bytes, name: str) -> UsageFile:
    """Return what a usage file says.

    Parameters
    ----------
    data : bytes
        YAML of version 0.1.
    name : str
        The file's name, for messages.

    Returns
    -------
    UsageFile
        Its two sections.

    Raises
    ------
    UnreadableInput
        If it is too large, no YAML, of another version, or holds something else.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableInput("A usage file takes at most 1 MB.", name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInput("The file is not UTF-8 text.", name) from error
    root = read_yaml(name, text, lambda _: None)
    if not isinstance(root, MapNode):
        raise UnreadableInput("A usage file is a mapping with resource_usage.", name, root.line)
    body = {key: _plain(node) for key, node in root.entries.items()}
    for key in body:
        if key not in _SECTIONS:
            known = ", ".join(_SECTIONS)
            raise UnreadableInput(f"'{key[:60]}' is not known here; known are {known}.", name)
    if str(body.get("version", VERSION)) != VERSION:
        raise UnreadableInput(f"version is {str(body['version'])[:20]}; read is {VERSION}.", name)
    return UsageFile(*(_section(body.get(section), section, name) for section in _SECTIONS[1:]))


def _section(body: Any, section: str, name: str) -> dict[str, dict[str, Any]]:
    if body is None:
        return {}
    if not isinstance(body, Mapping):
        raise UnreadableInput(f"{section} is no mapping of names to usage.", name)
    found = {}
    for address, usage in body.items():
        if usage is not None and not isinstance(usage, Mapping):
            raise UnreadableInput(
                f"{section}.{address[:80]} is no mapping of keys to values.", name
            )
        found[address] = flat(usage or {})
    return found


def _plain(node: Node) -> Any:
    if isinstance(node, MapNode):
        return {key: _plain(inner) for key, inner in node.entries.items()}
    if isinstance(node, ListNode):
        return [_plain(inner) for inner in node.items]
    return node.value if isinstance(node, Scalar) else None


def number(value: Any) -> float | None:
    """Return a quantity; None for what is none.

    Parameters
    ----------
    value : Any
        What stands in a usage file.

    Returns
    -------
    float | None
        From 0 to 10^18.
    """
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) and 0.0 <= found <= MOST else None


def said_of(architecture: Architecture, file: UsageFile) -> tuple[list[Said], list[str]]:
    """Return what a usage file says of the components of a design.

    Parameters
    ----------
    architecture : Architecture
        The design.
    file : UsageFile
        Usage by address and by type.

    Returns
    -------
    (list of Said, list of str)
        First what holds for a type, then what holds for an address, which so comes to stand over
        it; and the addresses that name no component, or more than one without a wildcard.
    """
    said, lost = [], []
    components = architecture.modelled()
    for type_, usage in file.defaults.items():
        for component in components:
            if type_ in types_of(KINDS[component.kind]):
                said.append(Said(component.id, f"{type_}, by default", type_, usage))
    for address, usage in file.resources.items():
        found, type_ = _found(components, address)
        if not found or (len(found) > 1 and "[*]" not in address):
            lost.append(address)
            continue
        said += [Said(component.id, address, type_, usage) for component in found]
    return said, lost


def types_of(kind: type[Kind]) -> tuple[str, ...]:
    """Return the types of resources whose usage keys a kind reads, the main one first.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.

    Returns
    -------
    tuple[str, ...]
        Types of Terraform.
    """
    return tuple(dict.fromkeys(key.type for key in kind.USAGE_KEYS))


def _found(components: tuple[Component, ...], address: str) -> tuple[list[Component], str]:
    """Return the components that an address names, by the first way that finds one."""
    parts = _ADDRESS.fullmatch(address)
    type_, name = (parts["type"], parts["name"]) if parts else ("", _INDEX.sub("", address))
    whole = _INDEX.sub("", address)
    fitting = [c for c in components if not type_ or type_ in types_of(KINDS[c.kind])]
    for group in (fitting, components):
        for is_it in _ways(whole, name):
            found = [component for component in group if is_it(component.id)]
            if found:
                return found, type_
    return [], type_


def _ways(whole: str, name: str) -> Iterator[Any]:
    """Yield tests of an id: the address itself, the logical id, the last part of it."""
    yield lambda id_: _INDEX.sub("", id_) == whole
    yield lambda id_: id_ == name
    yield lambda id_: re.split(r"[./]", _INDEX.sub("", id_))[-1] == name
    yield lambda id_: re.sub(r"\W", "_", id_) == name
