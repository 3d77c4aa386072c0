"""How components call each other: one module for each mechanism by which a template says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apps.engine.formats.cloudformation.links import (
    accelerators,
    apis,
    authorizers,
    balancers,
    connectors,
    databases,
    deliveries,
    distributions,
    environment,
    events,
    failures,
    graphs,
    notifications,
    openapi,
    others,
    permissions,
    pipes,
    policies,
    resource_policies,
    roles,
    rules,
    sources,
    state_machines,
    subscriptions,
)
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

# In this order where two mechanisms tell the same.
MECHANISMS: tuple[Callable[[Wiring], Iterator[Draft]], ...] = (
    events.find,
    sources.find,
    apis.find,
    openapi.find,
    authorizers.find,
    rules.find,
    pipes.find,
    subscriptions.find,
    notifications.find,
    state_machines.find,
    graphs.find,
    balancers.find,
    distributions.find,
    deliveries.find,
    databases.find,
    accelerators.find,
    failures.find,
    connectors.find,
    policies.find,
    roles.find,
    permissions.find,
    resource_policies.find,
    environment.find,
    others.find,
)
