"""What an RDS instance costs: hours, storage, operations, backups, CPU credits."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.rds_instance import RdsInstance
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, make_place, usage_of


def test_a_small_database_costs_its_hours_and_its_storage() -> None:
    database = RdsInstance()

    lines = usage_of(database, Meters(values={"daily_change_share": 0.02}))

    assert lines["rds.postgres.db.t4g.micro.single_hour"].quantity == 730
    assert lines["rds.gp3.single_gb_month"].quantity == 20
    bill = price_bill([("Db", usage) for usage in lines.values()], US)
    # prices.csv, us-east-1: $0.016 an hour, $0.115 a GB-month, backup $0.095: 0.4 GB of changes.
    assert float(bill.monthly_usd) == pytest.approx(730 * 0.016 + 20 * 0.115 + 0.4 * 0.095)
    assert bill.is_complete


def test_a_published_bill_of_three_instances_is_met() -> None:
    # price_examples_dev.csv my-01: 3 × db.r6g.large MySQL with 1 TB gp2 each are $824.13.
    database = RdsInstance(
        engine="mysql", instance_class="db.r6g.large", storage_type="gp2", storage_gb=1024
    )

    lines = usage_of(database, Meters(hours=730))

    assert lines["rds.mysql.db.r6g.large.single_hour"].quantity == 730
    bill = price_bill([("Db", usage) for usage in lines.values()], US)
    assert 3 * float(bill.monthly_usd) == pytest.approx(824.13, abs=0.01)


def test_two_zones_and_more_iops_have_prices_of_their_own() -> None:
    database = RdsInstance(
        instance_class="db.m6g.large", multi_az=True, storage_gb=400, iops=15_000
    )

    lines = usage_of(database, Meters())

    # prices.csv: multi_hour 0.318, gp3.multi 0.23, iops.multi 0.04 above the 12,000 included.
    assert lines["rds.gp3.iops.multi"].quantity == 3000
    bill = price_bill([("Db", usage) for usage in lines.values()], US)
    assert float(bill.monthly_usd) == pytest.approx(730 * 0.318 + 400 * 0.23 + 3000 * 0.04)


def test_a_burstable_class_pays_for_what_is_above_its_baseline() -> None:
    # One processor of two, busy around the clock; 20 % of a processor are included.
    busy = Meters(units={"query": 730 * 3600.0})

    surplus = usage_of(RdsInstance(), busy)["rds.cpu_credits.t4g"]

    assert surplus.quantity == pytest.approx(0.8 * 730)
    steady = usage_of(RdsInstance(instance_class="db.m6g.large"), busy)["rds.cpu_credits.t4g"]
    assert steady.quantity == 0.0


def test_a_class_without_price_keeps_its_line() -> None:
    lines = usage_of(RdsInstance(instance_class="db.m5.xlarge"), Meters())

    bill = price_bill([("Db", usage) for usage in lines.values()], US)
    assert [line.price_id for line in bill.not_priced] == ["rds.postgres.db.m5.xlarge.single_hour"]


@pytest.mark.parametrize("storage_type", ["io1", "io2"])
def test_chosen_operations_have_a_least_size_and_a_least_number(storage_type: str) -> None:
    database = RdsInstance(storage_type=storage_type, storage_gb=50, iops=500, multi_az=True)

    lines = usage_of(database, Meters())

    assert lines[f"rds.{storage_type}.gb_month"].quantity == 2 * 100
    assert lines[f"rds.{storage_type}.iops"].quantity == 2 * 1000


@pytest.mark.parametrize(
    ("settings", "extra_iops", "extra_mb_per_s"),
    [
        ({"storage_gb": 399}, 9_000, 475),
        ({"storage_gb": 400}, 0, 100),
        ({"storage_gb": 200, "unmodelled_engine": "oracle-ee"}, 0, 100),
        ({"storage_gb": 199, "unmodelled_engine": "oracle-ee"}, 9_000, 475),
        ({"storage_gb": 999, "engine": "sqlserver-se"}, 9_000, 475),
    ],
)
def test_what_a_size_includes_is_not_billed(
    settings: dict[str, Any], extra_iops: float, extra_mb_per_s: float
) -> None:
    database = RdsInstance(iops=12_000, throughput_mb_per_s=600, **settings)

    lines = usage_of(database, Meters())

    billed = lines.get("rds.gp3.iops.single")
    assert (billed.quantity if billed else 0) == extra_iops
    assert lines["rds.gp3.throughput.single"].quantity == extra_mb_per_s


def test_magnetic_storage_pays_for_each_read() -> None:
    database = RdsInstance(storage_type="standard")

    seen = Meters(passed={"query": 1e6}, values={"reads_per_query": 0.2})

    assert usage_of(database, seen)["rds.standard.io_request"].quantity == 2e5
    given = Meters(given={"io_requests": 5e6})
    assert usage_of(database, given)["rds.standard.io_request"].quantity == 5e6


def test_an_engine_without_a_model_has_a_bill_and_no_limit() -> None:
    database = RdsInstance(unmodelled_engine="oracle-se2", has_own_license=True, storage_gb=100)

    lines = usage_of(database, Meters(given={"backup_gb": 10.0}))

    assert lines["rds.oracle-se2.db.t4g.micro.byol_single_hour"].quantity == 730
    assert lines["rds.backup_gb_month"].quantity == 10
    assert database.has_unknown_limit
    place = make_place(database)
    assert database.limits(US, place) == ()
    assert [len(lane.stages) for lane in database.stages(US, place)] == [1]


def test_an_instance_of_aurora_has_the_prices_of_aurora() -> None:
    database = RdsInstance(unmodelled_engine="aurora-postgresql", instance_class="db.t3.large")

    bill = price_bill([("Db", use) for use in database.usage(Meters())], US)

    # prices.csv, us-east-1: $0.164 an hour, $0.10 a GB-month.
    assert float(bill.monthly_usd) == pytest.approx(730 * 0.164 + 20 * 0.10)


def test_who_commits_pays_a_part_at_once_and_no_price_is_guessed() -> None:
    database = RdsInstance(committed_years=3, payment="partial upfront", multi_az=True)

    lines = usage_of(database, Meters())

    hour = "rds.postgres.db.t4g.micro.multi_hour.reserved_3y_partial"
    assert lines[hour].quantity == 730
    assert lines[f"{hour}.upfront"].quantity == pytest.approx(1 / 36)
    monthly = usage_of(RdsInstance(committed_years=1), Meters())
    assert not any(price_id.endswith(".upfront") for price_id in monthly)


@pytest.mark.parametrize(
    ("engine", "version", "price_id"),
    [
        ("mysql", "5.7.44", "rds.extended_support_y3"),
        ("mysql", "8.0", "rds.extended_support_y1"),
        ("mysql", "8.4.3", ""),
        ("postgres", "11.22", "rds.extended_support_y3"),
        ("postgres", "13", "rds.extended_support_y1"),
        ("postgres", "16.1", ""),
        ("mariadb", "10.4", ""),
    ],
)
def test_an_old_version_is_supported_at_a_price(engine: str, version: str, price_id: str) -> None:
    database = RdsInstance(engine=engine, engine_version=version, multi_az=True)

    lines = {k: v for k, v in usage_of(database, Meters()).items() if "extended" in k}

    # Two processors in each of two zones.
    assert {k: v.quantity for k, v in lines.items()} == ({price_id: 4 * 730} if price_id else {})
    refused = dataclasses.replace(database, is_supported_longer=False)
    assert not any("extended" in use.price_id for use in refused.usage(Meters()))


def test_insights_cost_what_is_kept_for_longer_than_a_week() -> None:
    kept = RdsInstance(instance_class="db.m5.24xlarge", insights_days=31)

    lines = usage_of(kept, Meters(given={"insights_requests": 1000.0}))

    assert lines["rds.insights.m5_vcpu_month"].quantity == 96
    assert lines["rds.insights.requests"].quantity == 1000
    assert not any("insights" in k for k in usage_of(RdsInstance(insights_days=7), Meters()))


@pytest.mark.parametrize(
    ("attributes", "settings"),
    [
        ({}, {"storage_type": "gp2", "backup_days": 0}),
        ({"iops": 3000}, {"storage_type": "io1", "iops": 3000, "backup_days": 0}),
        ({"storage_type": "gp3", "iops": 0}, {"storage_type": "gp3", "backup_days": 0}),
        (
            {"engine": "oracle-ee", "performance_insights_enabled": True},
            {
                "unmodelled_engine": "oracle-ee",
                "insights_days": 7,
                "storage_type": "gp2",
                "backup_days": 0,
            },
        ),
        (
            {
                "engine": "MySQL",
                "engine_version": "ref:other.version",
                "usage": {
                    "reserved_instance_term": "3_year",
                    "reserved_instance_payment_option": "all_upfront",
                },
            },
            {
                "engine": "mysql",
                "committed_years": 3,
                "payment": "all upfront",
                "storage_type": "gp2",
                "backup_days": 0,
            },
        ),
    ],
)
def test_it_reads_terraform(attributes: dict[str, Any], settings: dict[str, Any]) -> None:
    assert settings_of(RdsInstance, "aws_db_instance", attributes) == settings
