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


OTHERS = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Simple:
    Type: AWS::Serverless::SimpleTable
  Paid:
    Type: AWS::Serverless::SimpleTable
    Properties:
      ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}
  Documents:
    Type: AWS::DocDB::DBCluster
    Properties: {MasterUsername: u}
  Aurora:
    Type: AWS::RDS::DBCluster
    Properties: {Engine: aurora-mysql}
  Logs:
    Type: AWS::Logs::LogGroup
  Tasks:
    Type: AWS::ECS::Service
    Properties: {LaunchType: FARGATE}
"""


def test_a_table_on_demand_takes_no_capacity() -> None:
    assert "change billing_mode too" in refusal(TABLES, "New", read_capacity=5)
    assert "change billing_mode too" in refusal(OTHERS, "Simple", read_capacity=5)


def test_the_mode_of_a_simple_table_follows_from_its_capacity() -> None:
    settings = {"billing_mode": "PROVISIONED", "read_capacity": 7, "write_capacity": 8}

    assert lines(OTHERS, changed(OTHERS, "Simple", **settings)) == [
        "+    Properties:",
        "+      ProvisionedThroughput:",
        "+        ReadCapacityUnits: 7",
        "+        WriteCapacityUnits: 8",
    ]
    assert lines(OTHERS, changed(OTHERS, "Paid", billing_mode="PAY_PER_REQUEST")) == [
        "-    Properties:",
        "-      ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}",
    ]


def test_the_other_half_of_a_pair_is_written_or_asked_for() -> None:
    text = changed(OTHERS, "Documents", min_dcu=2.0)

    assert "{MinCapacity: 2, MaxCapacity: " in text
    assert "give min_acu too" in refusal(OTHERS, "Aurora", max_acu=16.0)
    assert "{MaxCapacity: 16, MinCapacity: 2}" in changed(
        OTHERS, "Aurora", max_acu=16.0, min_acu=2.0
    )


def test_what_aws_does_not_take_is_not_written() -> None:
    assert "AWS takes 1, 3, 5, 7, 14" in refusal(OTHERS, "Logs", retention_days=8.0)
    assert "AWS takes EC2, FARGATE, EXTERNAL" in refusal(OTHERS, "Tasks", launch="FARGATE_SPOT")
