"""Aurora cluster: capacity, connections, cost, template; provisioned and serverless."""

from __future__ import annotations

import pytest

from apps.engine.catalog._acu import CONNECTIONS
from apps.engine.catalog.aurora_cluster import (
    CLUSTER,
    CLUSTER_PARAMETERS,
    MEMBER,
    AuroraCluster,
)
from apps.engine.catalog.base import InvalidSetting, Meters, Place
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.station import Station
from tests.engine.catalog.building import (
    US,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def station_of(cluster: AuroraCluster, place: Place | None = None) -> Station:
    (lane,) = lanes_of(cluster, place).values()
    (station,) = lane.stages
    assert isinstance(station, Station)
    return station


def serverless(least: float = 1.0, most: float = 16.0, engine: str = "postgresql") -> AuroraCluster:
    return AuroraCluster(engine=f"aurora-{engine}", min_acu=least, max_acu=most)


def cost(cluster: AuroraCluster, meters: Meters) -> float:
    bill = price_bill([("Db", usage) for usage in cluster.usage(meters)], US)
    assert bill.is_complete
    return float(bill.monthly_usd)


# rds_classes.csv: vcpu, pg_max_connections_estimated; AWS's list of Aurora MySQL by class.
@pytest.mark.parametrize(
    ("instance_class", "engine", "vcpus", "usable"),
    [
        ("db.t4g.medium", "aurora-postgresql", 2, 401 - 5),
        ("db.r6g.large", "aurora-postgresql", 2, 1669 - 5),
        ("db.t4g.medium", "aurora-mysql", 2, 90),
        ("db.t4g.large", "aurora-mysql", 2, 135),
        ("db.r6g.large", "aurora-mysql", 2, 1000),
        ("db.r6g.2xlarge", "aurora-mysql", 8, 3000),
    ],
)
def test_a_class_has_its_processors_and_connections(
    instance_class: str, engine: str, vcpus: float, usable: float
) -> None:
    station = station_of(AuroraCluster(engine=engine, instance_class=instance_class))

    assert (station.servers, station.connections) == (vcpus, usable)


# facts.md section 5, Aurora Serverless v2 max_connections by maximum ACU (MySQL / PostgreSQL).
@pytest.mark.parametrize(
    ("acu", "mysql", "postgres"),
    [(1, 90, 189), (4, 135, 823), (8, 1000, 1669), (16, 2000, 3360), (256, 6000, 5000)],
)
def test_connections_follow_the_most_capacity(acu: float, mysql: float, postgres: float) -> None:
    assert serverless(1, acu, "mysql").usable(US) == mysql
    assert serverless(1, acu).usable(US) == postgres - 5
    assert (acu, mysql, postgres) in CONNECTIONS


def test_between_two_rows_postgresql_goes_in_proportion_and_mysql_in_steps() -> None:
    assert serverless(1, 6).usable(US) == pytest.approx((823 + 1669) / 2 - 5)
    assert serverless(1, 6, "mysql").usable(US) == 135


@pytest.mark.parametrize("least", [0.0, 0.5])
def test_a_small_minimum_caps_the_connections_of_postgresql(least: float) -> None:
    # quotas.csv: aurora.pg_conn_cap_min_acu 2000.
    cluster = serverless(least, 64)

    assert cluster.usable(US) == 2000 - 5
    assert serverless(1, 64).usable(US) == 5000 - 5
    limits = {limit.gauge: limit for limit in cluster.limits(US, make_place(cluster))}
    assert limits["connections"].id == "aurora.pg_conn_cap_min_acu"
    assert limits["connections"].check_command == "SHOW max_connections"
    assert "at least 1 ACU" in limits["connections"].remedy


def test_four_units_are_one_processor() -> None:
    # quotas.csv: aurora.acu_memory 2 GiB; rds_classes.csv: db.r6g.large 16 GiB on 2 vCPU.
    assert station_of(serverless(1, 8)).servers == 2
    limits = {limit.gauge: limit for limit in serverless(1, 8).limits(US, make_place(serverless()))}
    assert (limits["servers"].capacity, limits["servers"].unit) == (8, "ACU")


def test_a_class_or_a_capacity_decides_what_it_is() -> None:
    assert AuroraCluster(instance_class="db.serverless").is_serverless
    assert AuroraCluster(max_acu=4).is_serverless
    assert not AuroraCluster(max_acu=4, instance_class="db.r6g.large").is_serverless
    assert not AuroraCluster().is_serverless


def test_queries_fill_the_processors() -> None:
    cluster = serverless(0.5, 8)
    call = Link(source="Fn", target="Db", role="query", calls=5.0)

    seen = run(
        {"Fn": LambdaFunction(), "Db": cluster},
        [call],
        enter=("Fn", "invoke"),
        rps=200.0,
        units=0.001,
    )

    assert seen.use("Db", "query", "servers") == pytest.approx(200 * 5 * 0.001 / 2)
    kept = seen.model.v[seen.at("Fn", "invoke").port.kept]
    assert seen.use("Db", "query", "connections") == pytest.approx(kept / 1664, rel=0.01)


def test_readers_help_as_far_as_queries_go_to_them() -> None:
    cluster = AuroraCluster(instance_class="db.r6g.large", readers=2)

    assert station_of(cluster).servers == 2
    assert (
        station_of(cluster, make_place(cluster, reader_share=0.5)).servers == 4
    )  # the writer keeps half
    assert (
        station_of(cluster, make_place(cluster, reader_share=0.8)).servers == 5
    )  # each reader has 0.4
    assert "reader_share" not in AuroraCluster().assumed(US)


def test_a_parameter_beats_the_default() -> None:
    assert station_of(AuroraCluster(max_connections=500)).connections == 495


def test_a_raised_cluster_is_the_smallest_that_holds() -> None:
    by_cpu = serverless(1, 8).raised(US, {("query", "servers"): 1.5})
    assert (by_cpu.min_acu, by_cpu.max_acu) == (1, 15)  # 12 busy of 15
    by_connections = serverless(0.5, 16).raised(US, {("query", "connections"): 1.6})
    assert (by_connections.min_acu, by_connections.max_acu) == (1, 16)  # 3,192 of 3,355
    provisioned = AuroraCluster(instance_class="db.r6g.large")
    larger = provisioned.raised(US, {("query", "servers"): 1.5})
    assert larger.instance_class == "db.r6g.xlarge"
    assert provisioned.raised(US, {("query", "servers"): 0.5}) == provisioned


def test_five_units_around_the_clock_cost_what_is_published() -> None:
    # price_examples_dev.csv ic-19: 5 ACU × 730 h are $438.00.
    assert cost(serverless(5, 16), Meters()) == pytest.approx(438.0)


def test_capacity_follows_the_processors_between_its_bounds() -> None:
    cluster = serverless(0, 4)
    busy = Meters(units={"query": 0.5 * 730 * 3600.0})

    assert cluster.mean_acu(busy) == 2.0
    assert cluster.mean_acu(Meters(units={"query": 1.0})) == 0.5
    assert cluster.mean_acu(Meters()) == 0.0
    assert cluster.mean_acu(Meters(units={"query": 5 * 730 * 3600.0})) == 4.0
    # prices.csv: aurora.acu_hour 0.12.
    assert cost(cluster, busy) == pytest.approx(2.0 * 730 * 0.12)


def test_instances_storage_and_reads_are_billed() -> None:
    cluster = AuroraCluster(instance_class="db.r6g.large", readers=1)
    meters = Meters(
        passed={"query": 10_000_000.0},
        values={"ios_per_query": 0.2, "daily_change_share": 0.02},
        stored_gb=100.0,
    )

    # prices.csv: aurora.pg.db.r6g.large.hour 0.26, storage 0.10, backup 0.021, I/O 0.0000002.
    assert cost(cluster, meters) == pytest.approx(
        2 * 730 * 0.26 + 100 * 0.10 + 0.02 * 100 * 0.021 + 2_000_000 * 0.0000002
    )


def test_optimized_storage_has_no_reads_on_its_bill() -> None:
    cluster = AuroraCluster(instance_class="db.r6g.large", is_io_optimized=True)
    lines = usage_of(cluster, Meters(passed={"query": 1e7}, values={"ios_per_query": 1.0}))

    assert "aurora.io_request" not in lines
    # prices.csv: ioopt_hour 0.338.
    assert lines["aurora.pg.db.r6g.large.ioopt_hour"].quantity == 730
    assert cost(cluster, Meters(stored_gb=10.0)) == pytest.approx(730 * 0.338 + 10 * 0.225)


def test_mysql_classes_without_a_price_keep_their_line() -> None:
    cluster = AuroraCluster(engine="aurora-mysql", instance_class="db.r6g.large")

    bill = price_bill([("Db", usage) for usage in cluster.usage(Meters())], US)
    assert [line.price_id for line in bill.not_priced] == ["aurora.mysql.db.r6g.large.hour"]


def test_it_reads_a_template() -> None:
    settings = read_template(
        AuroraCluster,
        CLUSTER,
        {
            "Engine": "aurora-postgresql",
            "EngineVersion": "16.4",
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": "8"},
            "StorageType": "aurora-iopt1",
            "BackupRetentionPeriod": 7,
        },
    )

    assert make_kind("aurora_cluster", **settings) == AuroraCluster(
        engine="aurora-postgresql",
        engine_version="16.4",
        min_acu=0.5,
        max_acu=8.0,
        is_io_optimized=True,
        backup_days=7,
    )
    assert read_template(AuroraCluster, CLUSTER, {"Engine": "aurora"}) == {"engine": "aurora-mysql"}


def test_it_reads_its_members_and_its_parameters() -> None:
    assert read_template(AuroraCluster, MEMBER, {"DBInstanceClass": "db.serverless"}) == {
        "instance_class": "db.serverless"
    }
    parameters = {"Parameters": {"max_connections": 300}}
    assert read_template(AuroraCluster, CLUSTER_PARAMETERS, parameters) == {"max_connections": 300}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"engine": "neptune"}, "Engine must be one of aurora-postgresql, aurora-mysql"),
        ({"min_acu": 8, "max_acu": 4}, "Least capacity must be at most 4 ACU"),
        ({"max_acu": 300}, "Most capacity must be between 0.5 and 256 ACU"),
        ({"instance_class": "large"}, "must be a class such as db.t4g.micro"),
        ({"readers": 16}, "Readers must be between 0 and 15"),
    ],
)
def test_what_it_cannot_be_is_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason):
        make_kind("aurora_cluster", **settings)
