"""What runs at the edge: the functions that distributions name, and at which events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from apps.engine.formats.cloudformation.nodes import Node, references
from apps.engine.formats.cloudformation.stack import Resource

DISTRIBUTION = "AWS::CloudFront::Distribution"
FUNCTIONS = ("AWS::Lambda::Function", "AWS::Serverless::Function")
VERSIONS = ("AWS::Lambda::Version", "AWS::Lambda::Alias")
_BEHAVIOURS = ("DefaultCacheBehavior", "CacheBehaviors")
# Of a behaviour: where its functions are listed, and how an entry names one.
_LISTS = (
    ("LambdaFunctionAssociations", "LambdaFunctionARN"),
    ("FunctionAssociations", "FunctionARN"),
)


class Association(NamedTuple):
    """A function that a distribution runs at an event, such as `viewer-request`."""

    event: str
    function: Node


def behaviours(configuration: Node) -> tuple[Node, ...]:
    """Return the cache behaviours of a distribution, the default one first.

    Parameters
    ----------
    configuration : Node
        Its `DistributionConfig`.

    Returns
    -------
    tuple[Node, ...]
        One node for each.
    """
    found = map(configuration.get, _BEHAVIOURS)
    return tuple(each for node in found if node is not None for each in node.elements())


def associations(behaviour: Node) -> Iterator[Association]:
    """Yield the functions that a behaviour runs.

    Parameters
    ----------
    behaviour : Node
        A cache behaviour.

    Yields
    ------
    Association
        Each function with its event.
    """
    for path, name in _LISTS:
        node = behaviour.get(path)
        for entry in node.elements() if node is not None else ():
            function, event = entry.get(name), entry.get("EventType")
            if function is not None:
                # CloudFront asks for the event; what lacks it sees each request.
                yield Association(event.text() if event is not None else "viewer-request", function)


def edge_functions(resources: Mapping[str, Resource]) -> set[str]:
    """Return the Lambda functions that distributions run.

    Parameters
    ----------
    resources : Mapping[str, Resource]
        All resources of an upload, by id.

    Returns
    -------
    set[str]
        Ids of functions, those behind a version or an alias included.
    """
    found = set()
    for resource in resources.values():
        configuration = resource.get("DistributionConfig")
        if resource.type != DISTRIBUTION or configuration is None:
            continue
        for behaviour in behaviours(configuration):
            for association in associations(behaviour):
                found |= _functions(resources, association.function)
    return found


def _functions(resources: Mapping[str, Resource], node: Node | None) -> set[str]:
    found = set()
    for reference, _ in references(node):
        resource = resources.get(reference.target)
        if resource is None:
            continue
        if resource.type in FUNCTIONS:
            found.add(resource.id)
        elif resource.type in VERSIONS:
            found |= _functions(resources, resource.get("FunctionName"))
    return found
