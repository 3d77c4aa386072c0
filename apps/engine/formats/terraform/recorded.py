"""Resources as `terraform show -json` and state files record them, before they are worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MANAGED = "managed"
_KEYS = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]')


@dataclass(frozen=True, slots=True)
class Recorded:
    """One instance of a resource with the values that are known of it.

    `module` is the path of the module without the keys of instances; `secret` has true where a
    value is sensitive; `expressions` say by what references a value is made.
    """

    module: tuple[str, ...]
    type: str
    name: str
    key: str
    mode: str
    values: Mapping[str, Any]
    secret: Any = field(default_factory=dict)
    expressions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The address without the key of an instance."""
        prefix = "".join(f"module.{name}." for name in self.module)
        data = "data." if self.mode == "data" else ""
        return f"{prefix}{data}{self.type}.{self.name}"


def path_of(module: str) -> tuple[str, ...]:
    """Return the path of a module.

    Parameters
    ----------
    module : str
        Its address, such as module.shop["a"].module.queue.

    Returns
    -------
    tuple of str
        The names, without keys.

    Examples
    --------
    >>> path_of('module.shop["a.b"].module.queue[0]')
    ('shop', 'queue')
    """
    return tuple(part for part in _KEYS.sub("", module).split(".") if part and part != "module")


def key_of(index: Any) -> str:
    """Return the key of an instance as addresses have it.

    Parameters
    ----------
    index : any
        A number, a text or None.

    Returns
    -------
    str
        Empty for a resource that is there once.
    """
    if index is None:
        return ""
    return f'["{index}"]' if isinstance(index, str) else f"[{index}]"


def of_modules(root: Any) -> Iterator[Recorded]:
    """Yield the resources of a `root_module` and of the modules below it.

    Parameters
    ----------
    root : any
        As plans and states have it.

    Yields
    ------
    Recorded
        In the order of the file.
    """
    todo = [root]
    while todo:
        module = todo.pop(0)
        if not isinstance(module, Mapping):
            continue
        path = path_of(str(module.get("address", "")))
        for entry in listed(module, "resources"):
            yield Recorded(
                path,
                str(entry.get("type", "")),
                str(entry.get("name", "")),
                key_of(entry.get("index")),
                str(entry.get("mode", MANAGED)),
                mapped(entry, "values"),
                entry.get("sensitive_values", {}),
            )
        todo.extend(listed(module, "child_modules"))


def of_raw_state(document: Mapping[str, Any]) -> Iterator[Recorded]:
    """Yield the resources of a terraform.tfstate of version 4.

    Parameters
    ----------
    document : mapping of str to any
        The file.

    Yields
    ------
    Recorded
        In the order of the file.
    """
    for entry in listed(document, "resources"):
        for instance in listed(entry, "instances"):
            yield Recorded(
                path_of(str(entry.get("module", ""))),
                str(entry.get("type", "")),
                str(entry.get("name", "")),
                key_of(instance.get("index_key")),
                str(entry.get("mode", MANAGED)),
                mapped(instance, "attributes"),
                _sensitive_paths(instance.get("sensitive_attributes", [])),
            )


def _sensitive_paths(paths: Any) -> dict[str, Any]:
    """Return the first names of the paths that a state marks as sensitive."""
    found: dict[str, Any] = {}
    for path in paths if isinstance(paths, list) else ():
        steps = path if isinstance(path, list) else [path]
        first = steps[0] if steps else None
        name = first.get("value") if isinstance(first, Mapping) else first
        if isinstance(name, str):
            found[name] = True
    return found


def listed(node: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return a list of mappings; empty where there is none.

    Parameters
    ----------
    node : mapping of str to any
        Where it stands.
    name : str
        Its name there.

    Returns
    -------
    list of mapping
        What else is in the list is left out.
    """
    found = node.get(name)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def mapped(node: Any, *names: str) -> Mapping[str, Any]:
    """Return a mapping below some names; empty where there is none.

    Parameters
    ----------
    node : any
        Where it stands.
    *names : str
        The way to it.

    Returns
    -------
    mapping of str to any
        As the file has it.
    """
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def texts(node: Any) -> list[str]:
    """Return the texts of a list; empty for what is none.

    Parameters
    ----------
    node : any
        As the file has it.

    Returns
    -------
    list of str
        What else is in the list is left out.
    """
    return [item for item in node if isinstance(item, str)] if isinstance(node, list) else []
