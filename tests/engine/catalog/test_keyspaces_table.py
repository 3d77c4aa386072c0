"""Keyspaces table: capacity on demand and provisioned, partitions, bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.keyspaces_table import TABLE, KeyspacesTable
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.graph import Link
from apps.engine.stages.credits import Credits
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import (
    US,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)

PROVISIONED = KeyspacesTable(billing_mode="PROVISIONED", read_capacity=100, write_capacity=50)


def credits_of(table: KeyspacesTable, role: str) -> Credits:
    (stage,) = lanes_of(table)[role].stages
    assert isinstance(stage, Credits)
    return stage


def test_a_table_on_demand_begins_with_twice_its_first_peak_and_ends_at_40_000() -> None:
    # keyspaces quotas: 40,000 units a second for each table; 3,000 and 1,000 for a partition.
    read, write = credits_of(KeyspacesTable(), "read"), credits_of(KeyspacesTable(), "write")

    assert (read.rate_per_s, read.most_per_s, read.hot_per_s) == (12_000, 40_000, 3000)
    assert (write.rate_per_s, write.most_per_s, write.hot_per_s) == (4000, 40_000, 1000)


def test_provisioned_capacity_bursts_for_five_minutes() -> None:
    write = credits_of(PROVISIONED, "write")

    assert (write.rate_per_s, write.hold_s, write.most_per_s) == (50, 300, 0)


def test_writes_above_the_capacity_are_throttled_once_the_burst_is_spent() -> None:
    seen = run(
        {"Fn": LambdaFunction(), "Rows": PROVISIONED},
        [Link(source="Fn", target="Rows", role="write", calls=1.0)],
        enter=("Fn", "invoke"),
        rps=100.0,
        seconds=900,
    )

    # 300 s × 50 units saved last 300 s at 100 a second; afterwards at least half is refused.
    assert seen.use("Rows", "write", "units") > 2.0
    passed = seen.count("Rows", "write", "passed")
    assert passed == pytest.approx(50 * 900 + 50 * 300, rel=0.01)


def test_limits_name_units_and_partitions() -> None:
    limits = {
        (limit.role, limit.gauge): limit.capacity
        for limit in PROVISIONED.limits(US, make_place(PROVISIONED))
    }

    assert limits == {
        ("read", "units"): 100,
        ("read", "hot_key"): 3000,
        ("write", "units"): 50,
        ("write", "hot_key"): 1000,
    }


def test_it_is_billed_by_request_or_by_hour() -> None:
    on_demand = usage_of(KeyspacesTable(), Meters(units={"read": 5e6, "write": 1e6}, stored_gb=3))
    by_hour = usage_of(PROVISIONED, Meters())

    assert on_demand["keyspaces.rru"].quantity == 5e6
    assert on_demand["keyspaces.wru"].quantity == 1e6
    assert on_demand["keyspaces.storage_gb_month"].quantity == 3
    assert by_hour["keyspaces.rcu_hour"].quantity == 100 * 730
    assert by_hour["keyspaces.wcu_hour"].quantity == 50 * 730


def test_a_raised_table_has_the_capacity_that_is_used() -> None:
    assert PROVISIONED.raised(US, {("write", "units"): 2.5}).write_capacity == 125
    assert KeyspacesTable().raised(US, {("write", "units"): 2.5}) == KeyspacesTable()


def test_it_reads_a_template() -> None:
    settings = read_template(
        KeyspacesTable,
        TABLE,
        {
            "BillingMode": {
                "Mode": "PROVISIONED",
                "ProvisionedThroughput": {"ReadCapacityUnits": 100, "WriteCapacityUnits": 50},
            }
        },
    )

    assert make_kind("keyspaces_table", **settings) == PROVISIONED
    with pytest.raises(InvalidSetting, match="Capacity must be one of"):
        make_kind("keyspaces_table", billing_mode="FREE")


def test_recovery_and_what_a_bill_says_have_lines() -> None:
    table = KeyspacesTable(has_pitr=True)

    lines = usage_of(table, Meters(stored_gb=5.0, given={"ttl_deletes": 9.0, "restored_gb": 2.0}))

    assert lines["keyspaces.pitr_gb_month"].quantity == 5.0
    assert lines["keyspaces.ttl_delete"].quantity == 9.0
    assert lines["keyspaces.restore_gb"].quantity == 2.0
    terraform = {
        "capacity_specification": [{"throughput_mode": "PROVISIONED", "read_capacity_units": 7}],
        "point_in_time_recovery": [{"status": "ENABLED"}],
    }
    assert billed("aws_keyspaces_table", terraform)["keyspaces.rcu_hour"] == 7 * 730
