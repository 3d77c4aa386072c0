"""`terraform show -json` of a plan or a state, and terraform.tfstate → architecture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from apps.engine.formats.cloudformation.bounds import decode
from apps.engine.formats.cloudformation.library import DEFAULT_REGION, Library
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.data import DOCUMENT, document
from apps.engine.formats.terraform.identities import Identities
from apps.engine.formats.terraform.reading import architecture_of
from apps.engine.formats.terraform.recorded import (
    MANAGED,
    Recorded,
    key_of,
    listed,
    mapped,
    of_modules,
    of_raw_state,
    path_of,
)
from apps.engine.formats.terraform.shown import Values
from apps.engine.formats.terraform.shown_names import Configuration
from apps.engine.formats.terraform.written import Written
from apps.engine.graph import Architecture, Source

_STATE_VERSION = 4
# Longer numbers are none that AWS knows; Python refuses to read much longer ones.
_MAX_DIGITS = 300


def read_record(file: str, data: bytes, region: str = DEFAULT_REGION) -> Architecture:
    """Return what a plan would build, or what a state says is built.

    Parameters
    ----------
    file : str
        Name of the file.
    data : bytes
        Its bytes: JSON.
    region : str, optional
        The Region that it is read for.

    Returns
    -------
    Architecture
        Components, links, what is supporting, and warnings.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    record = document_in(file, data)
    library = Library({file: data}, region)
    recorded = list(_recorded(file, record))
    if not any(one.mode == MANAGED for one in recorded):
        raise UnreadableInput(
            "It holds no resource; give the plan of a configuration that builds something.", file
        )
    return architecture_of(_Record(file, record, recorded, library).written(), library)


def document_in(file: str, data: bytes) -> Mapping[str, Any]:
    """Return a JSON file as a mapping.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    data : bytes
        Its bytes.

    Returns
    -------
    mapping of str to any
        Numbers with a fraction stay text.

    Raises
    ------
    UnreadableInput
        If it is none.
    """
    try:
        found = json.loads(
            decode(file, data), parse_float=str, parse_constant=str, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise UnreadableInput(
            f"The JSON cannot be read: {error.msg.lower()}; write it again with "
            "`terraform show -json`.",
            file,
            error.lineno,
        ) from error
    if not isinstance(found, dict):
        raise UnreadableInput("The JSON is no plan and no state of Terraform.", file)
    return found


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < _MAX_DIGITS else digits


def _recorded(file: str, record: Mapping[str, Any]) -> Iterator[Recorded]:
    if "planned_values" in record:
        yield from of_modules(mapped(record, "planned_values").get("root_module"))
        prior = of_modules(mapped(record, "prior_state", "values").get("root_module"))
        yield from (one for one in prior if one.mode != MANAGED)
        yield from _read_later(record)
    elif "values" in record:
        yield from of_modules(mapped(record, "values").get("root_module"))
    elif record.get("version") == _STATE_VERSION:
        yield from of_raw_state(record)
    else:
        raise UnreadableInput(
            "It is a state of an old version or holds no values; give what "
            "`terraform show -json` prints.",
            file,
        )


def _read_later(record: Mapping[str, Any]) -> Iterator[Recorded]:
    """Yield the data sources that are read only when the plan is applied."""
    for change in listed(record, "resource_changes"):
        if change.get("mode") == "data":
            yield Recorded(
                path_of(str(change.get("module_address", ""))),
                str(change.get("type", "")),
                str(change.get("name", "")),
                key_of(change.get("index")),
                "data",
                mapped(change, "change", "after"),
                mapped(change, "change").get("after_sensitive", {}),
            )


class _Record:
    def __init__(
        self, file: str, record: Mapping[str, Any], recorded: list[Recorded], library: Library
    ) -> None:
        self._file, self._library = file, library
        addresses = {one.address for one in recorded if one.mode == MANAGED}
        root = mapped(record, "configuration", "root_module")
        self._configuration = Configuration(root, addresses)
        self._identities = Identities(recorded)
        self._recorded = [self._with_expressions(one) for one in recorded]
        self._data = {one.address: one for one in self._recorded if one.mode == "data"}
        self._documents: dict[str, Node | None] = {}

    def written(self) -> list[Written]:
        """Return the resources, those with several instances as one and its further ones."""
        found: list[Written] = []
        count: dict[str, int] = {}
        for one in self._recorded:
            if one.mode != MANAGED:
                continue
            number = count.get(one.address, 0)
            count[one.address] = number + 1
            source = Source(f"{self._file}#{one.address}", 1)
            key = one.key if number else ""
            found.append(Written(one.address, one.type, self._attributes(one), source, key))
        return found

    def _attributes(self, one: Recorded) -> MapNode:
        file = f"{self._file}#{one.address}"

        def resolve(names: list[str]) -> list[Any]:
            return self._configuration.resolve(one.module, names)

        values = Values(file, one.address, self._identities, resolve, self._document, self._library)
        return values.of(one)

    def _with_expressions(self, one: Recorded) -> Recorded:
        found = self._configuration.expressions(one.module, one.mode, one.type, one.name)
        return replace(one, expressions=found)

    def _document(self, name: str) -> Node | None:
        """Return the policy document that a name such as data.aws_iam_policy_document.x.json is."""
        address = name.removesuffix(".json").removesuffix(".minified_json")
        data = self._data.get(address)
        if data is None or data.type != DOCUMENT:
            return None
        if address not in self._documents:
            self._documents[address] = None  # What is met again while it is read adds nothing.
            self._documents[address] = document(self._attributes(data))
        return self._documents[address]


def is_record(data: bytes) -> bool:
    """Say whether a file is a plan or a state of Terraform, by what it begins with.

    Parameters
    ----------
    data : bytes
        The bytes of a file.

    Returns
    -------
    bool
        True for JSON that has the marks of one.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    return _has(data, (b'"format_version"',), (b'"planned_values"', b'"values"')) or _has(
        data, (b'"lineage"', b'"serial"'), (b'"resources"', b'"modules"')
    )


def _has(data: bytes, every: Iterable[bytes], one: Iterable[bytes]) -> bool:
    return all(mark in data for mark in every) and any(mark in data for mark in one)
