"""Scalable targets and policies become settings of the table that they scale."""

from __future__ import annotations

import pytest

from tests.engine.formats.templates import read

TABLE = """
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      ProvisionedThroughput: {ReadCapacityUnits: 10, WriteCapacityUnits: 20}
      GlobalSecondaryIndexes:
        - IndexName: by-day
          ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 7}
  Writes:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: dynamodb
      ResourceId: RESOURCE
      ScalableDimension: dynamodb:table:WriteCapacityUnits
      MinCapacity: 20
      MaxCapacity: 400
  Index:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: dynamodb
      ResourceId: !Sub "table/${Orders}/index/by-day"
      ScalableDimension: dynamodb:index:WriteCapacityUnits
      MinCapacity: 1
      MaxCapacity: 2
  Policy:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Writes
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: 50
        PredefinedMetricSpecification:
          PredefinedMetricType: DynamoDBWriteCapacityUtilization
"""


@pytest.mark.parametrize("resource", ['!Sub "table/${Orders}"', "table/orders"])
def test_a_table_knows_between_what_it_is_scaled(resource: str) -> None:
    settings = read(TABLE.replace("RESOURCE", resource)).component("Orders").settings

    assert settings["write_minimum"] == 20
    assert settings["write_maximum"] == 400
    assert settings["write_target_percent"] == 50.0
    assert "read_maximum" not in settings
    assert settings["index_write_capacity"] == 7
