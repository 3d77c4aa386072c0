"""Properties of resources → settings of components, by the rows that the kinds declare."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import (
    COUNT,
    NUMBER,
    PATTERN,
    PRESENT,
    Conversion,
    InvalidSetting,
    Kind,
    Property,
)
from apps.engine.formats.cloudformation.implied import implied
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import ListNode, Node, Symbol
from apps.engine.formats.cloudformation.scaling import scaling_of
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.errors import UnreadableInput
from apps.engine.graph import Component

PROVISIONED = "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions"
# What stands in another resource than the component's own, for fields of these names.
ATTACHED = (
    Property("AWS::Lambda::Alias", PROVISIONED, "provisioned_concurrency"),
    Property("AWS::Lambda::Version", PROVISIONED, "provisioned_concurrency"),
    Property(
        "AWS::ApiGatewayV2::Stage", "DefaultRouteSettings.ThrottlingRateLimit", "throttle_rate_rps"
    ),
    Property(
        "AWS::ApiGatewayV2::Stage", "DefaultRouteSettings.ThrottlingBurstLimit", "throttle_burst"
    ),
    Property("AWS::ApiGateway::UsagePlan", "Throttle.RateLimit", "throttle_rate_rps"),
    Property("AWS::ApiGateway::UsagePlan", "Throttle.BurstLimit", "throttle_burst"),
)
METHOD_SETTINGS = {
    "ThrottlingRateLimit": "throttle_rate_rps",
    "ThrottlingBurstLimit": "throttle_burst",
}
_MEMBERS = frozenset({"AWS::RDS::DBInstance", "AWS::DocDB::DBInstance"})
METHOD_TYPES = frozenset({"AWS::ApiGateway::Stage", "AWS::Serverless::Api"})


@dataclass(slots=True)
class Reading:
    """The settings of one component, with the places where they were read."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Node] = field(default_factory=dict)

    def put(self, setting: str, value: Any, place: Node) -> None:
        """Keep a setting, unless it was read before.

        Parameters
        ----------
        setting : str
            Name of a field of the kind.
        value : any
            Its value, in the unit of the field.
        place : Node
            Where it was read.
        """
        # The component's own resource is read first and is right about itself.
        if setting not in self.values:
            self.values[setting], self.places[setting] = value, place


def read_settings(
    kind: type[Kind], resource: Resource, parts: Sequence[Resource], library: Library
) -> Reading:
    """Return what a resource and its parts say of a component.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.
    resource : Resource
        A resource with its properties.
    parts : Sequence[Resource]
        Resources that say more of the same component.
    library : Library
        The files that came along, and the warnings so far.

    Returns
    -------
    Reading
        The settings, where each was read, and what could not be read.

    Raises
    ------
    UnreadableInput
        If it cannot be read; the message says where.
    """
    reading = Reading()
    for one in (form for part in (resource, *parts) for form in part.forms):
        for row in rows_of(kind, one.type):
            node = one.get(row.path) if row.path else one.properties
            if node is not None:
                _read(reading, kind, row, one, node, library)
        if one.type in METHOD_TYPES:
            _read_method_settings(reading, kind, one, library)
    _read_readers(reading, kind, resource, parts)
    fields = field_types(kind)
    for said in scaling_of(parts):
        if said.setting in fields:
            is_count = fields[said.setting].startswith("int")
            reading.put(said.setting, int(said.value) if is_count else said.value, said.place)
    for name, implied_value in implied(kind, resource).items():
        reading.put(name, implied_value, resource.properties)
    return reading


def _read_readers(
    reading: Reading, kind: type[Kind], resource: Resource, parts: Iterable[Resource]
) -> None:
    """Count the instances of a database cluster: all but the first serve reads."""
    members = [part for part in parts if part.type in _MEMBERS]
    if "readers" in field_types(kind) and len(members) > 1:
        reading.put("readers", len(members) - 1, members[1].properties)


def rows_of(kind: type[Kind], type_: str) -> Iterator[Property]:
    """Yield the properties of a resource type that say something of a kind.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.
    type_ : str
        A resource type, such as AWS::SQS::Queue.

    Yields
    ------
    Property
        Those of the kind's own resources, then those of its parts.
    """
    fields = field_types(kind)
    for row in kind.TEMPLATE:
        if row.type == type_ and row.setting:
            yield row
    for row in ATTACHED:
        if row.type == type_ and row.setting in fields:
            yield row._replace(conversion=number_of(fields[row.setting]))


def field_types(kind: type[Kind]) -> dict[str, str]:
    """Return the type of every setting of a kind, as it is written.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.

    Returns
    -------
    dict[str, str]
        Type by name of the setting.
    """
    return {item.name: str(item.type) for item in dataclasses.fields(kind)}


def number_of(annotation: str) -> Conversion:
    """Return how a number is read for a field.

    Parameters
    ----------
    annotation : str
        The type of the field as it is written.

    Returns
    -------
    Conversion
        Whole for an int.
    """
    return COUNT if annotation.startswith("int") else NUMBER


def _read(
    reading: Reading,
    kind: type[Kind],
    row: Property,
    resource: Resource,
    node: Node,
    library: Library,
) -> None:
    if isinstance(node, Symbol) and row.conversion not in (PATTERN, PRESENT):
        library.warn(
            f"{row.path} of {resource.id} depends on {node.text()}, which has no value here; "
            f"the default of {kind.label} is used.",
            node.at,
        )
        return
    try:
        value = row.conversion.read(node.plain())
    except (TypeError, ValueError, OverflowError, KeyError) as error:
        if isinstance(node, ListNode):  # A list counts by its length.
            value = len(node.items)
        else:
            raise UnreadableInput(
                f"{row.path} of {resource.id} is '{node.text()[:60]}'; give a number.",
                node.file,
                node.line,
            ) from error
    if value is not None:
        reading.put(row.setting, value, node)


def _read_method_settings(
    reading: Reading, kind: type[Kind], resource: Resource, library: Library
) -> None:
    """Read the throttle that a stage sets for all its methods."""
    fields = field_types(kind)
    settings = resource.get("MethodSettings")
    for entry in settings.elements() if settings is not None else ():
        method, path = entry.get("HttpMethod"), entry.get("ResourcePath")
        if {node.text() for node in (method, path) if node is not None} - {"*", "/*"}:
            continue
        for name, setting in METHOD_SETTINGS.items():
            node = entry.get(name)
            if node is not None and setting in fields:
                row = Property(resource.type, name, setting, number_of(fields[setting]))
                _read(reading, kind, row, resource, node, library)


def check_settings(component: Component, reading: Reading) -> str:
    """Return why AWS would not understand a text among the settings; empty where it would.

    Parameters
    ----------
    component : Component
        The component that was built.
    reading : Reading
        Where its settings were read.

    Returns
    -------
    str
        A sentence, or nothing.

    Raises
    ------
    UnreadableInput
        With its line for a setting out of AWS's bounds.
    """
    try:
        build(component)
    except InvalidSetting as error:
        setting, message = _wrong_setting(component, reading) or ("", str(error))
        kind = KINDS[component.kind]
        if isinstance(reading.values.get(setting), str) and not _choices(kind, setting):
            return message
        place = reading.places.get(setting)
        source = place.at if place is not None else component.source
        raise UnreadableInput(
            message, source.file if source else "", source.line if source else 0
        ) from error
    return ""


def _wrong_setting(component: Component, reading: Reading) -> tuple[str, str] | None:
    for setting, value in reading.values.items():
        try:
            KINDS[component.kind](**{setting: value})
        except InvalidSetting as error:
            return setting, f"{component.id}: {error}"
    return None


def _choices(kind: type[Kind], setting: str) -> tuple[str, ...]:
    found = [item.metadata for item in dataclasses.fields(kind) if item.name == setting]
    return tuple(found[0].get("choices", ())) if found else ()


def unsupported_choice(kind: type[Kind], reading: Reading) -> str:
    """Return why a resource is no case of its kind, such as another engine; empty if it is.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.
    reading : Reading
        Settings and where they were read.

    Returns
    -------
    str
        A sentence, or nothing.
    """
    for setting in ("engine", "protocol"):
        choices, value = _choices(kind, setting), reading.values.get(setting)
        if choices and value and value not in choices:
            return f"{kind.label} with {setting} {value} has no model yet."
    return ""
