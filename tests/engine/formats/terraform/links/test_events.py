"""What hands on what: buses, clocks, topics, buckets, pipes, streams."""

from __future__ import annotations

import pytest

from tests.engine.formats.templates import doors, link, pairs
from tests.engine.formats.terraform.configurations import FUNCTION, F, read
from tests.engine.formats.terraform.links.parts import BUCKET, BUS, QUEUE, TABLE, TOPIC, B, D, Q, T


def test_a_rule_hands_events_of_a_bus_to_its_targets() -> None:
    found = read(
        FUNCTION
        + QUEUE
        + BUS
        + """
        resource "aws_cloudwatch_event_rule" "r" {
          event_bus_name = aws_cloudwatch_event_bus.b.name
          event_pattern  = <<-EOT
            {"source": ["shop"]}
          EOT
        }

        resource "aws_cloudwatch_event_target" "f" {
          rule           = aws_cloudwatch_event_rule.r.name
          event_bus_name = aws_cloudwatch_event_bus.b.name
          arn            = aws_lambda_function.f.arn
          dead_letter_config {
            arn = aws_sqs_queue.q.arn
          }
        }

        resource "aws_cloudwatch_event_target" "q" {
          rule           = aws_cloudwatch_event_rule.r.name
          event_bus_name = aws_cloudwatch_event_bus.b.name
          arn            = aws_sqs_queue.q.arn
        }
        """
    )
    bus = "aws_cloudwatch_event_bus.b"
    assert doors(found) == {(bus, F, "event", "async"), (bus, Q, "send", "async")}


def test_a_rule_without_a_bus_listens_on_the_default_one() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_cloudwatch_event_rule" "r" {
          event_pattern = jsonencode({ source = ["shop"] })
        }

        resource "aws_cloudwatch_event_target" "f" {
          rule = aws_cloudwatch_event_rule.r.name
          arn  = aws_lambda_function.f.arn
        }
        """
    )
    assert pairs(found) == {("default", F)}


@pytest.mark.parametrize(
    ("resources", "clock"),
    [
        (
            """
            resource "aws_cloudwatch_event_rule" "c" {
              schedule_expression = "rate(5 minutes)"
            }
            resource "aws_cloudwatch_event_target" "f" {
              rule = aws_cloudwatch_event_rule.c.name
              arn  = aws_lambda_function.f.arn
            }
            """,
            "aws_cloudwatch_event_rule.c",
        ),
        (
            """
            resource "aws_scheduler_schedule" "c" {
              schedule_expression = "rate(5 minutes)"
              flexible_time_window {
                mode = "OFF"
              }
              target {
                arn      = aws_lambda_function.f.arn
                role_arn = aws_iam_role.f.arn
              }
            }
            """,
            "aws_scheduler_schedule.c",
        ),
    ],
)
def test_a_clock_starts_a_function(resources: str, clock: str) -> None:
    found = read(FUNCTION + resources)
    assert found.component(clock).kind == "schedule"
    assert found.component(clock).settings["expression"] == "rate(5 minutes)"
    assert doors(found) == {(clock, F, "event", "async")}


def test_a_rule_that_is_off_starts_nothing() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_cloudwatch_event_rule" "c" {
          schedule_expression = "rate(5 minutes)"
          state               = "DISABLED"
        }
        resource "aws_cloudwatch_event_target" "f" {
          rule = aws_cloudwatch_event_rule.c.name
          arn  = aws_lambda_function.f.arn
        }
        """
    )
    assert pairs(found) == set()


def test_a_subscription_hands_on_what_is_published() -> None:
    found = read(
        QUEUE
        + TOPIC
        + """
        resource "aws_sqs_queue" "dead" {}
        resource "aws_sns_topic_subscription" "s" {
          topic_arn      = aws_sns_topic.t.arn
          protocol       = "sqs"
          endpoint       = aws_sqs_queue.q.arn
          redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })
        }
        """
    )
    assert pairs(found) == {(T, Q), (T, "aws_sqs_queue.dead")}
    assert link(found, T, "aws_sqs_queue.dead").settings["dead_letter"] is True


def test_a_bucket_notifies() -> None:
    found = read(
        FUNCTION
        + QUEUE
        + TOPIC
        + BUCKET
        + """
        resource "aws_s3_bucket_notification" "n" {
          bucket = aws_s3_bucket.b.id
          lambda_function {
            lambda_function_arn = aws_lambda_function.f.arn
            events              = ["s3:ObjectCreated:*"]
          }
          queue {
            queue_arn = aws_sqs_queue.q.arn
            events    = ["s3:ObjectRemoved:*"]
          }
          topic {
            topic_arn = aws_sns_topic.t.arn
            events    = ["s3:ObjectRemoved:*"]
          }
        }
        """
    )
    assert pairs(found) == {(B, F), (B, Q), (B, T)}
    assert link(found, B, F).mode == "async"


def test_a_bucket_tells_the_default_bus() -> None:
    found = read(
        FUNCTION
        + BUCKET
        + """
        resource "aws_s3_bucket_notification" "n" {
          bucket      = aws_s3_bucket.b.id
          eventbridge = true
        }
        resource "aws_cloudwatch_event_rule" "r" {
          event_pattern = jsonencode({ source = ["aws.s3"] })
        }
        resource "aws_cloudwatch_event_target" "f" {
          rule = aws_cloudwatch_event_rule.r.name
          arn  = aws_lambda_function.f.arn
        }
        """
    )
    assert pairs(found) == {(B, "default"), ("default", F)}


def test_a_pipe_takes_and_hands_on() -> None:
    found = read(
        FUNCTION
        + QUEUE
        + """
        resource "aws_pipes_pipe" "p" {
          role_arn   = aws_iam_role.f.arn
          source     = aws_sqs_queue.q.arn
          target     = aws_cloudwatch_event_bus.b.arn
          enrichment = aws_lambda_function.f.arn
          source_parameters {
            sqs_queue_parameters {
              batch_size = 5
            }
          }
        }
        """
        + BUS
    )
    p = "aws_pipes_pipe.p"
    assert pairs(found) == {(Q, p), (p, F), (p, "aws_cloudwatch_event_bus.b")}
    assert link(found, Q, p).settings["batch"] == 5
    assert link(found, p, F).mode == "sync"


def test_a_delivery_stream_takes_and_delivers() -> None:
    found = read(
        BUCKET
        + """
        resource "aws_kinesis_stream" "k" {
          shard_count = 1
        }
        resource "aws_kinesis_firehose_delivery_stream" "d" {
          destination = "extended_s3"
          kinesis_source_configuration {
            kinesis_stream_arn = aws_kinesis_stream.k.arn
            role_arn           = "arn:aws:iam::1:role/x"
          }
          extended_s3_configuration {
            bucket_arn         = aws_s3_bucket.b.arn
            role_arn           = "arn:aws:iam::1:role/x"
            buffering_interval = 60
          }
        }
        """
    )
    d = "aws_kinesis_firehose_delivery_stream.d"
    assert doors(found) == {("aws_kinesis_stream.k", d, "read", "stream"), (d, B, "put", "sync")}
    assert found.component(d).settings["buffer_s"] == 60


def test_a_table_feeds_a_stream() -> None:
    found = read(
        TABLE
        + """
        resource "aws_kinesis_stream" "k" {
          shard_count = 1
        }
        resource "aws_dynamodb_kinesis_streaming_destination" "d" {
          table_name = aws_dynamodb_table.t.name
          stream_arn = aws_kinesis_stream.k.arn
        }
        """
    )
    assert pairs(found) == {(D, "aws_kinesis_stream.k")}


def test_a_log_group_feeds_a_function() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_cloudwatch_log_group" "g" {
          name              = "g"
          retention_in_days = 14
        }
        resource "aws_cloudwatch_log_subscription_filter" "s" {
          name            = "s"
          log_group_name  = aws_cloudwatch_log_group.g.name
          filter_pattern  = ""
          destination_arn = aws_lambda_function.f.arn
        }
        """
    )
    group = "aws_cloudwatch_log_group.g"
    assert pairs(found) == {(group, F)}
    assert found.component(group).settings["retention_days"] == 14


def test_a_rule_of_iot_hands_messages_on() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_iot_topic_rule" "r" {
          name        = "r"
          enabled     = true
          sql         = "SELECT * FROM 'x'"
          sql_version = "2016-03-23"
          lambda {
            function_arn = aws_lambda_function.f.arn
          }
        }
        """
    )
    assert ("aws_iot_topic_rule.r", F) in pairs(found)
