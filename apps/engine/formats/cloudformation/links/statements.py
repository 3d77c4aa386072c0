"""What a permission to call says: statements of policies, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.actions import action_service
from apps.engine.formats.cloudformation.doors import Meaning, is_read, meaning
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

_STARTS = frozenset({"start", "start_sync"})


def from_statements(
    wiring: Wiring, caller: str, statements: Node | None, mechanism: str
) -> Iterator[Draft]:
    """Yield what a component may call by the statements of its policies.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    caller : str
        Id of the component that calls.
    statements : Node or None
        The statements of a policy, None where there are none.
    mechanism : str
        Where the link was read, for the reader of the graph.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for statement in statements.elements() if statements is not None else ():
        effect, actions = statement.get("Effect"), statement.get("Action")
        if actions is None or (effect is not None and effect.text() == "Deny"):
            continue
        by_service: dict[str, list[str]] = {}
        for action in actions.elements():
            if ":" in action.text():
                by_service.setdefault(action_service(action.text()), []).append(action.text())
        for service, names in by_service.items():
            if service:
                yield from _from_actions(
                    wiring, caller, service, names, statement.get("Resource"), statement, mechanism
                )


def _from_actions(
    wiring: Wiring,
    caller: str,
    service: str,
    actions: list[str],
    resource: Node | None,
    at: Node,
    mechanism: str,
) -> Iterator[Draft]:
    said = meaning(service, actions)
    if said.roles or said.broad:
        wiring.allowed.add((caller, service))
    if not (said.roles or said.broad or said.polls):
        return
    named = wiring.of(service, resource)
    if named:
        for id_ in named:
            yield from by_meaning(wiring, caller, id_, said, at, mechanism)
        return
    if service == "secretsmanager" and wiring.targets(resource):
        return  # The password that AWS keeps for a database: who has it calls the database.
    yield from unnamed(wiring, caller, service, said, at, mechanism)


def by_meaning(
    wiring: Wiring,
    caller: str,
    target: str,
    said: Meaning,
    at: Node,
    mechanism: str,
    rank: Rank = Rank.POLICY,
) -> Iterator[Draft]:
    """Yield the links that permissions on one component stand for.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    caller : str
        Id of the component that calls.
    target : str
        Id of the component that is called.
    said : Meaning
        What the actions mean: roles, polling, or all of a service.
    at : Node
        The value whose file and line the result carries.
    mechanism : str
        Where the link was read, for the reader of the graph.
    rank : Rank, optional
        How sure the mechanism is; a surer one wins.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    if wiring.pushes(caller, target):
        yield from wiring.call(caller, target, mechanism, at, rank=rank)
        return
    roles = (*said.roles, *(role for role in said.broad if is_read(role)))
    if set(roles) >= _STARTS:
        roles = (start_of(wiring, target),)
    if roles:
        yield from wiring.call(caller, target, mechanism, at, rank=rank, roles=roles)
    # A wildcard opens the other doors as well, which what is started by the target may not use.
    others = [role for role in said.broad if not is_read(role)]
    if others:
        yield from wiring.call(caller, target, mechanism, at, rank=Rank.BROAD, roles=others)
    if said.polls and not said.roles:
        yield from wiring.call(target, caller, mechanism, at, rank=rank, mode="stream")


def start_of(wiring: Wiring, machine: str) -> str:
    """Return the door by which a state machine is started: only express ones are waited for.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    machine : str
        Id of a state machine.

    Returns
    -------
    str
        start or start_sync.
    """
    resource = wiring.inventory.resources.get(machine)
    if resource is None:
        return "start"
    types = (resource.text("Type"), resource.text("StateMachineType"))
    return "start_sync" if "EXPRESS" in types else "start"


def unnamed(
    wiring: Wiring, caller: str, service: str, said: Meaning, at: Node, mechanism: str
) -> Iterator[Draft]:
    """Yield what a permission on everything of a service stands for.

    It names no resource: the only component of that service is meant where there is one, and
    where the template defines none, the service itself is called.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    caller : str
        Id of the component that calls.
    service : str
        The short name of an AWS service.
    said : Meaning
        What the actions mean: roles, polling, or all of a service.
    at : Node
        The value whose file and line the result carries.
    mechanism : str
        Where the link was read, for the reader of the graph.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    wiring.allowed.add((caller, service))
    local = wiring.of_service(service, caller)
    # Of several secrets or parameters none is meant more than the others: the service is asked.
    if len(local) > 1 and all(map(wiring.watches, local)):
        local = []
    if len(local) == 1 and local[0] != caller:
        yield from by_meaning(wiring, caller, local[0], said, at, mechanism, Rank.BROAD)
    elif not local and (said.roles or said.broad) and wiring.service(caller) != "apigateway":
        # An API calls by its integrations, whatever else its role allows.
        target = wiring.external(service, at)
        yield from by_meaning(wiring, caller, target, said, at, mechanism)
