"""Each type of event: what starts the function, and by which door."""

from __future__ import annotations

import textwrap

import pytest

from tests.engine.formats.serverless.services import kinds, read
from tests.engine.formats.templates import link

FUNCTION = "HelloLambdaFunction"
RESOURCES = """
resources:
  Resources:
    Jobs: {Type: AWS::SQS::Queue}
    News: {Type: AWS::SNS::Topic}
    Files: {Type: AWS::S3::Bucket, Properties: {BucketName: files}}
    Table:
      Type: AWS::DynamoDB::Table
      Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}
    Clicks: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}
    Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}
    Cluster: {Type: AWS::MSK::Cluster, Properties: {NumberOfBrokerNodes: 2}}
    Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
    Listener:
      Type: AWS::ElasticLoadBalancingV2::Listener
      Properties: {LoadBalancerArn: !Ref Balancer}
"""
# The event, what it comes from, and that component's kind and link's mode.
EVENTS = [
    ("http: GET /users", "ApiGatewayRestApi", "rest_api", "sync"),
    ("http: {method: post, path: users}", "ApiGatewayRestApi", "rest_api", "sync"),
    ("httpApi: '*'", "HttpApi", "http_api", "sync"),
    ("httpApi: {method: get, path: /users}", "HttpApi", "http_api", "sync"),
    ("websocket: $connect", "WebsocketsApi", "websocket_api", "sync"),
    ("websocket: {route: send}", "WebsocketsApi", "websocket_api", "sync"),
    ("sqs: !GetAtt Jobs.Arn", "Jobs", "sqs_queue", "stream"),
    ("sqs: {arn: !GetAtt Jobs.Arn, batchSize: 5}", "Jobs", "sqs_queue", "stream"),
    ("sqs: arn:aws:sqs:us-east-1:1:other", "sqs", "sqs_queue", "stream"),
    ("sns: !Ref News", "News", "sns_topic", "async"),
    ("sns: {arn: !Ref News, topicName: news}", "News", "sns_topic", "async"),
    ("sns: greetings", "SNSTopicGreetings", "sns_topic", "async"),
    ("s3: photos", "S3BucketPhotos", "s3_bucket", "async"),
    ("s3: {bucket: files, event: s3:ObjectCreated:*, existing: true}", "Files", "s3_bucket",
     "async"),
    ("schedule: rate(5 minutes)", "HelloEventsRuleSchedule1", "schedule", "async"),
    ("schedule: {rate: [rate(1 hour)], method: scheduler}", "HelloEventsSchedule1", "schedule",
     "async"),
    ("stream: !GetAtt Table.StreamArn", "Table", "dynamodb_table", "stream"),
    ("stream: {type: dynamodb, arn: !GetAtt Table.StreamArn}", "Table", "dynamodb_table",
     "stream"),
    ("stream: {type: kinesis, arn: !GetAtt Clicks.Arn}", "Clicks", "kinesis_stream", "stream"),
    ("stream: arn:aws:kinesis:us-east-1:1:stream/other", "kinesis", "kinesis_stream", "stream"),
    ("eventBridge: {eventBus: orders, pattern: {source: [shop]}}", "Bus", "event_bus", "async"),
    ("eventBridge: {eventBus: !Ref Bus, pattern: {source: [shop]}}", "Bus", "event_bus", "async"),
    ("eventBridge: {eventBus: other, pattern: {source: [shop]}}", "OtherEventBus", "event_bus",
     "async"),
    ("eventBridge: {schedule: rate(1 hour)}", "HelloEventsRuleEventBridge1", "schedule", "async"),
    ("cloudwatchEvent: {event: {source: [aws.ec2]}}", "default", "event_bus", "async"),
    ("cloudwatchLog: /aws/lambda/other", "cloudwatch", "service_api", "async"),
    ("alb: {listenerArn: !Ref Listener, priority: 1, conditions: {path: /}}", "Balancer",
     "load_balancer", "sync"),
    ("alb: {listenerArn: 'arn:aws:elasticloadbalancing:us-east-1:1:listener/app/a/b/c'}",
     "ApplicationLoadBalancer", "load_balancer", "sync"),
    ("msk: {arn: !Ref Cluster, topic: clicks}", "Cluster", "msk_cluster", "stream"),
    ("kafka: {bootstrapServers: [a.example.com:9092], topic: t}", "msk", "service_api", "stream"),
    ("activemq: {arn: 'arn:aws:mq:us-east-1:1:broker:a', queue: q}", "mq", "service_api",
     "stream"),
    ("rabbitmq: {arn: 'arn:aws:mq:us-east-1:1:broker:a', queue: q}", "mq", "service_api",
     "stream"),
    ("cognitoUserPool: {pool: people, trigger: PreSignUp}", "CognitoUserPoolPeople",
     "cognito_user_pool", "sync"),
    ("alexaSkill: amzn1.ask.skill.a", "alexa", "service_api", "sync"),
    ("alexaSmartHome: amzn1.ask.skill.a", "alexa", "service_api", "sync"),
    ("iot: {sql: SELECT * FROM t}", "iot", "service_api", "async"),
]  # fmt: skip


def service(event: str) -> str:
    body = f"""
    functions:
      hello:
        handler: hello.handler
        events:
          - {event}
    """
    return textwrap.dedent(body) + RESOURCES


@pytest.mark.parametrize(("event", "source", "kind", "mode"), EVENTS)
def test_an_event_starts_its_function(event: str, source: str, kind: str, mode: str) -> None:
    found = read(service(event))

    assert kinds(found)[source] == kind
    assert link(found, source, FUNCTION).mode == mode
    inbound = [x.source for x in found.inbound(FUNCTION)]
    assert inbound == [source]


def test_how_a_function_takes_is_kept() -> None:
    event = "sqs: {arn: !GetAtt Jobs.Arn, batchSize: 5, maximumBatchingWindow: 3, "
    found = read(service(event + "maximumConcurrency: 20}"))

    assert link(found, "Jobs", FUNCTION).settings == {
        "batch": 5,
        "window_s": 3,
        "max_concurrency": 20,
    }


def test_a_function_url_is_a_component() -> None:
    found = read("""
        functions:
          hello: {handler: a.b, url: {authorizer: aws_iam}}
        """)

    assert kinds(found) == {FUNCTION: "lambda_function", f"{FUNCTION}Url": "lambda_url"}
    assert found.component(f"{FUNCTION}Url").settings["auth_type"] == "AWS_IAM"
    assert link(found, f"{FUNCTION}Url", FUNCTION).mode == "sync"


def test_a_function_at_the_edge_belongs_to_a_distribution() -> None:
    event = "cloudFront: {eventType: viewer-request, origin: https://www.example.com}"
    found = read(service(event))

    assert kinds(found)["CloudFrontDistribution"] == "cloudfront_distribution"
    assert kinds(found)[FUNCTION] == "edge_function"


@pytest.mark.parametrize(
    ("event", "api"),
    [
        ("http: {method: get, path: /, authorizer: guard}", "ApiGatewayRestApi"),
        ("http: {method: get, path: /, authorizer: {name: guard}}", "ApiGatewayRestApi"),
        ("httpApi: {method: get, path: /, authorizer: {name: own}}", "HttpApi"),
        ("websocket: {route: $connect, authorizer: guard}", "WebsocketsApi"),
    ],
)
def test_an_authorizer_is_asked(event: str, api: str) -> None:
    head = """
service: shop
provider:
  name: aws
  httpApi: {authorizers: {own: {type: request, functionName: guard}}}
"""
    text = service(event).replace("functions:", "functions:\n  guard: {handler: g.g}")
    found = read(text, head)

    assert link(found, api, "GuardLambdaFunction").settings["is_extra"] is True


def test_what_is_not_known_or_off_is_said() -> None:
    unknown, off = read(service("teapot: now")), read(service("sqs: {arn: a, enabled: false}"))

    assert any("'teapot' of hello is not known" in warning for warning in unknown.warnings)
    assert any("the event sqs is switched off" in warning for warning in off.warnings)
    assert not unknown.inbound(FUNCTION)
    assert not off.inbound(FUNCTION)
