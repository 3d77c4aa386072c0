"""RDS Proxy: borrowed and pinned connections, cost, template."""

from __future__ import annotations

import dataclasses
import math

import pytest

from apps.engine.catalog.aurora_cluster import AuroraCluster
from apps.engine.catalog.base import InvalidSetting, Kind, Meters, Place
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.rds_instance import RdsInstance
from apps.engine.catalog.rds_proxy import PROXY, TARGETS, RdsProxy
from apps.engine.fluid.blueprint import Blueprint, LinkValues
from apps.engine.fluid.compile import compile_model
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Architecture, Component, Link
from apps.engine.pricing import price_bill
from apps.engine.stages.delay import Delay
from apps.engine.stages.station import Station
from tests.engine.catalog.building import (
    US,
    Run,
    lanes_of,
    link_to,
    make_kind,
    make_place,
    read_template,
)


def before(database: Kind, proxy: RdsProxy | None = None, **values: float) -> Place:
    proxy = proxy or RdsProxy()
    place = make_place(proxy, outbound=[link_to("query")])
    return dataclasses.replace(
        place, neighbours={"Other": database}, values={**place.values, **values}
    )


def station_of(proxy: RdsProxy, place: Place) -> Station:
    (station,) = lanes_of(proxy, place)["query"].stages
    assert isinstance(station, Station)
    return station


def run_behind_proxy(*, rps: float, own_ms: float, pinned_share: float) -> Run:
    """Run a function that asks a small database through a proxy, 600 steps of a second."""
    kinds: dict[str, Kind] = {
        "Fn": LambdaFunction(timeout_s=900),
        "Proxy": RdsProxy(),
        "Db": RdsInstance(),
    }
    links = (
        Link(source="Fn", target="Proxy", role="query"),
        Link(source="Proxy", target="Db", role="query"),
    )
    values = {
        id_: {name: spread.expected for name, spread in kind.assumed(US).items()}
        for id_, kind in kinds.items()
    }
    values["Fn"]["own_ms"] = own_ms
    values["Proxy"]["pinned_share"] = pinned_share
    blueprint = Blueprint(
        architecture=Architecture(
            components=tuple(Component(id=i, kind=k.name) for i, k in kinds.items()), links=links
        ),
        kinds=kinds,
        facts=US,
        values=values,
        links={links[0].key: LinkValues(5.0, 0.002), links[1].key: LinkValues(1.0, 0.001)},
    )
    model = compile_model(blueprint)
    port = model.door("Fn", "invoke").port
    for _ in range(600):
        model.v[port.inn] += rps
        model.v[port.work] += rps
        for step in model.steps(1.0):
            step()
    return Run(model)


def test_it_shares_the_connections_of_the_database_behind() -> None:
    # rds_classes.csv: db.m6g.large pg_max_connections_estimated 831, of which 5 are reserved.
    # quotas.csv: rds-proxy.borrow_timeout 120 s, max_connections_percent 100.
    proxy, place = RdsProxy(), before(RdsInstance(instance_class="db.m6g.large"))

    station = station_of(proxy, place)

    assert (station.servers, station.patience_s) == (826, 120)
    assert station.connections == pytest.approx(8260)  # of which a tenth is pinned
    assert US.quota("rds-proxy.borrow_timeout") == proxy.borrow_timeout_s
    assert US.quota("rds-proxy.max_connections_percent") == proxy.max_connections_percent


def test_a_smaller_share_leaves_connections_for_others() -> None:
    proxy = RdsProxy(max_connections_percent=50)

    assert station_of(proxy, before(AuroraCluster(max_acu=8, min_acu=1), proxy)).servers == 832


def test_where_everything_is_pinned_it_is_a_plain_pool() -> None:
    database = RdsInstance()

    assert station_of(RdsProxy(), before(database, pinned_share=1.0)).connections == 74
    assert station_of(RdsProxy(), before(database, pinned_share=0.0)).connections == math.inf


def test_without_a_database_it_passes_queries_on() -> None:
    assert lanes_of(RdsProxy())["query"].stages == (Delay(0.0, cv=0.0),)
    assert RdsProxy().limits(US, make_place(RdsProxy())) == ()


def test_its_limits_name_what_waits_and_what_pins() -> None:
    borrowed, pinned = RdsProxy().limits(US, before(RdsInstance()))

    assert (borrowed.gauge, borrowed.capacity) == ("servers", 74)
    assert borrowed.effect == "queries wait up to 120 s for a connection, then fail"
    assert (pinned.gauge, pinned.capacity) == ("connections", 74)
    assert "advisory locks" in pinned.remedy


def test_a_proxy_spares_the_database_the_connections_of_idle_environments() -> None:
    # 120 environments would be refused by 74 connections; their transactions need few.
    seen = run_behind_proxy(rps=80.0, own_ms=1500.0, pinned_share=0.1)

    assert seen.model.v[seen.at("Fn", "invoke").port.kept] > 120
    assert seen.count("Db", "query", "refused") == 0.0
    assert seen.use("Proxy", "query", "servers") == pytest.approx(80 * 5 * 0.002 / 74, rel=0.01)
    assert seen.use("Db", "query", "connections") == pytest.approx(80 * 5 * 0.002 / 74, rel=0.01)
    kept = seen.model.v[seen.at("Fn", "invoke").port.kept]
    assert seen.use("Proxy", "query", "connections") == pytest.approx(kept * 0.1 / 74, rel=0.02)


def test_pinned_sessions_bring_the_refusals_back() -> None:
    seen = run_behind_proxy(rps=80.0, own_ms=1500.0, pinned_share=1.0)

    assert seen.use("Proxy", "query", "connections") > 1.0
    assert seen.count("Proxy", "query", "refused") > 0.0


def test_it_is_billed_by_the_processors_of_the_database() -> None:
    proxy = RdsProxy()
    large = RdsInstance(instance_class="db.m6g.xlarge")

    usage = proxy.usage(Meters(values=proxy.billed(before(large))))

    # prices.csv: rds.proxy_vcpu_hour 0.015 (min 2 vCPU of target).
    bill = price_bill([("Proxy", line) for line in usage], US)
    assert float(bill.monthly_usd) == pytest.approx(4 * 730 * 0.015)
    assert proxy.usage(Meters())[0].quantity == 2 * 730


def test_before_a_serverless_cluster_it_is_billed_by_capacity() -> None:
    proxy = RdsProxy()
    cluster = AuroraCluster(min_acu=0.5, max_acu=16)

    (usage,) = proxy.usage(Meters(values=proxy.billed(before(cluster))))

    # prices.csv: rds.proxy_acu_hour 0.015 (min 8 ACU).
    assert (usage.price_id, usage.quantity) == ("rds.proxy_acu_hour", 8 * 730)
    bill = price_bill([("Proxy", usage)], US)
    assert float(bill.monthly_usd) == pytest.approx(8 * 730 * 0.015)


def test_a_usage_file_may_say_how_large_the_database_is() -> None:
    for given, price_id, quantity in (
        ({"database_vcpus": 16.0}, "rds.proxy_vcpu_hour", 16 * 730),
        ({"database_acu": 32.0}, "rds.proxy_acu_hour", 32 * 730),
    ):
        (usage,) = RdsProxy().usage(Meters(given=given))
        assert (usage.price_id, usage.quantity) == (price_id, quantity)
    pool = {"connection_pool_config": [{"max_connections_percent": 50}]}
    read = settings_of(RdsProxy, "aws_db_proxy_default_target_group", pool)
    assert read == {"max_connections_percent": 50}


def test_it_reads_the_pool_of_its_target_group() -> None:
    pool = {"MaxConnectionsPercent": "75", "ConnectionBorrowTimeout": 30}

    settings = read_template(RdsProxy, TARGETS, {"ConnectionPoolConfigurationInfo": pool})

    assert make_kind("rds_proxy", **settings) == RdsProxy(
        max_connections_percent=75, borrow_timeout_s=30.0
    )
    assert any(row.type == PROXY for row in RdsProxy.TEMPLATE)


def test_more_than_all_connections_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="must be between 1 and 100 %, not 120"):
        make_kind("rds_proxy", max_connections_percent=120)
