"""Links that only a policy, an input or a neighbour tells of."""

from __future__ import annotations

import pytest

from tests.engine.formats.templates import doors, pairs, read

TASK = """
  C: {Type: 'AWS::ECS::Cluster'}
  Task: {Type: 'AWS::ECS::TaskDefinition', Properties: {TaskRoleArn: !GetAtt R.Arn}}
  Q: {Type: 'AWS::SQS::Queue'}
  R:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Q.Arn}]
"""
RUNS = {
    "rule": """
  By:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 hour)
      Targets: [{Id: x, Arn: !GetAtt C.Arn, EcsParameters: {TaskDefinitionArn: !Ref Task}}]
""",
    "pipe": """
  By:
    Type: AWS::Pipes::Pipe
    Properties:
      Source: smk://kafka.example.com:9092
      Target: !GetAtt C.Arn
      TargetParameters: {EcsTaskParameters: {TaskDefinitionArn: !Ref Task}}
""",
    "state machine": """
  By:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition:
        StartAt: A
        States:
          A:
            Type: Task
            Resource: arn:aws:states:::ecs:runTask.sync
            Parameters: {Cluster: !Ref C, TaskDefinition: !Ref Task}
            End: true
""",
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_task_that_is_run_stands_for_itself(run: str) -> None:
    found = pairs(read("Resources:" + TASK + run))

    assert {("By", "Task"), ("Task", "Q")} <= found
    assert "C" not in {id_ for pair in found for id_ in pair}


@pytest.mark.parametrize("kind", ["Queue", "Topic"])
def test_a_policy_names_who_sends(kind: str) -> None:
    type_ = {"Queue": "AWS::SQS::Queue", "Topic": "AWS::SNS::Topic"}[kind]
    design = read(
        f"""
        Resources:
          B: {{Type: 'AWS::S3::Bucket'}}
          X: {{Type: '{type_}'}}
          P:
            Type: {type_}Policy
            Properties:
              {kind}s: [!Ref X]
              PolicyDocument:
                Statement:
                  - Effect: Allow
                    Principal: {{Service: s3.amazonaws.com}}
                    Action: '*'
                    Condition: {{ArnLike: {{'aws:SourceArn': !GetAtt B.Arn}}}}
                  - Effect: Deny
                    Principal: {{Service: s3.amazonaws.com}}
                    Action: '*'
                    Condition: {{ArnLike: {{'aws:SourceArn': !Ref X}}}}
        """
    )

    assert pairs(design) == {("B", "X")}


def test_a_schedule_calls_what_its_input_names() -> None:
    design = read(
        """
        Resources:
          S:
            Type: AWS::Scheduler::Schedule
            Properties:
              ScheduleExpression: rate(1 hour)
              Target:
                Arn: arn:aws:scheduler:::aws-sdk:sqs:sendMessage
                Input: !Sub '{"QueueUrl": "${Second}", "MessageBody": "x"}'
          First: {Type: 'AWS::SQS::Queue'}
          Second: {Type: 'AWS::SQS::Queue'}
        """
    )

    assert doors(design) == {("S", "Second", "send", "async")}


@pytest.mark.parametrize(
    ("settings", "service"),
    [
        ("EventSourceArn: 'arn:aws:kinesis:eu-west-1:1:stream/else'", "kinesis"),
        ("EventSourceArn: 'arn:aws:kafka:eu-west-1:1:cluster/a/1'", "msk"),
        ("{EventSourceArn: !Ref Given, Topics: [orders]}", "msk"),
        ("{EventSourceArn: !Ref Given, Queues: [orders]}", "mq"),
        ("{EventSourceArn: !Ref Given, DocumentDBEventSourceConfig: {}}", "documentdb"),
        ("SelfManagedEventSource: {}", "msk"),
    ],
)
def test_a_mapping_tells_what_it_polls_elsewhere(settings: str, service: str) -> None:
    inner = settings.strip("{}") if settings.startswith("{") else settings
    design = read(
        f"""
        Parameters: {{Given: {{Type: String, Default: none}}}}
        Resources:
          F: {{Type: 'AWS::Lambda::Function'}}
          M:
            Type: AWS::Lambda::EventSourceMapping
            Properties: {{FunctionName: !Ref F, {inner}}}
        """
    )

    assert doors(design) == {(service, "F", "invoke", "stream")}


def test_an_express_machine_is_waited_for_by_who_may_do_both() -> None:
    text = """
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties: {Policies: [{StepFunctionsExecutionPolicy_v2: {StateMachineName: !Ref M}}]}
      M: {Type: 'AWS::Serverless::StateMachine', Properties: {Type: %s}}
    """

    assert doors(read(text % "EXPRESS")) == {("F", "M", "start_sync", "sync")}
    assert doors(read(text % "STANDARD")) == {("F", "M", "start", "async")}


def test_a_definition_in_a_bucket_may_lie_beside_the_template() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Lambda::Function'}
          M:
            Type: AWS::StepFunctions::StateMachine
            Properties:
              DefinitionS3Location: {Bucket: code, Key: flows/order_asl.json}
              DefinitionSubstitutions: {Fn: !GetAtt F.Arn}
        """.replace("order_asl", "order"),
        flows__order_json='{"States": {"A": {"Type": "Task", "Resource": "${Fn}"}}}',
    )

    assert doors(design) == {("M", "F", "invoke", "sync")}


def test_a_policy_template_that_sam_does_not_have_is_told() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Serverless::Function', Properties: {Policies: [{SqsSendPolicy: {}}]}}
        """
    )

    assert "The policy template SqsSendPolicy of F is not known" in design.warnings[0]


def test_a_part_belongs_to_what_it_names_alike() -> None:
    design = read(
        """
        Resources:
          Data: {Type: 'AWS::Glue::Database', Properties: {DatabaseInput: {Name: orders}}}
          Table:
            Type: AWS::Glue::Table
            Properties:
              DatabaseName: orders
              TableInput: {StorageDescriptor: {Location: !Sub 's3://${Files}/'}}
          Files: {Type: 'AWS::S3::Bucket'}
        """
    )

    assert ("Data", "Files") in pairs(design)
