"""What of a bill stands still, what grows, what idles, and where two ways cost alike."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog import build
from apps.engine.catalog._alternatives import alternatives_of
from apps.engine.catalog.aurora_cluster import AuroraCluster
from apps.engine.catalog.base import Kind, Meters
from apps.engine.catalog.dynamodb_table import DynamodbTable
from apps.engine.catalog.edge_function import EdgeFunction
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.nat_gateway import NatGateway
from apps.engine.forecast import forecast, summary_of
from apps.engine.forecast.ways_out import ways_out
from apps.engine.graph import Architecture, Link
from apps.engine.pricing import price_bill
from tests.engine.worlds import component, facts, scenario, shop


@pytest.fixture(scope="module")
def cost() -> dict[str, Any]:
    found: dict[str, Any] = summary_of(forecast(shop(), scenario(50_000), facts()))["cost"]
    return found


def cost_of(kind: Kind, meters: Meters) -> float:
    return float(price_bill((("x", use) for use in kind.usage(meters)), facts()).monthly_usd)


def test_what_stands_still_and_what_grows_are_the_bill(cost: dict[str, Any]) -> None:
    assert cost["fixed_usd"] > 0.0
    assert cost["fixed_usd"] + cost["variable_usd"] == pytest.approx(cost["monthly_usd"])
    assert cost["per_user_usd"] == pytest.approx(cost["monthly_usd"] / 50_000)


def test_the_lines_that_grow_most_come_first(cost: dict[str, Any]) -> None:
    growth = [row["twice_usd"] - row["monthly_usd"] for row in cost["growing"]]

    assert growth == sorted(growth, reverse=True)
    assert 0 < len(growth) <= 3
    assert all(step > 0.0 for step in growth)


def test_capacity_paid_by_the_hour_idles_by_the_mean_of_its_busiest_gauge() -> None:
    design = shop()
    kept = {"billing_mode": "PROVISIONED", "write_capacity": 1000, "read_capacity": 1000}
    table = component("Orders", "dynamodb_table", **kept)
    components = tuple(table if one.id == "Orders" else one for one in design)
    design = Architecture(components=components, links=design.links)

    cost = summary_of(forecast(design, scenario(50_000), facts()))["cost"]

    (idle,) = [row for row in cost["idle"] if row["component"] == "Orders"]
    paid = 1000 * 730 * (0.00065 + 0.00013)
    assert 0.5 < idle["share"] < 1.0
    assert idle["monthly_usd"] == pytest.approx(paid * idle["share"])


def test_both_ways_cost_alike_at_the_break_even(cost: dict[str, Any]) -> None:
    rows = [row for row in cost["break_evens"] if row["users"] is not None]

    assert rows
    for row in rows:
        asked_is_above = row["users"] < 50_000
        other_is_cheaper = row["other_usd"] < row["now_usd"]
        assert other_is_cheaper == (asked_is_above == (row["cheaper_above"] == row["other"]))


def test_a_provisioned_table_costs_less_than_on_demand_once_it_is_used() -> None:
    # 10 M writes a month are 3.8/s; at 70 % that is 5.4 WCU × 730 h × $0.00065 = $2.58, and
    # one RCU for $0.09; on demand they are $6.25.
    table = DynamodbTable(billing_mode="PAY_PER_REQUEST")
    meters = Meters(units={"write": 1e7})
    (other,) = alternatives_of(table, facts())

    bill = price_bill((("x", use) for use in other.bill(meters)), facts())

    assert (other.now, other.label) == ("On-demand", "Provisioned")
    assert cost_of(table, meters) == pytest.approx(6.25)
    assert float(bill.monthly_usd) == pytest.approx(2.58 + 0.095, abs=0.01)


def test_a_function_in_tasks_is_two_of_them_at_least() -> None:
    (other,) = alternatives_of(LambdaFunction(memory_mb=1769), facts())

    def hours(busy_s: float) -> float:
        lines = other.bill(Meters(busy_s=busy_s))
        return sum(use.quantity for use in lines if use.unit == "vCPU-h")

    assert hours(0.0) == 2 * 730.0
    # 730 h × 3,600 s of a whole vCPU keep two tasks half busy, and ten times that twenty.
    assert hours(730 * 3600.0) == 2 * 730.0
    assert hours(7300 * 3600.0) == 20 * 730.0


def test_a_serverless_cluster_has_a_class_with_room_for_twice_the_mean() -> None:
    cluster = AuroraCluster(instance_class="db.serverless", min_acu=8.0, max_acu=16.0)
    (other,) = alternatives_of(cluster, facts())

    lines = other.bill(Meters())

    # 8 ACU are 16 GiB; twice that is 32 GiB, which db.r6g.xlarge and db.r7g.xlarge have.
    assert lines[0].label.startswith("Database instances (db.r")
    assert ".xlarge" in lines[0].price_id


@pytest.mark.parametrize("kind", [EdgeFunction(), NatGateway()])
def test_what_has_no_other_way_has_none(kind: Kind) -> None:
    assert list(alternatives_of(kind, facts())) == []


def inside(target: str) -> tuple[Architecture, dict[str, Kind]]:
    """Return a function in a VPC that calls one other component, and a NAT gateway."""
    design = Architecture(
        components=(
            component("Worker", "lambda_function", is_in_vpc=True),
            component("Target", target),
            component("Gateway", "nat_gateway"),
        ),
        links=(Link(source="Worker", target="Target", role=ROLES[target]),),
    )
    return design, {one.id: build(one) for one in design}


ROLES = {"sqs_queue": "send", "s3_bucket": "get", "outside_api": "call"}


@pytest.mark.parametrize(("target", "endpoint_hours"), [("sqs_queue", 1460.0), ("s3_bucket", 0.0)])
def test_endpoints_stand_in_two_zones_and_gateways_are_free(
    target: str, endpoint_hours: float
) -> None:
    design, kinds = inside(target)

    (way,) = ways_out(design, kinds, {"Gateway": Meters(values={"gb_month": 100.0})})
    lines = {use.price_id: use.quantity for use in way.other_bill(way.meters)}

    assert way.component == "Gateway"
    assert lines["vpce.hour"] == endpoint_hours
    assert lines["vpce.gb"] == (100.0 if endpoint_hours else 0.0)


def test_what_lies_outside_aws_needs_the_gateway() -> None:
    design, kinds = inside("outside_api")

    assert list(ways_out(design, kinds, {"Gateway": Meters()})) == []
