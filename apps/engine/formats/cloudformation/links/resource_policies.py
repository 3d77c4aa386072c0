"""Policies of queues and topics: which service may send to them, and for what of it."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.links.rules import senders_of
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

# Which property names what a policy stands on.
_POLICIES = {"AWS::SQS::QueuePolicy": "Queues", "AWS::SNS::TopicPolicy": "Topics"}
_SOURCE = "aws:sourcearn"


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links that policies of queues and topics speak of.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for policy in wiring.resources(*_POLICIES):
        targets = wiring.targets(policy.get(_POLICIES[policy.type]))
        statements = policy.get("PolicyDocument.Statement")
        for statement in statements.elements() if statements is not None else ():
            for source in _sources(wiring, statement):
                for target in targets:
                    yield from wiring.call(
                        source, target, f"policy {policy.id}", statement, rank=Rank.POLICY
                    )


def _sources(wiring: Wiring, statement: Node) -> Iterator[str]:
    """Yield what a service sends for, where a condition names it."""
    effect, condition = statement.get("Effect"), statement.get("Condition")
    if statement.get("Principal.Service") is None or condition is None:
        return
    if effect is not None and effect.text() == "Deny":
        return
    for key, value in condition.walk():
        if key.lower() == _SOURCE:
            yield from senders_of(wiring, value)
