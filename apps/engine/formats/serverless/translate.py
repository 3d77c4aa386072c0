"""A serverless.yml → the template that the framework makes of it, at its own positions."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.building import resource
from apps.engine.formats.cloudformation.globals import merge
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.capacities import add_capacities
from apps.engine.formats.serverless.events import read_events
from apps.engine.formats.serverless.functions import add_function
from apps.engine.formats.serverless.graphs import add_graphs
from apps.engine.formats.serverless.lift import add_constructs
from apps.engine.formats.serverless.machines import add_machines
from apps.engine.formats.serverless.service import Service

# Sections of `resources` that stay beside the resources.
_SECTIONS = ("Conditions", "Mappings", "Outputs", "Parameters")


def translate(library: Library, document: Node) -> tuple[Node, Service]:
    """Return the template that a service comes to.

    Parameters
    ----------
    library : Library
        The files that came along, and the warnings so far.
    document : Node
        The root of a serverless.yml.

    Returns
    -------
    (Node, Service)
        A template of CloudFormation and SAM, and what was read for it.

    Raises
    ------
    UnreadableInput
        If it is no service of AWS, or its variables go round in a circle.
    """
    service = Service(library, document)
    section = service.variables.at("resources")
    parts = section.elements() if section is not None else ()
    for part in parts:
        for id_, body, line in service.entries(part.get("Resources")):
            service.add(id_, body, body, line)
    add_constructs(service)
    for function in list(service.functions.values()):
        read_events(service, function)
        add_function(service, function)
    add_machines(service)
    add_graphs(service)
    add_capacities(service)
    _add_layers(service)
    for part in parts:
        _extend(service, part.get("extensions"))
    return service.template(_sections(parts)), service


def _add_layers(service: Service) -> None:
    for key, body, line in service.entries(service.variables.at("layers")):
        id_ = f"{names.plain(key)}LambdaLayer"
        service.add(id_, resource("AWS::Lambda::LayerVersion", {}), body, line)


def _extend(service: Service, section: Node | None) -> None:
    """Write extensions over what the framework made."""
    for id_, body, _ in service.entries(section):
        known = service.resources.get(id_)
        if known is None:
            service.library.warn(f"An extension names {id_}, which is not there.", body.at)
        elif isinstance(body, MapNode):
            own = {key: value for key, value in body.entries.items() if key != "Type"}
            service.resources[id_] = merge(known, MapNode(body.file, body.line, own))


def _sections(parts: tuple[Node, ...]) -> Mapping[str, Node]:
    found: dict[str, Node] = {}
    for part in parts:
        for name in _SECTIONS:
            section = part.get(name)
            if section is not None:
                found[name] = merge(found[name], section) if name in found else section
    return found
