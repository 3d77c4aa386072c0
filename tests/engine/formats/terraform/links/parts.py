"""Resources that the tests of links write beside their own."""

from __future__ import annotations

QUEUE = 'resource "aws_sqs_queue" "q" {}\n'
TOPIC = 'resource "aws_sns_topic" "t" {}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {}\n'
BUS = 'resource "aws_cloudwatch_event_bus" "b" {\n  name = "b"\n}\n'
TABLE = """
resource "aws_dynamodb_table" "t" {
  name             = "t"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
}
"""
Q, T, B = "aws_sqs_queue.q", "aws_sns_topic.t", "aws_s3_bucket.b"
D = "aws_dynamodb_table.t"
