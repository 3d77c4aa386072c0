"""SAM's policies of a function or a state machine: templates, statements, managed ones."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.actions import action_service
from apps.engine.formats.cloudformation.doors import Meaning, meaning
from apps.engine.formats.cloudformation.links.managed_policies import from_managed
from apps.engine.formats.cloudformation.links.policy_templates import POLICY_TEMPLATES
from apps.engine.formats.cloudformation.links.statements import (
    by_meaning,
    from_statements,
    unnamed,
)
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

TYPES = (
    "AWS::Serverless::Function",
    "AWS::Serverless::StateMachine",
    "AWS::Serverless::GraphQLApi",
)


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links that policies of functions and state machines allow.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for resource in wiring.resources(*TYPES):
        policies = resource.get("Policies")
        for policy in policies.elements() if policies is not None else ():
            yield from _policy(wiring, resource.id, policy)


def _policy(wiring: Wiring, caller: str, policy: Node) -> Iterator[Draft]:
    if not isinstance(policy, MapNode):
        yield from from_managed(wiring, caller, policy, "managed policy")
        return
    statements = policy.get("Statement")
    if statements is not None:
        yield from from_statements(wiring, caller, statements, "policy")
        return
    for name, arguments in policy.pairs():
        yield from _template(wiring, caller, name, arguments)


def _template(wiring: Wiring, caller: str, name: str, arguments: Node) -> Iterator[Draft]:
    actions = POLICY_TEMPLATES.get(name)
    if actions is None:
        wiring.library.warn(
            f"The policy template {name[:60]} of {caller} is not known.", arguments.at
        )
        return
    service = action_service(actions[0])
    said = meaning(service, list(actions)) if service else Meaning()
    if said.roles or said.broad or said.polls:
        yield from _allowed(wiring, caller, service, said, arguments, f"policy {name}")


def _allowed(
    wiring: Wiring, caller: str, service: str, said: Meaning, arguments: Node, mechanism: str
) -> Iterator[Draft]:
    wiring.allowed.add((caller, service))
    named = wiring.of(service, arguments)
    for id_ in named:
        yield from by_meaning(wiring, caller, id_, said, arguments, mechanism)
    if not named:
        yield from unnamed(wiring, caller, service, said, arguments, mechanism)
