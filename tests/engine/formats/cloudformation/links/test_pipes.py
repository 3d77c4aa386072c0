"""EventBridge pipes: what they take, and how they hand it on."""

from __future__ import annotations

import pytest

from tests.engine.formats.templates import doors, link, read


def test_a_pipe_takes_enriches_and_hands_on() -> None:
    design = read(
        """
        Resources:
          Q: {Type: 'AWS::SQS::Queue'}
          F: {Type: 'AWS::Lambda::Function'}
          M: {Type: 'AWS::StepFunctions::StateMachine'}
          P:
            Type: AWS::Pipes::Pipe
            Properties:
              Source: !GetAtt Q.Arn
              SourceParameters: {SqsQueueParameters: {BatchSize: 4}}
              Enrichment: !GetAtt F.Arn
              Target: !Ref M
        """
    )

    assert doors(design) == {
        ("Q", "P", "invoke", "stream"),
        ("P", "F", "invoke", "sync"),
        ("P", "M", "start", "async"),
    }
    assert link(design, "Q", "P").settings == {"batch": 4}
    assert design.component("P").kind == "pipe"


@pytest.mark.parametrize(
    ("kind", "parameters", "role"),
    [
        ("Lambda::Function", "LambdaFunctionParameters: {InvocationType: FIRE_AND_FORGET}",
         "event"),
        ("Lambda::Function", "LambdaFunctionParameters: {InvocationType: REQUEST_RESPONSE}",
         "invoke"),
        ("StepFunctions::StateMachine",
         "StepFunctionStateMachineParameters: {InvocationType: REQUEST_RESPONSE}", "start_sync"),
        ("StepFunctions::StateMachine",
         "StepFunctionStateMachineParameters: {InvocationType: FIRE_AND_FORGET}", "start"),
    ],
)  # fmt: skip
def test_a_pipe_waits_for_its_target_where_it_says_so(
    kind: str, parameters: str, role: str
) -> None:
    design = read(
        f"""
        Resources:
          Q: {{Type: 'AWS::SQS::Queue'}}
          T: {{Type: 'AWS::{kind}'}}
          P:
            Type: AWS::Pipes::Pipe
            Properties:
              Source: !GetAtt Q.Arn
              Target: !GetAtt T.Arn
              TargetParameters: {{{parameters}}}
        """
    )

    assert link(design, "P", "T").role == role


def test_a_stopped_pipe_carries_nothing() -> None:
    design = read(
        """
        Resources:
          Q: {Type: 'AWS::SQS::Queue'}
          P:
            Type: AWS::Pipes::Pipe
            Properties: {DesiredState: STOPPED, Source: !GetAtt Q.Arn, Target: !GetAtt Q.Arn}
        """
    )

    assert [c.id for c in design] == ["Q"]
    assert not design.links
