"""Nothing is lost: the books close over random designs, loads and retries."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.engine.fluid.balance import worst
from apps.engine.fluid.day import Record, run_day
from apps.engine.fluid.model import Model
from apps.engine.graph import Architecture, Component, Link
from apps.engine.headroom.case import Case
from apps.engine.inputs import collect
from tests.engine.worlds import component, facts, link, scenario

DOORS = {
    "lambda_function": "invoke",
    "dynamodb_table": "write",
    "sqs_queue": "send",
    "http_api": "request",
}


@st.composite
def designs(draw: st.DrawFn) -> Architecture:
    """Draw a design of up to eight components; each may call any that come after it."""
    kinds = draw(
        st.lists(st.sampled_from(["lambda_function", "dynamodb_table", "sqs_queue"]), max_size=7)
    )
    parts: list[Component] = [component("c0", "http_api")]
    for number, kind in enumerate(kinds, start=1):
        parts.append(component(f"c{number}", kind, **draw(_settings(kind))))
    links: list[Link] = []
    for place, source in enumerate(parts):
        if source.kind == "dynamodb_table":
            continue
        for target in parts[place + 1 :]:
            if source.kind == "sqs_queue" and target.kind != "lambda_function":
                continue
            if draw(st.booleans()):
                calls = draw(st.sampled_from([0.3, 1.0, 2.0]))
                links.append(link(source.id, target.id, DOORS[target.kind], calls=calls))
    return Architecture(components=tuple(parts), links=tuple(links))


def _settings(kind: str) -> st.SearchStrategy[dict[str, object]]:
    if kind == "lambda_function":
        reserved = st.sampled_from([None, 1, 5, 50])
        return st.fixed_dictionaries({"memory_mb": st.sampled_from([128, 1024]),
                                      "reserved_concurrency": reserved})  # fmt: skip
    if kind == "sqs_queue":
        return st.fixed_dictionaries({"max_receive_count": st.sampled_from([None, 1, 3]),
                                      "is_fifo": st.booleans()})  # fmt: skip
    modes = st.sampled_from(["PAY_PER_REQUEST", "PROVISIONED"])
    return st.fixed_dictionaries({"billing_mode": modes})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    design=designs(),
    users=st.sampled_from([1.0, 1e4, 1e6, 5e7]),
    attempts=st.sampled_from([1, 3]),
    start=st.sampled_from([0, 600, 1200]),
)
def test_the_books_close_at_every_minute(
    design: Architecture, users: float, attempts: int, start: int
) -> None:
    asked = scenario(client={"attempts": attempts})
    case = Case(collect(design, asked, facts()), {})

    model = case.model()
    doors, off, least = case.doors(model), 0.0, 0.0

    def probe(minute: int, record: Record) -> bool:
        nonlocal off, least
        off = max(off, worst(model, doors, record))
        least = min(least, *_amounts(model))
        return True

    minutes = range(start, start + 90)
    run_day(model, doors, case.rates(users), retry=case.retry, probe=probe, minutes=minutes)

    assert off < 1e-12
    assert least > -1e-6


def _amounts(model: Model) -> list[float]:
    """Return all gauges, flows and amounts; what stages keep for themselves may be a logarithm."""
    slots = [slot for item in model.placed for slot in range(item.port.inn, item.port.own)]
    return [model.v[slot] for slot in (*range(model.uses), *slots)]


def test_a_lost_request_would_be_seen() -> None:
    case = Case(collect(_pair(), scenario(), facts()), {})
    model, record = case.run(1e5, minutes=range(60))
    model.v[model.door("c1", "invoke").port.passed] *= 0.999

    assert worst(model, case.doors(model), record) > 1e-4


def _pair() -> Architecture:
    return Architecture(
        components=(component("c0", "http_api"), component("c1", "lambda_function")),
        links=(link("c0", "c1", "invoke"),),
    )
