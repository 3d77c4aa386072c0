from __future__ import annotations

import pytest

from apps.engine import formats
from tests.engine.formats.templates import doors, link, read

SHOP = """
    AWSTemplateFormatVersion: 2010-09-09
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        Runtime: python3.12
        Timeout: 20
    Parameters:
      Memory:
        Type: Number
        Default: 512
    Resources:
      Shop:
        Type: AWS::Serverless::HttpApi
      Orders:
        Type: AWS::SQS::Queue
        Properties:
          VisibilityTimeout: 120
          RedrivePolicy:
            deadLetterTargetArn: !GetAtt Lost.Arn
            maxReceiveCount: 4
      Lost:
        Type: AWS::SQS::Queue
      Stock:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          TableName: stock
      Checkout:
        Type: AWS::Serverless::Function
        Properties:
          MemorySize: !Ref Memory
          Environment:
            Variables:
              QUEUE: !Ref Orders
          Policies:
            - SQSSendMessagePolicy:
                QueueName: !GetAtt Orders.QueueName
            - DynamoDBReadPolicy:
                TableName: !Ref Stock
          Events:
            Buy:
              Type: HttpApi
              Properties:
                ApiId: !Ref Shop
                Method: post
                Path: /orders
      Ship:
        Type: AWS::Serverless::Function
        Properties:
          Timeout: 60
          Events:
            Order:
              Type: SQS
              Properties:
                Queue: !GetAtt Orders.Arn
                BatchSize: 5
                ScalingConfig:
                  MaximumConcurrency: 20
"""


def test_it_reads_components_and_links() -> None:
    shop = read(SHOP)

    assert [(c.id, c.kind) for c in shop] == [
        ("Shop", "http_api"),
        ("Orders", "sqs_queue"),
        ("Lost", "sqs_queue"),
        ("Stock", "dynamodb_table"),
        ("Checkout", "lambda_function"),
        ("Ship", "lambda_function"),
    ]
    assert doors(shop) == {
        ("Shop", "Checkout", "invoke", "sync"),
        ("Checkout", "Orders", "send", "async"),
        ("Checkout", "Stock", "read", "sync"),
        ("Orders", "Ship", "invoke", "stream"),
        ("Orders", "Lost", "send", "async"),
    }
    assert not shop.warnings


def test_it_reads_settings_with_globals_and_defaults_of_parameters() -> None:
    shop = read(SHOP)

    checkout = shop.component("Checkout").settings
    assert checkout["memory_mb"] == 512
    assert checkout["timeout_s"] == 20
    assert checkout["runtime"] == "python3.12"
    assert shop.component("Ship").settings["timeout_s"] == 60
    assert shop.component("Orders").settings["max_receive_count"] == 4


def test_it_keeps_the_place_of_each_component_and_link() -> None:
    shop = read(SHOP)

    assert str(shop.component("Orders").source) == "template.yaml:15"
    buy = link(shop, "Shop", "Checkout")
    assert buy.origin.startswith("template.yaml:")
    assert buy.origin.endswith("event HttpApi")
    assert buy.settings == {"weight": 2.0, "route": "POST /orders"}
    assert buy.calls is None


def test_it_reads_how_a_consumer_takes_from_its_queue() -> None:
    poll = link(read(SHOP), "Orders", "Ship")

    assert poll.settings == {"batch": 5, "max_concurrency": 20}


def test_it_gives_components_the_names_that_the_template_gives() -> None:
    shop = read(SHOP)

    assert shop.component("Stock").name == "stock"
    assert shop.component("Orders").name == ""


def test_it_refuses_to_read_nothing() -> None:
    with pytest.raises(formats.UnreadableInput, match="No file is given"):
        formats.read({})
