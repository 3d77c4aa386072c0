"""Load balancer: no limit of its own, and a bill by capacity units."""

from __future__ import annotations

import dataclasses

import pytest

from apps.engine.catalog._balancer_bill import UNITS
from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.load_balancer import LoadBalancer
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import (
    US,
    link_to,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)

MONTH_S = 730 * 3600.0


def test_it_spreads_requests_over_what_stands_behind() -> None:
    components = {
        "Alb": LoadBalancer(),
        "A": make_kind("lambda_function"),
        "B": make_kind("not_modelled"),
    }
    links = [
        Link(source="Alb", target="A", role="invoke"),
        Link(source="Alb", target="B", role="any"),
    ]

    seen = run(components, links, enter=("Alb", "request"), rps=10.0)

    assert seen.count("A", "invoke", "offered") == pytest.approx(3_000, rel=0.01)
    assert seen.count("B", "any", "offered") == pytest.approx(3_000)
    assert seen.count("Alb", "request", "refused") == 0.0


def test_it_has_no_quota_of_requests() -> None:
    assert LoadBalancer().limits(US, make_place(LoadBalancer())) == ()
    assert not LoadBalancer().has_unknown_limit


@pytest.mark.parametrize(
    ("requests_per_s", "bytes_each", "values", "rules", "units"),
    [
        # 100 new connections a second, of 25 that a unit covers.
        (500.0, 0.0, {"requests_per_connection": 5.0}, 1, 4.0),
        # 10 new ones a second, each open for 600 s: 6,000 of 3,000.
        (50.0, 0.0, {"requests_per_connection": 5.0, "connection_s": 600.0}, 1, 2.0),
        # 1 GB an hour is one unit, and 2.5 units before functions.
        (1.0, 2**30 / 3600.0, {"gb_per_lcu_h": 1.0}, 1, 1.0),
        (1.0, 2**30 / 3600.0, {"gb_per_lcu_h": 0.4}, 1, 2.5),
        # 100 requests look at 40 rules, of which 10 are free: 3,000 of 1,000.
        (100.0, 0.0, {"requests_per_connection": 50.0}, 40, 3.0),
    ],
)
def test_it_bills_the_dimension_that_is_used_most(
    requests_per_s: float, bytes_each: float, values: dict[str, float], rules: int, units: float
) -> None:
    requests = requests_per_s * MONTH_S
    meters = Meters(
        passed={"request": requests}, bytes_out=requests * bytes_each, values=values, hours=730.0
    )

    lines = usage_of(LoadBalancer(rules=rules), meters)

    assert lines["alb.lcu_hour"].quantity == pytest.approx(units * 730.0)


def test_a_unit_covers_what_aws_says() -> None:
    # quotas.csv: elb.lcu_new_connections, elb.lcu_active_connections, elb.lcu_bytes, elb.lcu_rules.
    unit = UNITS["application"]
    assert unit.connections_per_s == US.quota("elb.lcu_new_connections") == 25
    assert unit.active == US.quota("elb.lcu_active_connections") == 3000
    assert unit.gb_per_h == US.quota("elb.lcu_bytes") == 1
    assert unit.rules_per_s == US.quota("elb.lcu_rules") == 1000


def test_bytes_count_more_before_functions() -> None:
    place = make_place(LoadBalancer(), outbound=[link_to("invoke")])
    before = dataclasses.replace(place, neighbours={"Other": make_kind("lambda_function")})

    assert LoadBalancer().billed(before)["gb_per_lcu_h"] == 0.4
    assert LoadBalancer().billed(place)["gb_per_lcu_h"] == 1.0


def test_it_costs_something_while_nobody_comes() -> None:
    bill = price_bill([("Alb", usage) for usage in LoadBalancer().usage(Meters())], US)

    # prices.csv: alb.hour 0.0225, vpc.public_ipv4_hour 0.005 in two zones.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(730 * 0.0225 + 2 * 730 * 0.005)


def test_an_internal_one_has_no_public_address() -> None:
    lines = usage_of(LoadBalancer(scheme="internal"), Meters())

    assert lines["vpc.public_ipv4_hour"].quantity == 0.0


def test_it_reads_templates() -> None:
    type_ = "AWS::ElasticLoadBalancingV2::LoadBalancer"

    assert read_template(LoadBalancer, type_, {"Scheme": "internal"}) == {"scheme": "internal"}
    with pytest.raises(InvalidSetting, match=r"Reached from must be one of"):
        LoadBalancer(scheme="open")


@pytest.mark.parametrize(
    ("balancer", "given", "usd"),
    [
        # Examples 1 of https://aws.amazon.com/elasticloadbalancing/pricing/ for each type:
        # 1.08 GB an hour is the most that an hour has, and so is 10.8 GB; 30 days each.
        (
            "application",
            {
                "connections_per_s": 1.0,
                "active_connections": 120.0,
                "processed_gb": 1.08 * 720,
                "rules_per_s": 250.0,
            },
            22.42,
        ),
        (
            "network",
            {
                "connections_per_s": 100.0,
                "active_connections": 18_000.0,
                "processed_gb": 10.8 * 720,
            },
            62.86,
        ),
    ],
)
def test_a_unit_of_each_type_covers_its_own(
    balancer: str, given: dict[str, float], usd: float
) -> None:
    lines = LoadBalancer(balancer_type=balancer, scheme="internal").usage(
        Meters(given=given, hours=720.0)
    )

    bill = price_bill([("Lb", line) for line in lines], US)

    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(usd, abs=0.005)


def test_a_given_load_stands_instead_of_what_it_would_work_out() -> None:
    meters = Meters(
        passed={"request": 1e9}, given={"connections_per_s": 50.0, "active_connections": 0.0}
    )

    assert usage_of(LoadBalancer(), meters)["alb.lcu_hour"].quantity == pytest.approx(2 * 730)
    told = Meters(passed={"request": 1e9}, given={"capacity_unit_hours": 7.0})
    assert usage_of(LoadBalancer(), told)["alb.lcu_hour"].quantity == 7


def test_it_reads_terraform() -> None:
    network = {"load_balancer_type": "network", "internal": True, "subnets": ["a", "b", "c"]}
    read = settings_of(LoadBalancer, "aws_lb", network)

    assert read == {"balancer_type": "network", "scheme": "internal", "zones": 3}
    assert settings_of(LoadBalancer, "aws_alb", {"internal": False}) == {
        "scheme": "internet-facing"
    }
