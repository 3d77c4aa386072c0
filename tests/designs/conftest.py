from __future__ import annotations

import pytest

from apps.accounts.models import Team
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design

TEMPLATE = b"""\
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: 'AWS::Serverless::HttpApi'}
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      MemorySize: 512
      Policies: [DynamoDBCrudPolicy: {TableName: !Ref Table}]
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /}}
  Table: {Type: 'AWS::DynamoDB::Table', Properties: {BillingMode: PAY_PER_REQUEST}}
"""
# What the form of Orders holds before anything is changed.
SETTINGS: dict[str, object] = {
    "version": 1,
    "runtime": "python3.13",
    "memory_mb": 512,
    "timeout_s": 3,
    "ephemeral_mb": 512,
    "provisioned_concurrency": 0,
    "architecture": "x86_64",
    "package_type": "Zip",
    "reserved_concurrency": "",
    "sqs_epus": 0,
    "kafka_epus": 0,
    "payment": "no upfront",
}


@pytest.fixture
def design(team: Team) -> Design:
    files = {"template.yaml": TEMPLATE}
    return create_design_from_files(team=team, author=None, name="Checkout", files=files)
