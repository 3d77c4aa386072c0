"""RDS instance: connections, processors, disk, template."""

from __future__ import annotations

import pytest

from apps.engine.catalog._database_classes import vcpus_of
from apps.engine.catalog._disk import GP3_INCLUDED_IOPS, GP3_STRIPED_GB, GP3_STRIPED_IOPS
from apps.engine.catalog.base import InvalidSetting
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.rds_instance import INSTANCE, PARAMETERS, RdsInstance
from apps.engine.graph import Link
from apps.engine.stages.credits import Credits
from apps.engine.stages.station import Station
from tests.engine.catalog.building import (
    US,
    Run,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
)


def stages_of(database: RdsInstance) -> tuple[Station, Credits]:
    station, disk = lanes_of(database)["query"].stages
    assert isinstance(station, Station)
    assert isinstance(disk, Credits)
    return station, disk


def limits_of(database: RdsInstance) -> dict[str, float]:
    limits = database.limits(US, make_place(database))
    return {limit.gauge: limit.capacity for limit in limits}


def run_function(database: RdsInstance, *, rps: float, own_ms: float = 10.0, **link: object) -> Run:
    call = Link(source="Fn", target="Db", role="query", calls=5.0, settings=link)
    return run(
        {"Fn": LambdaFunction(timeout_s=900), "Db": database},
        [call],
        enter=("Fn", "invoke"),
        rps=rps,
        values={"Fn": {"own_ms": own_ms}},
        units=0.001,
    )


# rds_classes.csv: vcpu, pg_max_connections_estimated, mysql_max_connections_estimated.
@pytest.mark.parametrize(
    ("instance_class", "engine", "vcpus", "usable"),
    [
        ("db.t4g.micro", "postgres", 2, 79 - 5),
        ("db.t4g.micro", "mysql", 2, 59),
        ("db.m6g.large", "postgres", 2, 831 - 5),
        ("db.m6g.xlarge", "mysql", 4, 1264),
        ("db.r7g.2xlarge", "postgres", 8, 5000 - 5),
    ],
)
def test_a_class_has_its_processors_and_connections(
    instance_class: str, engine: str, vcpus: float, usable: float
) -> None:
    database = RdsInstance(instance_class=instance_class, engine=engine)
    station, _ = stages_of(database)

    assert (station.servers, station.connections) == (vcpus, usable)
    assert database.usable(US) == usable
    assert limits_of(database) == {
        "connections": usable,
        "servers": vcpus,
        "units": 3000,  # quotas.csv: rds.gp3_baseline_iops_small
    }


def test_every_class_of_the_facts_has_the_processors_of_its_name() -> None:
    rows = [row for row in US.classes.values() if row.id.startswith("db.")]

    assert len(rows) == 54
    assert [row.id for row in rows if vcpus_of(row.id) != row.vcpu] == []


def test_mariadb_takes_half_of_the_connections_of_mysql() -> None:
    # quotas.csv: rds.mariadb_max_connections LEAST(DBInstanceClassMemory/25165760, 12000).
    assert RdsInstance(engine="mariadb", instance_class="db.m6g.large").usable(US) == 630 / 2
    assert RdsInstance(engine="mariadb", instance_class="db.r6g.16xlarge").usable(US) == 12_000


def test_a_parameter_beats_the_formula() -> None:
    database = RdsInstance(max_connections=200)

    assert stages_of(database)[0].connections == 195
    assert "max_connections" not in database.assumed(US)


def test_a_class_without_facts_is_taken_for_one_like_it_and_says_so() -> None:
    database = RdsInstance(instance_class="db.m5.large")

    spread = database.assumed(US)["max_connections"]
    assert (spread.expected, spread.high) == (831, 901)
    assert "taken for db.m6g.large" in spread.rule
    assert RdsInstance(instance_class="db.t2.micro").vcpus == 1


def test_two_processors_carry_400_requests_of_five_queries() -> None:
    # scenario.md section 5: 2 vCPU at 5 × 1 ms are 400 requests a second.
    database = RdsInstance(instance_class="db.t4g.large")

    seen = run_function(database, rps=200.0)

    assert seen.use("Db", "query", "servers") == pytest.approx(200.0 * 5 * 0.001 / 2)
    assert seen.count("Db", "query", "refused") == 0.0
    response = seen.model.v[seen.at("Db", "query").port.response]
    assert response == pytest.approx(0.003, rel=0.2)  # 2 ms of waits and 1 ms of CPU


def test_environments_hold_connections_although_they_are_idle() -> None:
    seen = run_function(RdsInstance(), rps=40.0, own_ms=1000.0)

    kept = seen.model.v[seen.at("Fn", "invoke").port.kept]
    busy = seen.model.v[seen.at("Fn", "invoke").port.held]
    assert kept > 1.2 * busy
    assert seen.use("Db", "query", "connections") == pytest.approx(kept / 74, rel=0.02)


def test_connections_end_before_the_processors_do() -> None:
    seen = run_function(RdsInstance(), rps=80.0, own_ms=1500.0)

    assert seen.use("Db", "query", "connections") > 1.0
    assert seen.use("Db", "query", "servers") < 0.5
    assert seen.count("Db", "query", "refused") > 0.0


def test_connections_for_each_request_follow_the_busy_environments() -> None:
    seen = run_function(RdsInstance(), rps=20.0, own_ms=1000.0, connection_life="request")

    busy = seen.model.v[seen.at("Fn", "invoke").port.held]
    assert seen.use("Db", "query", "connections") == pytest.approx(busy / 74, rel=0.02)


def test_a_gp2_disk_bursts_until_its_credits_are_spent() -> None:
    # quotas.csv: rds.gp2_iops_per_gib 3, "minimum 100; burst 3000 below 1000 GiB".
    _, disk = stages_of(RdsInstance(storage_type="gp2", storage_gb=20))

    assert disk.rate_per_s * 0.2 == pytest.approx(100)
    assert disk.hot_per_s * 0.2 == pytest.approx(3000)
    # behaviour.md: the burst of 3,000 comes from 5.4 M credits.
    assert disk.rate_per_s * disk.hold_s * 0.2 == pytest.approx(5_400_000)
    assert limits_of(RdsInstance(storage_type="gp2", storage_gb=500)) == {
        "connections": 74,
        "servers": 2,
        "units": 1500,
        "hot_key": 3000,
    }


def test_a_gp3_disk_has_what_its_size_includes_or_more() -> None:
    # quotas.csv: rds.gp3_threshold 400, baseline 3000 below it and 12000 above.
    assert limits_of(RdsInstance(storage_gb=399))["units"] == GP3_INCLUDED_IOPS == 3000
    assert limits_of(RdsInstance(storage_gb=400))["units"] == GP3_STRIPED_IOPS == 12_000
    assert limits_of(RdsInstance(storage_gb=400, iops=20_000))["units"] == 20_000
    assert limits_of(RdsInstance(storage_type="io1"))["units"] == 1000
    assert US.quota("rds.gp3_threshold") == GP3_STRIPED_GB


def test_reads_above_the_burst_of_the_disk_fail() -> None:
    small = RdsInstance(instance_class="db.m6g.xlarge", storage_type="gp2")
    call = Link(source="Fn", target="Db", role="query", calls=5.0)

    seen = run(
        {"Fn": LambdaFunction(), "Db": small},
        [call],
        enter=("Fn", "invoke"),
        rps=400.0,
        values={"Db": {"reads_per_query": 3.0}},
        units=0.001,
    )

    # 400 × 5 × 3 = 6,000 reads a second at a volume that takes 3,000.
    assert seen.use("Db", "query", "hot_key") == pytest.approx(2.0)
    refused = seen.count("Db", "query", "refused", index=1)
    assert refused / seen.count("Db", "query", "offered", index=1) == pytest.approx(0.5)


def test_limits_say_how_to_check_them() -> None:
    for engine, command in (
        ("postgres", "SHOW max_connections"),
        ("mysql", "SHOW VARIABLES LIKE 'max_connections'"),
    ):
        database = RdsInstance(engine=engine)
        (limit, *_) = database.limits(US, make_place(database))
        assert limit.id == f"rds.{engine}_max_connections"
        assert limit.check_command == command


def test_a_raised_instance_is_the_smallest_that_holds() -> None:
    database = RdsInstance(instance_class="db.m6g.large")

    by_cpu = database.raised(US, {("query", "servers"): 1.5})
    assert by_cpu.instance_class == "db.m6g.xlarge"  # 3 busy of 4 processors
    by_connections = database.raised(US, {("query", "connections"): 3.0})
    assert by_connections.instance_class == "db.m6g.2xlarge"  # 2,478 of 3,359
    by_reads = database.raised(US, {("query", "units"): 5.0})
    assert (by_reads.storage_gb, by_reads.iops) == (400, 15_000)
    assert database.raised(US, {("query", "servers"): 0.4}) == database


def test_it_reads_a_template() -> None:
    settings = read_template(
        RdsInstance,
        INSTANCE,
        {
            "DBInstanceClass": "db.t3.medium",
            "Engine": "MySQL",
            "EngineVersion": "8.0",
            "MultiAZ": "true",
            "AllocatedStorage": "100",
            "StorageType": "io1",
            "Iops": 2000,
            "BackupRetentionPeriod": 7,
            "PubliclyAccessible": True,
        },
    )

    assert make_kind("rds_instance", **settings) == RdsInstance(
        instance_class="db.t3.medium",
        engine="mysql",
        engine_version="8.0",
        multi_az=True,
        storage_gb=100,
        storage_type="io1",
        iops=2000,
        backup_days=7,
        is_public=True,
    )
    assert RdsInstance.IMPLIED[INSTANCE] == {"storage_type": "gp2"}


def test_it_reads_a_parameter_group_but_no_formula() -> None:
    plain = {"Parameters": {"max_connections": "300"}}
    formula = {"Parameters": {"max_connections": "LEAST({DBInstanceClassMemory/9531392},5000)"}}

    assert read_template(RdsInstance, PARAMETERS, plain) == {"max_connections": 300}
    assert read_template(RdsInstance, PARAMETERS, formula) == {"max_connections": None}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"engine": "oracle-ee"}, "Engine must be one of postgres, mysql, mariadb, sqlserver-ex"),
        ({"instance_class": "t3.micro"}, "must be a class such as db.t4g.micro, not 't3.micro'"),
        ({"backup_days": 36}, "Backups kept must be between 0 and 35 days, not 36"),
    ],
)
def test_what_it_cannot_be_is_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason):
        make_kind("rds_instance", **settings)
