"""What AWS wants changed along with a property: capacities go where a mode has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from apps.engine.formats.cloudformation.export.wishes import Wish
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.errors import CannotWrite
from apps.engine.graph import Architecture

_INDEXES = "GlobalSecondaryIndexes"
_TABLE, _STREAM = "AWS::DynamoDB::Table", "AWS::Kinesis::Stream"
_ROWS, _FUNCTION = "AWS::Cassandra::Table", "AWS::Serverless::Function"
ALIAS = "live"


class Mode(NamedTuple):
    """A choice under which AWS refuses a property, and the settings that it gives."""

    type: str
    setting: str
    value: str
    path: str
    settings: tuple[str, ...]


_CAPACITIES = ("read_capacity", "write_capacity")
_OF_INDEXES = ("index_write_capacity", "indexes_write_capacity", "indexes_read_capacity")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cassandra-table.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
MODES = (
    Mode(_TABLE, "billing_mode", "PAY_PER_REQUEST", "ProvisionedThroughput", _CAPACITIES),
    Mode(_TABLE, "billing_mode", "PAY_PER_REQUEST", _INDEXES, _OF_INDEXES),
    Mode(_ROWS, "billing_mode", "ON_DEMAND", "BillingMode.ProvisionedThroughput", _CAPACITIES),
    Mode(_STREAM, "mode", "ON_DEMAND", "ShardCount", ("shards",)),
)


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


def companions(resource: Resource, settings: Mapping[str, Any]) -> Iterator[Wish]:
    """Yield what must change beside the properties of changed settings.

    Parameters
    ----------
    resource : Resource
        The component's own resource.
    settings : mapping of str to any
        Its changed settings.

    Yields
    ------
    Wish
        Capacities that go, and the alias that provisioned concurrency stands on.

    Raises
    ------
    CannotWrite
        If a mode needs capacities that nobody gave.
    """
    for mode in _chosen(resource.type, settings):
        for path in _paths(resource, mode.path):
            if resource.get(path) is not None:
                yield Wish(mode.setting, resource, tuple(path.split(".")), None)
    if resource.type == _TABLE and settings.get("billing_mode") == "PROVISIONED":
        _check_capacities(resource, settings)
    is_kept_warm = resource.type == _FUNCTION and settings.get("provisioned_concurrency")
    if is_kept_warm and resource.get("AutoPublishAlias") is None:
        why = f"{resource.id} has the alias '{ALIAS}' now: provisioned concurrency needs one."
        yield Wish("provisioned_concurrency", resource, ("AutoPublishAlias",), ALIAS, why)


def without(settings: Mapping[str, Any], type_: str) -> dict[str, Any]:
    """Return changed settings without those that a chosen mode does away with as a whole.

    Parameters
    ----------
    settings : mapping of str to any
        Changed settings of a component.
    type_ : str
        The type of its resource.

    Returns
    -------
    dict
        Those that are written one by one.
    """
    gone = {name for mode in _chosen(type_, settings) for name in mode.settings}
    return {name: value for name, value in settings.items() if name not in gone or value}


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
            yield f"{_INDEXES}.{number}.ProvisionedThroughput"


def _check_capacities(resource: Resource, settings: Mapping[str, Any]) -> None:
    paths = ["ProvisionedThroughput", *_paths(resource, _INDEXES)]
    lacking = [path for path in paths if resource.get(path) is None]
    if lacking[:1] == paths[:1] and all(settings.get(name) for name in _CAPACITIES):
        lacking = lacking[1:]
    if lacking:
        raise CannotWrite(
            f"{resource.id} would have provisioned capacity, yet no {lacking[0]}; give "
            "read_capacity and write_capacity, and those of its indexes by hand."
        )
