"""A setting that is taken out leaves nothing behind, and nothing else goes with it."""

from __future__ import annotations

import pytest

from tests.engine.formats.cloudformation.export.changing import changed, refusal

BLOCK = """\
Resources:
  # The queue.
  A:
    Type: AWS::SQS::Queue
    Properties:
      # Long enough.
      VisibilityTimeout: 90 # seconds
      RedrivePolicy:
        maxReceiveCount: 5
"""


def test_its_line_goes() -> None:
    assert changed(BLOCK, "A", visibility_timeout_s=None) == BLOCK.replace(
        "      VisibilityTimeout: 90 # seconds\n", ""
    )


def test_what_it_leaves_empty_goes_too() -> None:
    text = changed(BLOCK, "A", visibility_timeout_s=None, max_receive_count=None)

    assert text == "Resources:\n  # The queue.\n  A:\n    Type: AWS::SQS::Queue\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{VisibilityTimeout: 90, FifoQueue: true}", "{FifoQueue: true}"),
        ("{FifoQueue: true, VisibilityTimeout: 90}", "{FifoQueue: true}"),
        ("{FifoQueue: true, VisibilityTimeout: 90, }", "{FifoQueue: true, }"),
        ("{\n    FifoQueue: true,\n    VisibilityTimeout: 90\n  }", "{\n    FifoQueue: true\n  }"),
    ],
)
def test_braces(before: str, after: str) -> None:
    text = "Resources:\n  A: {Type: AWS::SQS::Queue, Properties: %s}\n"

    assert changed(text % before, "A", visibility_timeout_s=None) == text % after


def test_the_last_line_has_no_break_as_before() -> None:
    text = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      FifoQueue: true"
    text += "\n      VisibilityTimeout: 90"

    assert changed(text, "A", visibility_timeout_s=None) == text.rpartition("\n")[0]


def test_what_is_not_there_needs_no_change() -> None:
    assert changed(BLOCK, "A", retention_s=None) == BLOCK


def test_a_part_with_more_than_the_setting_is_left_alone() -> None:
    text = """
        Resources:
          A:
            Type: AWS::DynamoDB::Table
            Properties:
              BillingMode: PAY_PER_REQUEST
              GlobalSecondaryIndexes: [{IndexName: a}]
        """
    assert "GlobalSecondaryIndexes of A cannot be written from 'indexes'" in refusal(
        text, "A", indexes=None
    )
