"""GraphQL API: tokens, routes to data sources, cost, template."""

from __future__ import annotations

import pytest

from apps.engine.catalog.appsync_api import AppsyncApi
from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import (
    US,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def test_it_spreads_the_operations_over_its_data_sources() -> None:
    components = {
        "Graph": AppsyncApi(),
        "Orders": make_kind("dynamodb_table"),
        "Pay": make_kind("outside_api"),
    }
    links = [
        Link(source="Graph", target="Orders", role="read"),
        Link(source="Graph", target="Pay", role="call"),
    ]

    seen = run(components, links, enter=("Graph", "request"), rps=10.0)

    assert seen.count("Orders", "read", "offered") == pytest.approx(3_000)
    assert seen.count("Pay", "call", "offered") == pytest.approx(3_000)
    # 10 ms of its own, and half of 5 ms and of 300 ms: each operation asks one of them.
    response_s = seen.model.v[seen.at("Graph", "request").port.response]
    assert response_s == pytest.approx(0.010 + (0.005 + 0.300) / 2.0)


def test_it_refuses_what_has_no_token() -> None:
    seen = run({"Graph": AppsyncApi()}, enter=("Graph", "request"), rps=15_000.0)

    # quotas.csv: appsync.request_tokens, default_value 10000 per s.
    assert US.quota("appsync.request_tokens") == 10_000
    assert seen.use("Graph", "request", "rate") == pytest.approx(1.5)
    assert seen.count("Graph", "request", "refused") == pytest.approx(5_000 * 600, rel=0.01)


def test_its_limit_is_a_quota_of_the_account() -> None:
    (limit,) = AppsyncApi().limits(US, make_place(AppsyncApi()))

    assert (limit.id, limit.capacity, limit.unit) == (
        "appsync.request_tokens",
        10_000,
        "operations/s",
    )
    assert limit.is_adjustable
    assert limit.check_command == (
        "aws service-quotas get-service-quota --service-code appsync --quota-code L-FC5E46D0"
    )


def test_it_bills_operations_and_transfer() -> None:
    meters = Meters(passed={"request": 1e6}, bytes_out=5e9, is_edge=True)

    bill = price_bill([("Graph", usage) for usage in AppsyncApi().usage(meters)], US)

    # prices.csv: appsync.operations 0.000004, dto.internet_gb 0.09.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(4.0 + 5e9 / 2**30 * 0.09, abs=0.01)


def test_an_operation_is_metered_in_steps_of_5_kb() -> None:
    large = Meters(passed={"request": 1e6}, bytes_out=1e6 * 11 * 1024)

    assert usage_of(AppsyncApi(), large)["appsync.operations"].quantity == 3e6
    assert usage_of(AppsyncApi(), large)["dto.internet_gb"].quantity == 0.0


def test_it_reads_templates() -> None:
    assert read_template(
        AppsyncApi, "AWS::AppSync::GraphQLApi", {"AuthenticationType": "AWS_IAM"}
    ) == {"authentication": "AWS_IAM"}
    assert read_template(
        AppsyncApi, "AWS::Serverless::GraphQLApi", {"Auth": {"Type": "API_KEY"}}
    ) == {"authentication": "API_KEY"}
    with pytest.raises(InvalidSetting, match=r"Who may ask must be one of .*, not 'NONE'\."):
        AppsyncApi(authentication="NONE")


def test_subscriptions_are_billed_by_update_and_minute() -> None:
    given = {"updates": 1e6, "update_kb": 6.0, "connection_minutes": 5e6}

    lines = usage_of(AppsyncApi(), Meters(given=given))
    bill = price_bill([("Api", line) for line in lines.values()], US)

    # prices.csv: 2.00 a million updates of 5 KB, 0.08 a million minutes.
    assert lines["appsync.realtime_updates"].quantity == 2e6
    assert float(bill.monthly_usd) == pytest.approx(4.0 + 0.4)


def test_a_cache_costs_by_the_hour() -> None:
    assert usage_of(AppsyncApi(cache="SMALL"), Meters())["appsync.cache_hour.small"].quantity == 730
