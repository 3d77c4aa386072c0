from __future__ import annotations

import pytest

from apps.engine.graph import Architecture
from apps.engine.metering import lacks_way_out, meters_of, scaled, usages
from tests.engine.worlds import case, component, link, shop

DAYS = 30.4


def test_meters_are_the_day_times_the_days_of_a_month() -> None:
    design = case()
    model, record = design.run(10_000)

    meters = meters_of(model, design.entries, (), month_days=DAYS, monthly_users=1e5)

    arrived = sum(map(sum, record.arrived))
    assert meters["Api"].passed["request"] == pytest.approx(arrived * DAYS)
    assert meters["Orders"].units["write"] == pytest.approx(arrived * DAYS)
    assert meters["Checkout"].log_bytes == pytest.approx(1000 * arrived * DAYS)
    assert meters["Api"].is_edge
    assert not meters["Checkout"].is_edge


def test_billed_seconds_are_requests_times_duration() -> None:
    design = case(assume={"Checkout": {"own_ms": 100}})
    model, record = design.run(100_000)

    checkout = meters_of(model, design.entries, (), month_days=1, monthly_users=0)["Checkout"]

    arrived = sum(map(sum, record.arrived))
    # 100 ms of its own, 5 ms for the table, 15 ms to send a message.
    assert checkout.busy_s == pytest.approx(arrived * 0.120, rel=0.01)


def test_time_in_environments_that_are_kept_ready_is_billed_at_its_own_price() -> None:
    design = case(shop(provisioned_concurrency=1), assume={"Checkout": {"own_ms": 100}})
    model, _ = design.run(10_000)

    meters = meters_of(model, design.entries, (), month_days=DAYS, monthly_users=0)
    lines = {
        usage.price_id: usage.quantity
        for component_id, usage in usages(design.inputs.architecture, design.inputs.kinds, meters)
        if component_id == "Checkout"
    }

    checkout = meters["Checkout"]
    assert 0.3 * checkout.busy_s < checkout.ready_busy_s < checkout.busy_s
    half_ms = 0.0005 * checkout.passed["invoke"]
    spent = lines["lambda.gb_second.x86"] + lines["lambda.pc_duration_gb_second.x86"]
    assert spent == pytest.approx(0.5 * (checkout.busy_s + half_ms + checkout.init_s))
    assert lines["lambda.pc_gb_second.x86"] == 0.5 * 730 * 3600
    assert meters["Mailer"].ready_busy_s == 0


def test_scaling_meters_leaves_hours_and_storage() -> None:
    design = case()
    model, _ = design.run(10_000)
    orders = meters_of(model, design.entries, (), month_days=1, monthly_users=0)["Orders"]

    twice = scaled(orders, 2.0)

    assert twice.units["write"] == pytest.approx(2 * orders.units["write"])
    assert (twice.hours, twice.stored_gb) == (orders.hours, orders.stored_gb)


def test_what_nobody_drew_is_on_the_bill() -> None:
    design = case(shop(is_in_vpc=True))
    model, _ = design.run(10_000)
    meters = meters_of(model, design.entries, (), month_days=DAYS, monthly_users=0)

    lines = [(owner, u.price_id) for owner, u in usages(
        design.inputs.architecture, design.inputs.kinds, meters)]  # fmt: skip

    assert ("not drawn", "nat.hour") in lines
    assert ("Checkout", "cw.logs_ingest_gb") in lines
    assert ("Api", "dto.internet_gb") in lines


def test_function_that_calls_nothing_outside_needs_no_way_out() -> None:
    alone = Architecture(
        components=(component("Api", "http_api"),
                    component("Fn", "lambda_function", is_in_vpc=True)),
        links=(link("Api", "Fn", "invoke"),),
    )  # fmt: skip
    inputs = case(alone).inputs

    assert not lacks_way_out(inputs.architecture, inputs.kinds)


def test_calls_to_a_database_cross_zones_half_of_the_time() -> None:
    design = case(
        Architecture(
            components=(
                component("Api", "http_api"),
                component("Fn", "lambda_function"),
                component("Db", "rds_instance"),
            ),
            links=(link("Api", "Fn", "invoke"), link("Fn", "Db", "query", calls=5.0)),
        )
    )
    model, record = design.run(10_000)
    meters = meters_of(model, design.entries, (), month_days=DAYS, monthly_users=0)

    lines = usages(design.inputs.architecture, design.inputs.kinds, meters)
    crossing = {owner: u.quantity for owner, u in lines if u.price_id == "dt.inter_az_gb"}

    calls = 5.0 * sum(map(sum, record.arrived)) * DAYS
    assert crossing == {"Db": pytest.approx(calls * 2000 * 0.5 / 2**30, rel=0.01)}


def test_what_the_whole_design_does_is_known_to_those_who_watch() -> None:
    design = case()
    model, record = design.run(10_000)

    meters = meters_of(model, design.entries, (), month_days=DAYS, monthly_users=0)

    watched = meters["Mails"].design
    assert watched["requests"] == pytest.approx(sum(map(sum, record.arrived)) * DAYS)
    assert watched["dynamodb_table.gb"] == meters["Orders"].stored_gb
    assert scaled(meters["Mails"], 2.0).design["requests"] == pytest.approx(2 * watched["requests"])
    assert scaled(meters["Mails"], 2.0).design["dynamodb_table.gb"] == watched["dynamodb_table.gb"]
