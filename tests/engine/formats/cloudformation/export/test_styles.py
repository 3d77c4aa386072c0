"""A changed word changes its line only, in the style of whoever wrote the template."""

from __future__ import annotations

import pytest

from tests.engine.formats.cloudformation.export.changing import changed, lines

BLOCK = """\
# The shop.
AWSTemplateFormatVersion: 2010-09-09   # as text
Transform: AWS::Serverless-2016-10-31
Resources:

    Work:   # a function
        Type: AWS::Serverless::Function
        Properties:
            Runtime:   'python3.12'
            "MemorySize": "256"   # enough
            Timeout: !!int 10
            Tracing: >-
                PassThrough
            InlineCode: |
                def handler(event, context):
                    return "MemorySize: 256"

            Environment: { Variables: {JOBS: !GetAtt Jobs.Arn } }

    Jobs: {Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 60, FifoQueue: yes,}}
    Unknown:
        Type: Some::Other::Thing
        Properties: &other {Kept: [1,2 , 3], "é": '😀'}
    Like: {Type: Some::Other::Thing, Properties: *other}
"""


@pytest.mark.parametrize(
    ("component", "setting", "value", "expected"),
    [
        ("Work", "memory_mb", 512, ['-            "MemorySize": "256"   # enough',
                                    '+            "MemorySize": "512"   # enough']),
        ("Work", "timeout_s", 20.0, ["-            Timeout: !!int 10",
                                     "+            Timeout: 20"]),
        ("Work", "runtime", "python3.13", ["-            Runtime:   'python3.12'",
                                           "+            Runtime:   'python3.13'"]),
        ("Work", "is_traced", True, ["-            Tracing: >-",
                                     "-                PassThrough",
                                     "+            Tracing: Active"]),
        ("Work", "reserved_concurrency", 9, ["+            ReservedConcurrentExecutions: 9"]),
        ("Work", "ephemeral_mb", 1024, ["+            EphemeralStorage:",
                                        "+                Size: 1024"]),
        ("Work", "architecture", "arm64", ["+            Architectures:",
                                           "+                - arm64"]),
    ],
)  # fmt: skip
def test_block_style(component: str, setting: str, value: object, expected: list[str]) -> None:
    assert lines(BLOCK, changed(BLOCK, component, **{setting: value})) == expected


def test_flow_style_of_yaml() -> None:
    text = changed(BLOCK, "Jobs", visibility_timeout_s=90.0, is_fifo=False, retention_s=600.0)

    assert lines(BLOCK, text)[1] == (
        '+    Jobs: {Type: "AWS::SQS::Queue", Properties: '
        "{ VisibilityTimeout: 90, FifoQueue: no, MessageRetentionPeriod: 600,}}"
    )


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_line_ends_order_mark_and_last_line_stay(ending: str, mark: bytes, last: str) -> None:
    text = (
        f"Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      FifoQueue: true{last}"
    )
    before = mark + text.replace("\n", ending).encode()
    after = changed(before, "A", visibility_timeout_s=90.0).encode()

    added = f"{ending}      VisibilityTimeout: 90".encode()
    end = last.replace("\n", ending).encode()
    assert after == before.removesuffix(end) + added + end


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"Resources":{"A":{"Type":"AWS::SQS::Queue"}}}',
         '{"Resources":{"A":{"Type":"AWS::SQS::Queue","Properties":{"VisibilityTimeout":90}}}}'),
        ('{"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": {}}}}\n',
         '{"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": '
         '{"VisibilityTimeout": 90}}}}\n'),
        ('{"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": null}}}',
         '{"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": '
         '{"VisibilityTimeout": 90}}}}'),
        ('{\n\t"Resources": {\n\t\t"A": {\n\t\t\t"Type" : "AWS::SQS::Queue"\n\t\t}\n\t}\n}\n',
         '{\n\t"Resources": {\n\t\t"A": {\n\t\t\t"Type" : "AWS::SQS::Queue",\n'
         '\t\t\t"Properties" : {\n\t\t\t\t"VisibilityTimeout" : 90\n\t\t\t}\n\t\t}\n\t}\n}\n'),
        ('{\n  "Resources": {\n    "A": {\n      "Type": "AWS::SQS::Queue",\n'
         '      "Properties": {}\n    }\n  }\n}',
         '{\n  "Resources": {\n    "A": {\n      "Type": "AWS::SQS::Queue",\n'
         '      "Properties": {\n        "VisibilityTimeout": 90\n      }\n    }\n  }\n}'),
        ('{"Resources": {"A": {"Properties": {"VisibilityTimeout": "30", "X": "\\ud83d\\ude00"},'
         ' "Type": "AWS::SQS::Queue"}}}',
         '{"Resources": {"A": {"Properties": {"VisibilityTimeout": "90", "X": "\\ud83d\\ude00"},'
         ' "Type": "AWS::SQS::Queue"}}}'),
    ],
)  # fmt: skip
def test_json(before: str, after: str) -> None:
    assert changed(before.encode(), "A", visibility_timeout_s=90.0) == after


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("Type: AWS::SQS::Queue\n", "Type: AWS::SQS::Queue\n    Properties:\n"
                                    "      VisibilityTimeout: 90\n"),
        ("Type: AWS::SQS::Queue\n    Properties:\n", "Type: AWS::SQS::Queue\n    Properties:\n"
                                                     "      VisibilityTimeout: 90\n"),
        ("Type: AWS::SQS::Queue\n    Properties: ~ # none\n",
         "Type: AWS::SQS::Queue\n    Properties:  # none\n      VisibilityTimeout: 90\n"),
        ("Type: AWS::SQS::Queue\n    Properties: {}\n",
         "Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeout: 90}\n"),
        ("Type: AWS::SQS::Queue\n    Properties: {\n      FifoQueue: true # as is\n    }\n",
         "Type: AWS::SQS::Queue\n    Properties: {\n      FifoQueue: true, # as is\n"
         "      VisibilityTimeout: 90\n    }\n"),
        ("Type: AWS::SQS::Queue\n    Properties:\n      Tags:\n        - Key: a\n"
         "          Value: b\n\n  # Below.\n",
         "Type: AWS::SQS::Queue\n    Properties:\n      Tags:\n        - Key: a\n"
         "          Value: b\n      VisibilityTimeout: 90\n\n  # Below.\n"),
    ],
)  # fmt: skip
def test_what_is_missing_gets_its_place(body: str, after: str) -> None:
    head = "Resources:\n  A:\n    "

    assert changed((head + body).encode(), "A", visibility_timeout_s=90.0) == head + after


def test_words_that_yaml_would_read_otherwise_are_quoted() -> None:
    text = """
        Resources:
          Api: {Type: AWS::Serverless::Api, Properties: {StageName: a}}
          Tick: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(5 minutes)}}
          Work: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12}}
          Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, EngineVersion: 15.4}}
        """
    assert "CacheClusterSize: '0.5'" in changed(text, "Api", cache_gb="0.5")
    assert ": cron(0 12 * * ? *)}" in changed(text, "Tick", expression="cron(0 12 * * ? *)")
    assert "Runtime: 'a: b # {c}'" in changed(text, "Work", runtime="a: b # {c}")
    assert "Runtime: 'yes'" in changed(text, "Work", runtime="yes")
    assert "EngineVersion: 15.6}" in changed(text, "Db", engine_version="15.6")
    assert "EngineVersion: '15.10'}" in changed(text, "Db", engine_version="15.10")
