"""What AWS wants changed along with a mode is changed along with it."""

from __future__ import annotations

from tests.engine.formats.cloudformation.export.changing import (
    NAME,
    changed,
    exported,
    lines,
    refusal,
)

TABLES = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Old:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PROVISIONED
      ProvisionedThroughput:
        ReadCapacityUnits: 5
        WriteCapacityUnits: 5
      GlobalSecondaryIndexes:
        - IndexName: by-day
          ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}
          Projection: {ProjectionType: ALL}
  New:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
  Stream:
    Type: AWS::Kinesis::Stream
    Properties: {ShardCount: 3}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
"""


def test_a_table_on_demand_has_no_capacity_and_its_indexes_have_none() -> None:
    assert lines(TABLES, changed(TABLES, "Old", billing_mode="PAY_PER_REQUEST")) == [
        "-      BillingMode: PROVISIONED",
        "-      ProvisionedThroughput:",
        "-        ReadCapacityUnits: 5",
        "-        WriteCapacityUnits: 5",
        "+      BillingMode: PAY_PER_REQUEST",
        "-          ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}",
    ]


def test_a_stream_on_demand_has_no_shards() -> None:
    text = changed(TABLES, "Stream", mode="ON_DEMAND")

    assert "Properties: {StreamModeDetails: {StreamMode: ON_DEMAND}}\n" in text


def test_a_table_with_provisioned_capacity_says_how_much() -> None:
    sentence = refusal(TABLES, "New", billing_mode="PROVISIONED")
    text = changed(TABLES, "New", billing_mode="PROVISIONED", read_capacity=7, write_capacity=8)

    assert "give read_capacity and write_capacity" in sentence
    assert lines(TABLES, text) == [
        "-      BillingMode: PAY_PER_REQUEST",
        "+      BillingMode: PROVISIONED",
        "+      ProvisionedThroughput:",
        "+        ReadCapacityUnits: 7",
        "+        WriteCapacityUnits: 8",
    ]


def test_provisioned_concurrency_stands_on_an_alias() -> None:
    export = exported(TABLES, {"Work": {"provisioned_concurrency": 5}})

    assert lines(TABLES, export.files[NAME].decode()) == [
        "+      AutoPublishAlias: live",
        "+      ProvisionedConcurrencyConfig:",
        "+        ProvisionedConcurrentExecutions: 5",
    ]
    assert export.notes == ("Work has the alias 'live' now: provisioned concurrency needs one.",)


def test_a_refused_setting_does_not_hold_up_the_others() -> None:
    export = exported(TABLES, {"New": {"billing_mode": "PROVISIONED", "has_pitr": True}})

    assert len(export.refused) == 1
    assert "PointInTimeRecoveryEnabled: true" in export.files[NAME].decode()
