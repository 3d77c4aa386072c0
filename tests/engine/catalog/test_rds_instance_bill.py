"""What an RDS instance costs: hours, storage, operations, backups, CPU credits."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.rds_instance import RdsInstance
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, usage_of


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
