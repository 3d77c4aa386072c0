"""Small designs that engine tests share, as plain functions with defaults."""

from __future__ import annotations

from typing import Any

from apps.engine.facts import Facts
from apps.engine.graph import Architecture, Component, Link
from apps.engine.headroom.case import Case
from apps.engine.inputs import collect
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import packaged_facts


def facts(region: str = "us-east-1") -> Facts:
    return packaged_facts(region)


def component(component_id: str, kind: str, **settings: Any) -> Component:
    return Component(id=component_id, kind=kind, settings=settings)


def link(source: str, target: str, role: str, **more: Any) -> Link:
    return Link(source=source, target=target, role=role, **more)


def shop(**function: Any) -> Architecture:
    """An HTTP API, a function, a table, and a queue with its worker."""
    settings = {"memory_mb": 512, **function}
    return Architecture(
        components=(
            component("Api", "http_api"),
            component("Checkout", "lambda_function", **settings),
            component("Orders", "dynamodb_table"),
            component("Mails", "sqs_queue"),
            component("Mailer", "lambda_function", memory_mb=512),
        ),
        links=(
            link("Api", "Checkout", "invoke"),
            link("Checkout", "Orders", "write", calls=1.0),
            link("Checkout", "Mails", "send", mode="async", calls=1.0),
            link("Mails", "Mailer", "invoke", mode="stream", settings={"batch": 10}),
        ),
    )


def scenario(users: float = 10_000, **more: Any) -> Scenario:
    return Scenario.from_dict({"population": {"value": users}, **more})


def case(architecture: Architecture | None = None, **more: Any) -> Case:
    """Return a case at its expected values."""
    design = shop() if architecture is None else architecture
    return Case(collect(design, scenario(**more), facts()), {})
