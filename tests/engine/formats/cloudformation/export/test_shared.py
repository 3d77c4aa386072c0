"""A value that other places share is changed for one place only."""

from __future__ import annotations

import textwrap

from tests.engine.formats.cloudformation.export.changing import (
    NAME,
    changed,
    exported,
    lines,
    refusal,
)

TWO = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 10
    Runtime: python3.12
    Architectures: [x86_64]
Resources:
  A:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
  B:
    Type: AWS::Serverless::Function
    Properties: {Handler: c.d}
"""
PARAMETERS = """\
Parameters:
  Memory: {Type: Number, Default: '256', MaxValue: 1024}
  Wait: {Type: Number, Default: 5}
  Kept: {Type: Number, Default: 7, NoEcho: true}
  Asked: {Type: Number}
Resources:
  A:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      MemorySize: !Ref Memory
      Timeout:
        Ref: Wait
      ReservedConcurrentExecutions: {Ref: Kept}
      EphemeralStorage: {Size: !Ref Asked}
  B:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.12, Timeout: !Ref Wait}
"""


def test_a_global_setting_is_written_on_the_resource() -> None:
    export = exported(TWO, {"A": {"timeout_s": 20.0}})

    assert lines(TWO, export.files[NAME].decode()) == ["+      Timeout: 20"]
    assert export.notes == (
        "Timeout of A came from Globals; it stands on the resource itself now.",
    )


def test_a_global_setting_changes_where_all_share_the_change() -> None:
    export = exported(TWO, {"A": {"timeout_s": 20.0}, "B": {"timeout_s": 20.0}})

    assert lines(TWO, export.files[NAME].decode()) == ["-    Timeout: 10", "+    Timeout: 20"]


def test_a_global_setting_stays_where_one_would_lose_it() -> None:
    assert "comes from Globals" in refusal(TWO, "A", timeout_s=None)
    assert "comes from Globals" in refusal(TWO, "A", architecture="arm64")


def test_the_default_of_a_parameter_changes_where_nothing_else_uses_it() -> None:
    export = exported(PARAMETERS, {"A": {"memory_mb": 512}})

    assert lines(PARAMETERS, export.files[NAME].decode()) == [
        "-  Memory: {Type: Number, Default: '256', MaxValue: 1024}",
        "+  Memory: {Type: Number, Default: '512', MaxValue: 1024}",
    ]
    assert "default of the parameter Memory is 512 now" in export.notes[0]


def test_a_parameter_that_does_not_allow_the_value_is_replaced() -> None:
    export = exported(PARAMETERS, {"A": {"memory_mb": 2048}})

    assert lines(PARAMETERS, export.files[NAME].decode()) == [
        "-      MemorySize: !Ref Memory",
        "+      MemorySize: 2048",
    ]
    assert "in place of the parameter Memory, which does not allow 2048" in export.notes[0]


def test_a_parameter_with_other_uses_is_replaced_in_one_place() -> None:
    export = exported(PARAMETERS, {"A": {"timeout_s": 9.0}})

    assert lines(PARAMETERS, export.files[NAME].decode()) == [
        "-      Timeout:",
        "-        Ref: Wait",
        "+      Timeout: 9",
    ]
    assert "in place of the parameter Wait, which has other uses" in export.notes[0]


def test_a_parameter_changes_where_all_its_uses_do() -> None:
    export = exported(PARAMETERS, {"A": {"timeout_s": 9.0}, "B": {"timeout_s": 9.0}})

    assert lines(PARAMETERS, export.files[NAME].decode())[1] == (
        "+  Wait: {Type: Number, Default: 9}"
    )


def test_a_use_inside_a_text_counts() -> None:
    text = PARAMETERS + "Outputs:\n  O: {Value: !Sub 'about ${Memory} MB'}\n"

    assert "+      MemorySize: 512" in lines(text, changed(text, "A", memory_mb=512))


def test_a_parameter_without_default_is_replaced() -> None:
    text = changed(PARAMETERS, "A", ephemeral_mb=1024)

    assert "      EphemeralStorage: {Size: 1024}\n" in text


def test_a_secret_parameter_is_left_alone() -> None:
    assert "kept secret" in refusal(PARAMETERS, "A", reserved_concurrency=3)


def test_functions_are_left_alone() -> None:
    text = """
        Parameters: {Stage: {Type: String, Default: prod}}
        Conditions: {IsProd: !Equals [!Ref Stage, prod]}
        Mappings: {Size: {prod: {mb: 512}}}
        Resources:
          A:
            Type: AWS::Lambda::Function
            Properties:
              MemorySize: !FindInMap [Size, !Ref Stage, mb]
              Timeout: !If [IsProd, 30, 3]
              EphemeralStorage: !If [IsProd, {Size: 1024}, !Ref AWS::NoValue]
        """
    assert "is worked out by Fn::FindInMap" in refusal(text, "A", memory_mb=256)
    assert "is worked out by Fn::If" in refusal(text, "A", timeout_s=5.0)
    assert "is worked out by Fn::If" in refusal(text, "A", ephemeral_mb=2048)


ANCHORS = """\
Resources:
  A:
    Type: AWS::Lambda::Function
    Properties: &common
      Runtime: python3.12
      Timeout: &wait 10
      EphemeralStorage: {Size: 512}
  B:
    Type: AWS::Lambda::Function
    Properties:
      <<: *common
      MemorySize: 256
  C: {Type: AWS::Lambda::Function, Properties: *common}
  D: {Type: AWS::Lambda::Function, Properties: {Runtime: go, Timeout: *wait}}
  E: {Type: AWS::Lambda::Function, Properties: {Runtime: go, Timeout: &alone 4}}
"""


def test_what_is_merged_in_is_overridden() -> None:
    assert lines(ANCHORS, changed(ANCHORS, "B", timeout_s=20.0)) == ["+      Timeout: 20"]


def test_an_alias_of_a_single_word_is_written_over() -> None:
    assert "{Runtime: go, Timeout: 20}" in changed(ANCHORS, "D", timeout_s=20.0)


def test_an_anchor_that_nothing_uses_stays() -> None:
    assert "Timeout: &alone 20}" in changed(ANCHORS, "E", timeout_s=20.0)


def test_shared_parts_are_left_alone() -> None:
    assert "the part 'common'" in refusal(ANCHORS, "A", timeout_s=20.0)
    assert "the part 'common'" in refusal(ANCHORS, "C", timeout_s=20.0)
    assert "merged in" in refusal(ANCHORS, "B", ephemeral_mb=1024)
    assert "merged in" in refusal(ANCHORS, "B", timeout_s=None)


PARENT = """\
Resources:
  One:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: child.yaml
      Parameters:
        Wait: 30
"""
CHILD = """\
Parameters:
  Wait: {Type: Number}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: !Ref Wait, MessageRetentionPeriod: 600}
"""


def test_a_nested_stack_is_changed_in_its_file() -> None:
    export = exported(PARENT, {"One/Jobs": {"retention_s": 900.0}}, child_yaml=CHILD)

    assert export.files[NAME].decode() == PARENT
    assert export.files["child.yaml"].decode() == CHILD.replace("600", "900")


def test_what_a_stack_is_given_is_changed_where_it_is_given() -> None:
    export = exported(PARENT, {"One/Jobs": {"visibility_timeout_s": 60.0}}, child_yaml=CHILD)

    assert export.files[NAME].decode() == PARENT.replace("Wait: 30", "Wait: 60")
    assert export.files["child.yaml"].decode() == CHILD
    assert "is what One gives as Wait" in export.notes[0]


def test_a_file_of_two_stacks_changes_for_none() -> None:
    both = PARENT + PARENT.partition("\n")[2].replace("One", "Two")
    export = exported(
        both,
        {"One/Jobs": {"retention_s": 900.0}, "Two/Jobs": {"visibility_timeout_s": 60.0}},
        child_yaml=CHILD,
    )
    assert "which several stacks are made of" in export.refused[0]
    assert export.files["child.yaml"].decode() == CHILD
    assert export.files[NAME].decode().endswith("Wait: 60\n")


def test_what_is_taken_in_is_left_alone() -> None:
    text = """
        Resources:
          A:
            Type: AWS::SQS::Queue
            Properties:
              Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}
              FifoQueue: true
        """
    export = exported(
        text, {"A": {"visibility_timeout_s": 60.0}}, part_yaml="VisibilityTimeout: 30"
    )
    assert "taken in from another file" in export.refused[0]
    assert export.files[NAME].decode() == textwrap.dedent(text)


def test_what_sam_makes_has_no_lines_to_change() -> None:
    text = """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          A:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: python3.12
              FunctionUrlConfig: {AuthType: NONE}
              Events: {All: {Type: Api, Properties: {Method: any, Path: /}}}
        """
    assert "AWS makes it" in refusal(text, "ServerlessRestApi", throttle_rate_rps=5.0)
    assert "{AuthType: AWS_IAM}" in changed(text, "AUrl", auth_type="AWS_IAM")
