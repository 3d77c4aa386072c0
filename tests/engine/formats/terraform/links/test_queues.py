"""What is polled, and where goes what could not be handled."""

from __future__ import annotations

from tests.engine.formats.templates import link, pairs
from tests.engine.formats.terraform.configurations import FUNCTION, F, read
from tests.engine.formats.terraform.links.parts import QUEUE, TABLE, D, Q


def test_an_event_source_mapping_takes_from_a_queue() -> None:
    found = read(
        FUNCTION
        + QUEUE
        + """
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn                   = aws_sqs_queue.q.arn
          function_name                      = aws_lambda_function.f.arn
          batch_size                         = 25
          maximum_batching_window_in_seconds = 3
          scaling_config {
            maximum_concurrency = 7
          }
        }
        """
    )
    taken = link(found, Q, F)
    assert (taken.role, taken.mode) == ("invoke", "stream")
    assert taken.settings == {"batch": 25, "window_s": 3, "max_concurrency": 7}
    assert taken.origin == "main.tf:16 event source mapping"


def test_a_mapping_that_is_off_takes_nothing() -> None:
    mapping = """
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn = aws_sqs_queue.q.arn
          function_name    = aws_lambda_function.f.arn
          enabled          = false
        }
        """
    assert pairs(read(FUNCTION + QUEUE + mapping)) == set()


def test_a_mapping_takes_from_the_stream_of_a_table() -> None:
    mapping = """
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn = aws_dynamodb_table.t.stream_arn
          function_name    = aws_lambda_function.f.function_name
          destination_config {
            on_failure {
              destination_arn = aws_sqs_queue.q.arn
            }
          }
        }
        """
    found = read(FUNCTION + TABLE + QUEUE + mapping)
    assert pairs(found) == {(D, F), (F, Q)}
    assert link(found, D, F).mode == "stream"
    assert link(found, F, Q).settings == {"dead_letter": True}
    assert found.component(D).settings["has_stream"] is True


def test_failures_go_to_queues_and_functions() -> None:
    found = read(
        FUNCTION.replace(
            '  filename      = "f.zip"\n',
            "  dead_letter_config {\n    target_arn = aws_sqs_queue.dead.arn\n  }\n",
        )
        + QUEUE
        + """
        resource "aws_sqs_queue" "dead" {}
        resource "aws_sqs_queue_redrive_policy" "r" {
          queue_url      = aws_sqs_queue.q.id
          redrive_policy = jsonencode({
            deadLetterTargetArn = aws_sqs_queue.dead.arn
            maxReceiveCount     = 4
          })
        }
        resource "aws_lambda_function_event_invoke_config" "i" {
          function_name = aws_lambda_function.f.function_name
          destination_config {
            on_success {
              destination = aws_sqs_queue.q.arn
            }
          }
        }
        """
    )
    dead = "aws_sqs_queue.dead"
    assert pairs(found) == {(F, dead), (Q, dead), (F, Q)}
    assert found.component(Q).settings["max_receive_count"] == 4
