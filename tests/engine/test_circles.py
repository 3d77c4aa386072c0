"""Circles that feed themselves: ended by Lambda where it can follow them, else opened."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.circles import Circle, without_endless
from apps.engine.fluid.compile import compile_model
from apps.engine.graph import Architecture, Link
from apps.engine.inputs import Inputs, collect
from tests.engine.worlds import component, facts, link, scenario


def circle_of(*middle: str, calls: float = 1.0, **function: Any) -> Architecture:
    """Return Queue → Fn → … → Queue; what stands between is named by kind."""
    kinds = {"sns_topic": "publish", "event_bus": "put", "s3_bucket": "put"}
    names = [f"Between{k}" for k in range(len(middle))]
    parts = [component(name, kind) for name, kind in zip(names, middle, strict=True)]
    links: list[Link] = [link("Queue", "Fn", "invoke", mode="stream", settings={"batch": 1})]
    last = "Fn"
    for name, kind in zip(names, middle, strict=True):
        links.append(link(last, name, kinds[kind], calls=calls if last == "Fn" else None))
        last = name
    links.append(link(last, "Queue", "send", calls=calls if last == "Fn" else None))
    ends = [component("Queue", "sqs_queue"), component("Fn", "lambda_function", **function)]
    return Architecture(components=(*ends, *parts), links=tuple(links))


def opened(design: Architecture) -> tuple[Inputs, Circle]:
    inputs, (circle,) = without_endless(collect(design, scenario(), facts()))
    return inputs, circle


def rounds(inputs: Inputs, seconds: int = 1800) -> float:
    """Return how often the function runs for each event from outside."""
    model = compile_model(inputs.blueprint())
    door, runs = model.door("Queue", "send").port, model.door("Fn", "invoke").port
    steps, events = model.steps(1.0), 2.0
    for second in range(seconds):
        if second == seconds - 600:
            before = model.v[runs.offered]
        model.v[door.inn] += events
        model.v[door.work] += events
        for step in steps:
            step()
    return (model.v[runs.offered] - before) / (600 * events)


@pytest.mark.parametrize("middle", [(), ("sns_topic",), ("s3_bucket",)])
def test_lambda_ends_a_circle_after_sixteen_rounds(middle: tuple[str, ...]) -> None:
    inputs, circle = opened(circle_of(*middle))

    assert circle.stops_after == 16
    assert circle.components[0] == "Queue"
    assert rounds(inputs) == pytest.approx(16.0, rel=0.01)
    assert "feeds itself: each event causes 1 more. Lambda stops it after about 16" in str(circle)


def test_a_stronger_circle_makes_more_of_each_event() -> None:
    inputs, circle = opened(circle_of(calls=1.2))

    assert circle.gain == pytest.approx(1.2)
    # 1 + 1.2 + … + 1.2^15
    assert rounds(inputs, 7200) == pytest.approx((1.2**16 - 1) / 0.2, rel=0.02)


@pytest.mark.parametrize(
    "design",
    [
        circle_of("event_bus"),  # Lambda does not follow events through a bus.
        circle_of(allows_recursion=True),
        circle_of(calls=2.0),  # 65,535 rounds for each event
    ],
    ids=["bus", "allowed", "doubling"],
)
def test_what_nothing_ends_counts_with_its_first_round(design: Architecture) -> None:
    inputs, circle = opened(design)

    assert circle.stops_after is None
    assert rounds(inputs) == pytest.approx(1.0, rel=0.01)
    assert "grows without end" in str(circle)


def test_a_circle_that_dies_out_is_left_alone() -> None:
    inputs = collect(circle_of(calls=0.5), scenario(), facts())

    assert without_endless(inputs) == (inputs, ())
    assert rounds(inputs) == pytest.approx(2.0, rel=0.01)
