"""Several services in one upload, and what lies beside them."""

from __future__ import annotations

from apps.engine import formats
from tests.engine.formats.serverless.services import kinds
from tests.engine.formats.templates import pairs

ORDERS = b"""
service: orders
provider: {name: aws, runtime: python3.13}
functions: {take: {handler: a.b, events: [{httpApi: "*"}]}}
resources:
  Resources: {Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}}
  Outputs: {Bus: {Value: !GetAtt Bus.Arn, Export: {Name: orders-bus}}}
"""
MAILS = b"""
service: mails
provider: {name: aws, runtime: python3.13}
functions:
  send:
    handler: a.b
    events:
      - eventBridge:
          eventBus: !ImportValue orders-bus
          pattern: {source: [orders]}
"""


def test_services_of_one_repository_are_read_together() -> None:
    found = formats.read(
        {
            "services/orders/serverless.yml": ORDERS,
            "services/mails/serverless.yml": MAILS,
            "serverless-compose.yml": b"services: {orders: {path: services/orders}}",
            "package.json": b'{"name": "shop"}',
        }
    )

    assert kinds(found) == {
        "orders/HttpApi": "http_api",
        "orders/Bus": "event_bus",
        "orders/TakeLambdaFunction": "lambda_function",
        "mails/SendLambdaFunction": "lambda_function",
    }
    assert pairs(found) == {
        ("orders/HttpApi", "orders/TakeLambdaFunction"),
        ("orders/Bus", "mails/SendLambdaFunction"),
    }


def test_a_fragment_named_like_a_service_is_no_service() -> None:
    found = formats.read(
        {
            "serverless.yml": b"service: a\nprovider: {name: aws}\n"
            b'functions: ["${file(parts/serverless.yml)}"]\n',
            "parts/serverless.yml": b"hello: {handler: a.b}\n",
        }
    )

    assert kinds(found) == {"HelloLambdaFunction": "lambda_function"}


def test_a_template_that_a_service_reads_is_not_read_twice() -> None:
    found = formats.read(
        {
            "serverless.yml": b"service: a\nprovider: {name: aws}\n"
            b"functions: {hello: {handler: a.b}}\nresources: ${file(tables.yml)}\n",
            "tables.yml": b"Resources: {Table: {Type: AWS::DynamoDB::Table}}\n",
        }
    )

    assert kinds(found) == {"HelloLambdaFunction": "lambda_function", "Table": "dynamodb_table"}


def test_a_broken_file_beside_a_service_is_left_out() -> None:
    found = formats.read(
        {
            "serverless.yml": b"service: a\nprovider: {name: aws}\n"
            b"functions: {hello: {handler: a.b}}\n",
            "broken.yml": b"Resources: {a: [\n",
        }
    )

    assert kinds(found) == {"HelloLambdaFunction": "lambda_function"}
    assert any("broken.yml" in warning for warning in found.warnings)
