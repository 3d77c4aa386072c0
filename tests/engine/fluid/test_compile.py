from __future__ import annotations

import pytest

from apps.engine.fluid.compile import compile_model
from apps.engine.fluid.model import SyncCycle
from apps.engine.graph import Architecture
from tests.engine.worlds import case, component, link, shop


def test_callers_come_before_callees_and_senders_before_receivers() -> None:
    order = [(p.component, p.role) for p in case().model().placed]

    assert order.index(("Api", "request")) < order.index(("Checkout", "invoke"))
    assert order.index(("Checkout", "invoke")) < order.index(("Orders", "write"))
    assert order.index(("Mails", "send")) < order.index(("Mails", "deliver"))
    assert order.index(("Mails", "deliver")) < order.index(("Mailer", "invoke"))


def test_components_that_wait_for_each_other_are_refused_by_name() -> None:
    functions = tuple(component(name, "lambda_function") for name in "ABC")
    circle = (link("A", "B", "invoke"), link("B", "C", "invoke"), link("C", "A", "invoke"))
    blueprint = case(Architecture(components=functions, links=circle)).inputs.blueprint()

    with pytest.raises(SyncCycle, match="A → B → C → A call each other and wait"):
        compile_model(blueprint)


def test_an_asynchronous_circle_runs() -> None:
    design = Architecture(
        components=(component("Fn", "lambda_function"), component("Queue", "sqs_queue")),
        links=(
            link("Fn", "Queue", "send", mode="async", calls=0.5),
            link("Queue", "Fn", "invoke", mode="stream"),
        ),
    )

    model, record = case(design).run(1000)

    # Each event causes half a message, which causes half a message …: 1 + 1/2 + 1/4 … = 2.
    handled = model.v[model.door("Fn", "invoke").port.called]
    assert handled == pytest.approx(2.0 * sum(map(sum, record.arrived)), rel=0.01)


def test_routes_share_the_requests_by_their_weights() -> None:
    design = Architecture(
        components=(
            component("Api", "http_api"),
            component("Read", "lambda_function"),
            component("Write", "lambda_function"),
        ),
        links=(
            link("Api", "Read", "invoke", settings={"weight": 10}),
            link("Api", "Write", "invoke", settings={"weight": 2}),
        ),
    )
    model, record = case(design).run(1000)

    arrived = sum(map(sum, record.arrived))
    reads = model.v[model.door("Read", "invoke").port.offered]
    writes = model.v[model.door("Write", "invoke").port.offered]
    assert reads == pytest.approx(arrived * 10 / 12)
    assert writes == pytest.approx(arrived * 2 / 12)


def test_what_comes_on_top_takes_no_share_of_the_routes() -> None:
    design = Architecture(
        components=(
            component("Cdn", "cloudfront_distribution", origins="both"),
            component("Api", "http_api"),
            component("Files", "s3_bucket"),
        ),
        links=(
            link("Cdn", "Api", "request"),
            link("Cdn", "Files", "get", settings={"is_extra": True}),
        ),
    )
    model, record = case(design).run(1000)

    arrived = sum(map(sum, record.arrived))
    answered = model.v[model.door("Api", "request").port.offered]
    files = model.v[model.door("Files", "get").port.offered]
    assert answered == pytest.approx(arrived)
    assert files == pytest.approx(arrived * 0.4)


def test_functions_share_the_account_and_reserved_ones_do_not() -> None:
    model = case(shop(reserved_concurrency=10)).model()

    quota = model.door("account:us-east-1", "lambda.concurrent_executions")
    wanted = {model.door("Mailer", "invoke").port.wanted}
    assert {hold.slot for hold in quota.port.holds} == wanted


def test_every_gauge_reads_its_own_slot() -> None:
    model = case().model()

    slots = [gauge.slot for gauge in model.gauges]
    assert len(slots) == len(set(slots))
    assert all(slot < model.uses for slot in slots)
