"""Choices under which AWS refuses a property: what is on demand has no capacity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from apps.engine.catalog import build
from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.errors import CannotWrite
from apps.engine.graph import Architecture, Component

_INDEXES, _CAPACITY = "GlobalSecondaryIndexes", "ProvisionedThroughput"
_TABLE, _SIMPLE = "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable"
_ROWS, _STREAM = "AWS::Cassandra::Table", "AWS::Kinesis::Stream"
_CAPACITIES = ("read_capacity", "write_capacity")
_OF_INDEXES = ("index_write_capacity", "indexes_write_capacity", "indexes_read_capacity")


class Mode(NamedTuple):
    """A choice, the property that is refused with it, and the settings that this gives."""

    type: str
    setting: str
    value: str
    path: str
    settings: tuple[str, ...]


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cassandra-table.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
MODES = (
    Mode(_TABLE, "billing_mode", "PAY_PER_REQUEST", _CAPACITY, _CAPACITIES),
    Mode(_TABLE, "billing_mode", "PAY_PER_REQUEST", _INDEXES, _OF_INDEXES),
    Mode(_SIMPLE, "billing_mode", "PAY_PER_REQUEST", _CAPACITY, _CAPACITIES),
    Mode(_ROWS, "billing_mode", "ON_DEMAND", f"BillingMode.{_CAPACITY}", _CAPACITIES),
    Mode(_STREAM, "mode", "ON_DEMAND", "ShardCount", ("shards",)),
)
# SAM's tables have the mode that follows from whether they have a capacity.
_SAID_BY_CAPACITY = {_SIMPLE: "billing_mode"}


def completed(
    before: Architecture, types: Mapping[str, str], changes: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return changes with the settings that a chosen mode does away with.

    Parameters
    ----------
    before : Architecture
        The design as it was read.
    types : mapping of str to str
        Resource type by component id.
    changes : mapping
        Settings by component id.

    Returns
    -------
    dict
        The same, with None for those.
    """
    found = {id_: dict(settings) for id_, settings in changes.items()}
    for component in before:
        settings = found.get(component.id, {})
        for mode in _chosen(types.get(component.id, ""), settings):
            for name in mode.settings:
                if component.settings.get(name) is not None:
                    settings.setdefault(name, None)
    return found


def written_singly(settings: Mapping[str, Any], type_: str) -> dict[str, Any]:
    """Return changed settings without those that come or go with another one.

    Parameters
    ----------
    settings : mapping of str to any
        Changed settings of a component.
    type_ : str
        The type of its resource.

    Returns
    -------
    dict
        Those that have a property of their own.
    """
    gone = {name for mode in _chosen(type_, settings) for name in mode.settings}
    gone.add(_SAID_BY_CAPACITY.get(type_, ""))
    return {name: value for name, value in settings.items() if name not in gone}


def taken_out(resource: Resource, settings: Mapping[str, Any]) -> Iterator[Wish]:
    """Yield the properties that AWS refuses with the mode that is chosen.

    Parameters
    ----------
    resource : Resource
        The component's own resource.
    settings : mapping of str to any
        Its changed settings.

    Yields
    ------
    Wish
        Each with nothing for its value.
    """
    for mode in _chosen(resource.type, settings):
        for path in _paths(resource, mode.path):
            if resource.get(path) is not None:
                yield Wish(mode.setting, resource, tuple(path.split(".")), None)


def check_modes(resource: Resource, now: Component, settings: Mapping[str, Any]) -> None:
    """Refuse a capacity where there is none, and a mode without the capacity that it needs.

    Parameters
    ----------
    resource : Resource
        The component's own resource.
    now : Component
        The component as it was read.
    settings : mapping of str to any
        Its changed settings.

    Raises
    ------
    CannotWrite
        If AWS would not take them together.
    """
    for mode in MODES:
        if mode.type != resource.type:
            continue
        value = settings.get(mode.setting) or getattr(build(now), mode.setting)
        given = [name for name in mode.settings if settings.get(name)]
        if value == mode.value and given:
            raise CannotWrite(
                f"{now.id} is {value}, which goes without {given[0]}; change {mode.setting} too."
            )
    if resource.type == _TABLE and settings.get("billing_mode") == "PROVISIONED":
        _check_capacities(resource, settings)


def demanded(resource: Resource, settings: Mapping[str, Any]) -> frozenset[str]:
    """Return the settings that must be written with the mode that is chosen.

    Parameters
    ----------
    resource : Resource
        The component's own resource.
    settings : mapping of str to any
        Its changed settings.

    Returns
    -------
    frozenset of str
        Names, such as the capacities of a table that has none of its own yet.
    """
    return frozenset(
        name
        for mode in MODES
        if mode.type == resource.type and settings.get(mode.setting) not in (None, mode.value)
        for name in mode.settings
    )


def _check_capacities(resource: Resource, settings: Mapping[str, Any]) -> None:
    lacking = [path for path in _paths(resource, _INDEXES) if resource.get(path) is None]
    is_given = all(settings.get(name) for name in _CAPACITIES)
    if resource.get(_CAPACITY) is None and not is_given:
        lacking.insert(0, _CAPACITY)
    if lacking:
        raise CannotWrite(
            f"{resource.id} would have provisioned capacity, yet no {lacking[0]}; give "
            "read_capacity and write_capacity, and those of its indexes by hand."
        )


def _chosen(type_: str, settings: Mapping[str, Any]) -> Iterator[Mode]:
    for mode in MODES:
        if mode.type == type_ and settings.get(mode.setting) == mode.value:
            yield mode


def _paths(resource: Resource, path: str) -> Iterator[str]:
    indexes = resource.get(_INDEXES)
    if path != _INDEXES:
        yield path
    elif indexes is not None:
        for number in range(len(indexes.elements())):
            yield f"{_INDEXES}.{number}.{_CAPACITY}"
