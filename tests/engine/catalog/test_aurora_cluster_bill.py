"""What an Aurora cluster costs, whole and in the two parts that Terraform has."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog.aurora_cluster import AuroraCluster
from apps.engine.catalog.base import Meters
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, usage_of

CLUSTER, MEMBER = "aws_rds_cluster", "aws_rds_cluster_instance"


def terraform(type_: str, attributes: dict[str, Any], **usage: float) -> dict[str, float]:
    """Return the quantities of a resource, by price id."""
    cluster = AuroraCluster(**settings_of(AuroraCluster, type_, attributes))
    lines = usage_of(cluster, meters_of(AuroraCluster, type_, usage))
    return {price_id: line.quantity for price_id, line in lines.items() if line.quantity}


def test_a_cluster_and_its_instances_together_cost_what_the_whole_does() -> None:
    meters = Meters(stored_gb=100.0, given={"reads_per_s": 5.0, "writes_per_s": 5.0})
    settings: dict[str, Any] = {"instance_class": "db.r6g.large", "insights_days": 31}

    lines = [
        usage_of(AuroraCluster(billed_part=part, **settings), meters)
        for part in ("whole", "storage", "instances")
    ]

    assert lines[0] == lines[1] | lines[2]
    assert not set(lines[1]) & set(lines[2])
    assert lines[1]["aurora.io_request"].quantity == 10 * 730 * 3600


def test_backups_of_one_day_are_included() -> None:
    for days, kept_gb in ((1, 0), (2, 50), (8, 350)):
        found = terraform(CLUSTER, {"backup_retention_period": days}, backup_snapshot_size_gb=50)
        assert found.get("aurora.backup_gb_month", 0) == kept_gb


def test_backtrack_keeps_each_record_for_its_window() -> None:
    usage = {"average_statements_per_hr": 1000, "change_records_per_statement": 0.5}

    found = terraform(CLUSTER, {"engine": "aurora-mysql"}, **usage, backtrack_window_hrs=24)
    of_attribute = terraform(CLUSTER, {"backtrack_window": 86_400}, **usage)
    of_postgres = terraform(CLUSTER, {"engine": "aurora-postgresql"}, **usage)

    assert found["aurora.backtrack"] == 1000 * 0.5 * 730 * 24
    assert of_attribute == found
    assert of_postgres == {}


def test_a_simulated_backtrack_follows_the_queries() -> None:
    cluster = AuroraCluster(engine="aurora-mysql", backtrack_h=10.0)
    meters = Meters(passed={"query": 1e6}, values={"records_per_query": 0.2})

    assert usage_of(cluster, meters)["aurora.backtrack"].quantity == pytest.approx(2e6)
    assert cluster.assumed(US)["records_per_query"].expected > 0


def test_capacity_of_serverless_is_billed_where_it_stands() -> None:
    member = {"instance_class": "db.serverless", "engine": "aurora-postgresql"}

    assert terraform(MEMBER, member, capacity_units_per_hr=5) == {"aurora.acu_hour": 3650}
    first = terraform(CLUSTER, {"engine_mode": "serverless"}, capacity_units_per_hr=5)
    assert first == {"aurora.serverless_v1_acu_hour": 3650}


def test_optimized_storage_has_its_own_prices_and_no_reads() -> None:
    found = terraform(
        CLUSTER, {"storage_type": "aurora-iopt1"}, storage_gb=10, read_requests_per_sec=5
    )

    assert found == {"aurora.storage_gb_month.ioopt": 10}


def test_credits_of_burstable_instances_are_those_of_all_processors() -> None:
    member = {"instance_class": "db.t3.large", "engine": "aurora-mysql"}

    found = terraform(MEMBER, member, monthly_cpu_credit_hrs=10)
    counted = terraform(MEMBER, member, monthly_cpu_credit_hrs=10, vcpu_count=4)

    assert (found["aurora.cpu_credits"], counted["aurora.cpu_credits"]) == (20, 40)
    # One processor busy around the clock; three instances earn 0.6 each.
    busy = Meters(units={"query": 730 * 3600.0 * 3})
    cluster = AuroraCluster(instance_class="db.t3.large", readers=2)
    assert usage_of(cluster, busy)["aurora.cpu_credits"].quantity == pytest.approx(1.2 * 730)


def test_instances_may_be_reserved_and_old_versions_supported() -> None:
    cluster = AuroraCluster(
        instance_class="db.r6g.large",
        readers=1,
        engine_version="12.9",
        committed_years=1,
        payment="all upfront",
    )

    lines = usage_of(cluster, Meters())

    hour = "aurora.pg.db.r6g.large.hour.reserved_1y_all"
    assert lines[hour].quantity == 2 * 730
    assert lines[f"{hour}.upfront"].quantity == pytest.approx(2 / 12)
    assert lines["aurora.extended_support_y1"].quantity == 2 * 2 * 730


def test_insights_of_serverless_count_capacity() -> None:
    kept = {
        "instance_class": "db.serverless",
        "performance_insights_enabled": True,
        "performance_insights_retention_period": 731,
    }

    found = terraform(MEMBER, kept, capacity_units_per_hr=4)

    assert found == {"aurora.acu_hour": 2920, "rds.insights.serverless_acu_month": 4}


def test_a_published_month_of_serverless_is_met() -> None:
    # price_examples_dev.csv ic-19: 5 ACU for 730 hours are $438.00.
    cluster = AuroraCluster(instance_class="db.serverless")

    bill = price_bill([("Db", u) for u in cluster.usage(Meters(given={"acu": 5.0}))], US)

    assert float(bill.monthly_usd) == pytest.approx(438.0, abs=0.005)
