"""DynamoDB table: capacity, growth, hot keys, streams, both bills."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.dynamodb_table import DynamodbTable
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.queue import Queue
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import (
    US,
    lanes_of,
    link_to,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)

SPREAD = {"It": {"hot_key_share": 0.0}}
PROVISIONED = DynamodbTable(billing_mode="PROVISIONED", read_capacity=200, write_capacity=100)


def test_provisioned_capacity_throttles_once_its_store_is_spent() -> None:
    first = run({"It": PROVISIONED}, enter=("It", "write"), rps=150.0, values=SPREAD, seconds=300)
    later = run({"It": PROVISIONED}, enter=("It", "write"), rps=150.0, values=SPREAD, seconds=1200)

    # quotas.csv: dynamodb.burst_seconds, default_value 300: 30,000 units carry 50 over for 600 s.
    assert US.quota("dynamodb.burst_seconds") == 300
    assert first.count("It", "write", "refused") == 0.0
    assert later.count("It", "write", "refused") == pytest.approx(50 * 600, rel=0.02)
    assert later.use("It", "write", "units") == pytest.approx(1.5)


def test_units_of_a_call_take_capacity() -> None:
    components = {"Handler": make_kind("lambda_function", memory_mb=1769), "It": PROVISIONED}
    link = Link(source="Handler", target="It", role="write", calls=2.0)

    seen = run(components, [link], enter=("Handler", "invoke"), rps=10.0, values=SPREAD, units=3.0)

    assert seen.count("It", "write", "units") == pytest.approx(60 * 600, rel=0.01)
    assert seen.use("It", "write", "units") == pytest.approx(0.6)


def test_one_key_takes_no_more_than_a_partition() -> None:
    hot = {"It": {"hot_key_share": 1.0}}

    seen = run({"It": DynamodbTable()}, enter=("It", "write"), rps=2_000.0, values=hot)

    # quotas.csv: dynamodb.partition_wcu, default_value 1000.
    assert US.quota("dynamodb.partition_wcu") == 1_000
    assert seen.use("It", "write", "hot_key") == pytest.approx(2.0)
    assert seen.count("It", "write", "refused") == pytest.approx(1_000 * 600, rel=0.01)


def test_on_demand_begins_at_4000_writes_and_grows() -> None:
    # quotas.csv: dynamodb.ondemand_initial_wps 4000.
    assert US.quota("dynamodb.ondemand_initial_wps") == 4_000

    seen = run({"It": DynamodbTable()}, enter=("It", "write"), rps=3_900.0, values=SPREAD)
    rush = run(
        {"It": DynamodbTable()}, enter=("It", "write"), rps=20_000.0, values=SPREAD, seconds=3600
    )

    assert seen.count("It", "write", "refused") == 0.0
    assert rush.count("It", "write", "refused") > 0.0
    last = rush.at("It", "write").port
    assert rush.model.v[last.failed] < 0.01  # It has grown by now.


def test_its_limits_are_those_of_its_mode() -> None:
    on_demand = {x.id: x for x in DynamodbTable().limits(US, make_place(DynamodbTable()))}
    provisioned = {x.id: x for x in PROVISIONED.limits(US, make_place(PROVISIONED))}

    # quotas.csv: dynamodb.table_rcu and table_wcu 40000, partition_rcu 3000, partition_wcu 1000.
    assert {id_: x.capacity for id_, x in on_demand.items()} == {
        "dynamodb.table_rcu": 40_000,
        "dynamodb.partition_rcu": 3_000,
        "dynamodb.table_wcu": 40_000,
        "dynamodb.partition_wcu": 1_000,
        # What growth begins from, dynamodb.ondemand_initial_rps and _wps.
        "dynamodb.ondemand_initial_rps": 12_000,
        "dynamodb.ondemand_initial_wps": 4_000,
    }
    assert provisioned["dynamodb.provisioned_rcu"].capacity == 200
    assert provisioned["dynamodb.provisioned_wcu"].capacity == 100


def test_its_stream_is_read_four_times_a_second() -> None:
    table = DynamodbTable(has_stream=True)
    place = make_place(table, outbound=[link_to("invoke", batch=50, parallelization=2)])

    (queue,) = lanes_of(table, place)["stream"].stages

    # quotas.csv: lambda.ddbstream_poll_rate 4 polls/s, dynamodb.stream_retention 24 h.
    assert isinstance(queue, Queue)
    assert (queue.pollers, queue.batch, queue.window_s) == (8.0, 50.0, 0.25)
    assert queue.keep_s == 24 * 3600.0


def test_writes_reach_the_readers_of_its_stream() -> None:
    components = {
        "It": DynamodbTable(has_stream=True),
        "Reader": make_kind("lambda_function", memory_mb=1769),
    }
    link = Link(source="It", target="Reader", role="invoke", mode="stream", settings={"batch": 10})

    seen = run(components, [link], enter=("It", "write"), rps=40.0)

    assert seen.count("It", "stream", "passed") == pytest.approx(24_000, rel=0.02)


def test_it_bills_units_on_demand_with_its_indexes() -> None:
    table = DynamodbTable(indexes=2)
    meters = Meters(units={"write": 1e6, "read": 1e6}, stored_gb=10.0)

    bill = price_bill([("It", usage) for usage in table.usage(meters)], US)

    # prices.csv: ddb.wru 0.000000625, ddb.rru 0.000000125, ddb.storage_gb_month 0.25.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(3 * 0.625 + 0.125 + 10 * 0.25)


def test_it_bills_provisioned_capacity_by_the_hour() -> None:
    lines = usage_of(PROVISIONED, Meters(hours=730.0, units={"write": 1e9}))

    assert lines["ddb.wcu_hour"].quantity == 73_000
    assert lines["ddb.rcu_hour"].quantity == 146_000
    # prices.csv: ddb.wcu_hour 0.00065, ddb.rcu_hour 0.00013.
    bill = price_bill([("It", usage) for usage in lines.values()], US)
    assert float(bill.monthly_usd) == pytest.approx(73_000 * 0.00065 + 146_000 * 0.00013)


def test_it_reads_templates() -> None:
    throughput = {"ReadCapacityUnits": 10, "WriteCapacityUnits": "20"}

    assert read_template(
        DynamodbTable,
        "AWS::DynamoDB::Table",
        {
            "BillingMode": "PAY_PER_REQUEST",
            "ProvisionedThroughput": throughput,
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        },
    ) == {
        "billing_mode": "PAY_PER_REQUEST",
        "read_capacity": 10,
        "write_capacity": 20,
        "has_stream": True,
    }
    assert read_template(
        DynamodbTable, "AWS::Serverless::SimpleTable", {"ProvisionedThroughput": throughput}
    ) == {"billing_mode": "PROVISIONED", "read_capacity": 10, "write_capacity": 20}


def test_a_table_of_cloudformation_is_provisioned_unless_it_says() -> None:
    assert DynamodbTable.IMPLIED["AWS::DynamoDB::Table"] == {"billing_mode": "PROVISIONED"}
    assert "AWS::Serverless::SimpleTable" not in DynamodbTable.IMPLIED
    with pytest.raises(InvalidSetting, match="Capacity must be one of"):
        DynamodbTable(billing_mode="SOMETIMES")


def test_units_are_metered_in_steps_of_1_kb_and_4_kb() -> None:
    meters = Meters(passed={"write": 100.0, "read": 100.0}, values={"item_bytes": 4097.0})

    lines = usage_of(DynamodbTable(), meters)

    assert lines["ddb.wru"].quantity == 500.0
    # Two steps of 4 KB, half a unit each while reads are eventually consistent.
    assert lines["ddb.rru"].quantity == 100.0


def test_given_units_are_those_of_the_bill_whatever_the_indexes() -> None:
    attributes = {
        "billing_mode": "PAY_PER_REQUEST",
        "read_capacity": 0,
        "global_secondary_index": [{"name": "A"}, {"name": "B"}],
    }

    found = billed("aws_dynamodb_table", attributes, {"monthly_write_request_units": 3000})

    assert found["ddb.wru"] == 3000
    assert (
        usage_of(DynamodbTable(indexes=2), Meters(units={"write": 10.0}))["ddb.wru"].quantity == 30
    )


def test_provisioned_indexes_have_capacity_of_their_own() -> None:
    index = {"write_capacity": 3, "read_capacity": 2}
    attributes = {"write_capacity": 10, "read_capacity": 20, "global_secondary_index": [index] * 2}

    found = billed("aws_dynamodb_table", attributes)

    assert found["ddb.wcu_hour"] == (10 + 6) * 730
    assert found["ddb.rcu_hour"] == (20 + 4) * 730
    table = {
        "GlobalSecondaryIndexes": [
            {"ProvisionedThroughput": {"WriteCapacityUnits": 3, "ReadCapacityUnits": 2}}
        ]
    }
    assert read_template(DynamodbTable, "AWS::DynamoDB::Table", table)["indexes_read_capacity"] == 2


def test_a_replica_is_billed_in_its_own_region() -> None:
    attributes = {
        "write_capacity": 20,
        "read_capacity": 30,
        "replica[0].region_name": "eu-west-1",
        "replica[1].region_name": "us-west-1",
    }

    found = billed("aws_dynamodb_table", attributes, {"storage_gb": 5})

    assert found["ddb.rwcu_hour.eu-west-1"] == found["ddb.rwcu_hour.us-west-1"] == 20 * 730
    assert found["ddb.storage_gb_month.eu-west-1"] == found["ddb.storage_gb_month"] == 5
    on_demand = billed(
        "aws_dynamodb_table",
        attributes | {"billing_mode": "PAY_PER_REQUEST"},
        {"monthly_write_request_units": 7},
    )
    assert on_demand["ddb.rwru.eu-west-1"] == 7


def test_recovery_keeps_the_whole_table_unless_a_bill_says_otherwise() -> None:
    table = DynamodbTable(has_pitr=True)

    assert usage_of(table, Meters(stored_gb=9.0))["ddb.pitr_gb_month"].quantity == 9.0
    given = Meters(stored_gb=9.0, given={"pitr_gb": 90.0, "backup_gb": 4.0, "stream_reads": 3.0})
    lines = usage_of(table, given)
    assert lines["ddb.pitr_gb_month"].quantity == 90.0
    assert lines["ddb.backup_gb_month"].quantity == 4.0
    assert lines["ddb.streams_rru"].quantity == 3.0
    assert "ddb.pitr_gb_month" not in usage_of(DynamodbTable(), given)


def test_the_infrequent_class_has_prices_of_its_own() -> None:
    found = billed(
        "aws_dynamodb_table",
        {"billing_mode": "PAY_PER_REQUEST", "table_class": "STANDARD_INFREQUENT_ACCESS"},
        {"monthly_read_request_units": 2, "storage_gb": 3},
    )

    assert (found["ddb.ia.rru"], found["ddb.ia.storage_gb_month"]) == (2, 3)
    assert "ddb.rru" not in found
