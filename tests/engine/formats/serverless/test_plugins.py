"""What common plugins add to a service."""

from __future__ import annotations

import pytest

from tests.engine.formats.serverless.services import kinds, read
from tests.engine.formats.templates import link, pairs

FUNCTION = "HelloLambdaFunction"


def test_a_queue_of_lift_has_its_worker_and_its_lost_messages() -> None:
    found = read("""
        constructs:
          jobs:
            type: queue
            maxConcurrency: 5
            batchSize: 3
            maxBatchingWindow: 10
            worker: {handler: a.b, timeout: 20}
        functions:
          hello:
            handler: a.c
            environment: {QUEUE: "${construct:jobs.queueUrl}"}
            iamRoleStatements:
              - {Effect: Allow, Action: sqs:SendMessage, Resource: "${construct:jobs.queueArn}"}
        """)

    assert pairs(found) == {
        ("JobsQueue", "JobsWorkerLambdaFunction"),
        ("JobsQueue", "JobsDlq"),
        (FUNCTION, "JobsQueue"),
    }
    queue = found.component("JobsQueue").settings
    # Six times the worker's time, and the window.
    assert (queue["visibility_timeout_s"], queue["max_receive_count"]) == (130, 3)
    assert link(found, "JobsQueue", "JobsWorkerLambdaFunction").settings == {
        "batch": 3,
        "window_s": 10,
        "max_concurrency": 5,
    }


def test_other_constructs_of_lift_are_read() -> None:
    found = read("""
        constructs:
          files: {type: storage}
          data: {type: database/dynamodb-single-table}
          hook: {type: webhook, path: /hook, authorizer: {handler: a.d}}
          site: {type: static-website, path: dist}
          page: {type: server-side-website, assets: {/css/*: css}}
          tea: {type: teapot}
        functions:
          hello: {handler: a.b, events: [{httpApi: "*"}]}
        """)

    assert kinds(found) == {
        "FilesBucket": "s3_bucket",
        "DataTable": "dynamodb_table",
        "HookHttpApi": "http_api",
        "HookEventBus": "event_bus",
        "HookAuthorizerLambdaFunction": "lambda_function",
        "SiteBucket": "s3_bucket",
        "SiteCDN": "cloudfront_distribution",
        "PageBucket": "s3_bucket",
        "PageCDN": "cloudfront_distribution",
        "HttpApi": "http_api",
        FUNCTION: "lambda_function",
    }
    assert {
        ("HookHttpApi", "HookEventBus"),
        ("HookHttpApi", "HookAuthorizerLambdaFunction"),
        ("SiteCDN", "SiteBucket"),
        ("PageCDN", "PageBucket"),
        ("PageCDN", "HttpApi"),
    } <= pairs(found)
    assert any("'teapot' is not known" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("event", "source", "mode"),
    [
        ("http: {path: start, method: POST}", "ApiGatewayRestApi", "async"),
        ("httpApi: {path: /start, method: POST}", "HttpApi", "async"),
        ("schedule: rate(1 hour)", "OrderStepFunctionsStateMachineSchedule1", "async"),
        ("cloudwatchEvent: {event: {source: [aws.s3]}}", "default", "async"),
        ("eventBridge: {eventBusName: orders, event: {source: [a]}}", "OrdersEventBus", "async"),
    ],
)
def test_a_state_machine_is_started(event: str, source: str, mode: str) -> None:
    found = read(f"""
        functions:
          hello: {{handler: a.b}}
        stepFunctions:
          stateMachines:
            order:
              type: EXPRESS
              events:
                - {event}
              definition:
                StartAt: Greet
                States:
                  Greet: {{Type: Task, Resource: !GetAtt hello.Arn, End: true}}
        """)
    machine = "OrderStepFunctionsStateMachine"

    assert found.component(machine).settings["type"] == "EXPRESS"
    assert pairs(found) == {(source, machine), (machine, FUNCTION)}
    assert link(found, source, machine).mode == mode


@pytest.mark.parametrize("place", ["appSync", "custom"])
def test_a_graph_asks_its_sources(place: str) -> None:
    graph = """
          name: shop
          authentication: {type: API_KEY}
          dataSources:
            hello: {type: AWS_LAMBDA, config: {functionName: hello}}
            stock: {type: AMAZON_DYNAMODB, config: {tableName: !Ref Stock}}
            other: {type: HTTP, config: {endpoint: https://api.example.com}}
            none: {type: NONE}
    """
    head = f"\nappSync:{graph}" if place == "appSync" else f"\ncustom:\n        appSync:{graph}"
    found = read(
        """
        functions: {hello: {handler: a.b}}
        resources: {Resources: {Stock: {Type: AWS::DynamoDB::Table}}}
        """,
        f"service: shop\nprovider: {{name: aws}}{head}\n",
    )

    assert pairs(found) == {
        ("GraphQlApi", FUNCTION),
        ("GraphQlApi", "Stock"),
        ("GraphQlApi", "api.example.com"),
    }


def test_throttles_of_apis_are_read() -> None:
    head = """
service: shop
provider:
  name: aws
  apiGateway: {usagePlan: {throttle: {rateLimit: 50, burstLimit: 20}}}
"""
    planned = read("functions: {hello: {handler: a.b, events: [{http: GET /}]}}", head)
    throttled = read("""
        custom: {apiGatewayThrottling: {maxRequestsPerSecond: 70, maxConcurrentRequests: 30}}
        functions: {hello: {handler: a.b, events: [{http: GET /}]}}
        """)

    plan = planned.component("ApiGatewayRestApi").settings
    methods = throttled.component("ApiGatewayRestApi").settings
    assert 50 in plan.values()
    assert 20 in plan.values()
    assert 70 in methods.values()
    assert 30 in methods.values()


def test_tables_scale_by_a_plugin() -> None:
    found = read("""
        custom:
          capacities:
            - table: [Stock, Missing]
              read: {minimum: 6, maximum: 100, usage: 0.8}
              write: {}
        resources:
          Resources:
            Stock:
              Type: AWS::DynamoDB::Table
              Properties:
                ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 10}
        """)

    table = found.component("Stock").settings
    assert [table[f"read_{word}"] for word in ("minimum", "maximum", "target_percent")] == [
        *(6, 100, 80),
    ]
    assert [table[f"write_{word}"] for word in ("minimum", "maximum", "target_percent")] == [
        *(5, 200, 75),
    ]
