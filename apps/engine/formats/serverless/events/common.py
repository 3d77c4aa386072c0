"""What the readers of events share."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.building import Written, written
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.serverless.service import Function

# Settings of pollers: the framework's key, and SAM's.
_POLLER = (
    ("batchSize", "BatchSize"),
    ("batchWindow", "MaximumBatchingWindowInSeconds"),
    ("maximumBatchingWindow", "MaximumBatchingWindowInSeconds"),
    ("parallelizationFactor", "ParallelizationFactor"),
    ("startingPosition", "StartingPosition"),
    ("maximumRetryAttempts", "MaximumRetryAttempts"),
    ("maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds"),
    ("bisectBatchOnFunctionError", "BisectBatchOnFunctionError"),
    ("tumblingWindowInSeconds", "TumblingWindowInSeconds"),
    ("filterPatterns", "FilterCriteria"),
    ("provisionedPollerConfig", "ProvisionedPollerConfig"),
)


def add_event(
    function: Function, name: str, type_: str, event: Node, properties: Mapping[str, Written]
) -> None:
    """Add an event of SAM to a function.

    Parameters
    ----------
    function : Function
        The function that it starts.
    name : str
        Its name, one for each event of the function.
    type_ : str
        Its type in SAM, such as SQS.
    event : Node
        Where it stands.
    properties : mapping
        Those that are None are left out.
    """
    function.events[name] = written(event, {"Type": type_, "Properties": properties})


def poller(event: Node) -> dict[str, Written]:
    """Return how a function takes from a queue or stream, in SAM's words.

    Parameters
    ----------
    event : Node
        The event as it stands.

    Returns
    -------
    dict
        Those that the event sets.
    """
    found: dict[str, Written] = {}
    for key, name in _POLLER:
        value = event.get(key)
        if value is not None:
            found[name] = {"Filters": value} if name == "FilterCriteria" else value
    most = event.get("maximumConcurrency")
    if most is not None:
        found["ScalingConfig"] = {"MaximumConcurrency": most}
    return found


def main_value(event: Node, *keys: str) -> Node | None:
    """Return what an event is about: its own value, or what stands under a key of it.

    Parameters
    ----------
    event : Node
        A text, a reference to a resource, or a mapping with more.
    *keys : str
        Keys that may hold it, first ones first.

    Returns
    -------
    Node or None
        None where it does not say.
    """
    is_call = any(key == "Ref" or key.startswith("Fn::") for key, _ in event.pairs())
    if is_call or event.text():
        return event
    return next((found for found in map(event.get, keys) if found is not None), None)
