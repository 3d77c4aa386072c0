"""SAM events: what starts a function or a state machine."""

from __future__ import annotations

import pytest

from apps.engine.graph import Architecture
from tests.engine.formats.templates import doors, link, pairs, read


def started_by(event: str, more: str = "") -> Architecture:
    """Return a design with one function `F`, which one event starts."""
    return read(
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n"
        f"        E: {event}\n{more}"
    )


SOURCES = """
  Q: {Type: 'AWS::SQS::Queue'}
  S: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 1}}
  T: {Type: 'AWS::SNS::Topic'}
  D: {Type: 'AWS::DynamoDB::Table'}
  B: {Type: 'AWS::Events::EventBus', Properties: {Name: orders}}
  P: {Type: 'AWS::Cognito::UserPool'}
"""


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("{Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}", ("Q", "F", "invoke", "stream")),
        ("{Type: Kinesis, Properties: {Stream: !GetAtt S.Arn}}", ("S", "F", "invoke", "stream")),
        (
            "{Type: DynamoDB, Properties: {Stream: !GetAtt D.StreamArn}}",
            ("D", "F", "invoke", "stream"),
        ),
        ("{Type: SNS, Properties: {Topic: !Ref T}}", ("T", "F", "event", "async")),
        (
            "{Type: EventBridgeRule, Properties: {EventBusName: !Ref B, Pattern: {source: [x]}}}",
            ("B", "F", "event", "async"),
        ),
        (
            "{Type: EventBridgeRule, Properties: {EventBusName: orders, Pattern: {}}}",
            ("B", "F", "event", "async"),
        ),
        ("{Type: Cognito, Properties: {UserPool: !Ref P}}", ("P", "F", "invoke", "sync")),
        ("{Type: MSK, Properties: {Stream: 'arn:x'}}", ("msk", "F", "invoke", "stream")),
    ],
)
def test_it_links_an_event_with_what_it_comes_from(
    event: str, expected: tuple[str, str, str, str]
) -> None:
    assert doors(started_by(event, SOURCES)) == {expected}


def test_a_source_outside_of_the_template_is_named_by_its_service() -> None:
    design = started_by("{Type: Kinesis, Properties: {Stream: 'arn:aws:kinesis:eu-west-1:1:s/x'}}")

    assert [(c.id, c.kind) for c in design][1:] == [("kinesis", "kinesis_stream")]
    assert [door[1:] for door in doors(design)] == [("F", "invoke", "stream")]
    assert "kinesis is used and not defined here" in design.warnings[0]


def test_an_event_without_an_api_uses_the_one_that_sam_makes() -> None:
    design = started_by("{Type: Api, Properties: {Method: get, Path: /a}}")

    assert design.component("ServerlessRestApi").kind == "rest_api"
    assert link(design, "ServerlessRestApi", "F").settings == {"weight": 10.0, "route": "GET /a"}


def test_the_made_api_has_the_global_settings() -> None:
    design = read(
        """
        Globals: {HttpApi: {DefaultRouteSettings: {ThrottlingRateLimit: 9}}}
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties: {Events: {E: {Type: HttpApi}}}
        """
    )

    assert design.component("ServerlessHttpApi").settings["throttle_rate_rps"] == 9
    assert link(design, "ServerlessHttpApi", "F").settings["route"] == "ANY /"


def test_several_routes_of_an_api_share_a_link_and_add_up() -> None:
    design = read(
        """
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties:
              Events:
                A: {Type: Api, Properties: {Method: get, Path: /a}}
                B: {Type: Api, Properties: {Method: post, Path: /a}}
                C: {Type: Api, Properties: {Method: delete, Path: /a}}
        """
    )

    settings = link(design, "ServerlessRestApi", "F").settings
    assert settings["weight"] == pytest.approx(12.2)
    assert settings["route"] == "GET /a, POST /a, DELETE /a"


@pytest.mark.parametrize(
    "event",
    [
        "{Type: Schedule, Properties: {Schedule: rate(5 minutes)}}",
        "{Type: ScheduleV2, Properties: {ScheduleExpression: rate(5 minutes)}}",
    ],
)
def test_a_schedule_is_a_component_of_its_own(event: str) -> None:
    design = started_by(event)

    assert design.component("FE").kind == "schedule"
    assert design.component("FE").settings["expression"] == "rate(5 minutes)"
    assert doors(design) == {("FE", "F", "event", "async")}


def test_a_schedule_that_is_switched_off_sends_nothing() -> None:
    design = started_by("{Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}")

    assert [c.id for c in design] == ["F"]
    assert not design.links
    assert "switched off" in design.warnings[0]


def test_the_default_bus_is_a_component_once() -> None:
    design = started_by(
        "{Type: EventBridgeRule, Properties: {Pattern: {source: [aws.s3]}}}",
        "  G:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n"
        "        E: {Type: CloudWatchEvent, Properties: {Pattern: {source: [x]}}}\n",
    )

    assert pairs(design) == {("default", "F"), ("default", "G")}
    assert design.component("default").kind == "event_bus"


def test_calls_that_a_trail_records_come_by_the_trail() -> None:
    design = started_by(
        "{Type: EventBridgeRule, Properties: {Pattern: "
        "{source: [aws.ec2], detail-type: [AWS API Call via CloudTrail]}}}"
    )

    assert ("cloudtrail", "default") in pairs(design)


def test_an_event_starts_a_state_machine() -> None:
    design = read(
        """
        Resources:
          M:
            Type: AWS::Serverless::StateMachine
            Properties:
              Events: {E: {Type: Api, Properties: {Method: post, Path: /run}}}
        """
    )

    assert doors(design) == {("ServerlessRestApi", "M", "start", "async")}


def test_an_unknown_event_is_reported() -> None:
    assert "The event type Fax of F is not known." in started_by("{Type: Fax}").warnings[0]


def test_an_event_source_mapping_polls() -> None:
    design = read(
        """
        Resources:
          Q: {Type: 'AWS::SQS::Queue'}
          F: {Type: 'AWS::Lambda::Function'}
          Off:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {FunctionName: !Ref G, EventSourceArn: !GetAtt Q.Arn, Enabled: false}
          G: {Type: 'AWS::Lambda::Function'}
          M:
            Type: AWS::Lambda::EventSourceMapping
            Properties:
              FunctionName: !Ref F
              EventSourceArn: !GetAtt Q.Arn
              BatchSize: 7
              MaximumBatchingWindowInSeconds: 2
        """
    )

    assert doors(design) == {("Q", "F", "invoke", "stream")}
    assert link(design, "Q", "F").settings == {"batch": 7, "window_s": 2}


def test_a_dead_letter_queue_that_nobody_makes_is_none() -> None:
    event = "{Type: Schedule, Properties: {Schedule: rate(1 hour), DeadLetterConfig: {X: 1}}}"
    assert pairs(started_by(event)) == {("FE", "F")}
