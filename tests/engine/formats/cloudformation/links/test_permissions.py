"""What policies, roles, permissions and connectors say of calls."""

from __future__ import annotations

import pytest

from apps.engine.graph import Architecture
from tests.engine.formats.templates import doors, pairs, read

STORES = """
  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: orders}}
  S: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 1}}
  T: {Type: 'AWS::SNS::Topic'}
  D: {Type: 'AWS::DynamoDB::Table', Properties: {TableName: !Sub '${AWS::StackName}-stock'}}
  B: {Type: 'AWS::Events::EventBus'}
  M: {Type: 'AWS::Serverless::StateMachine'}
  G: {Type: 'AWS::Lambda::Function'}
"""


def with_policy(policy: str, stores: str = STORES) -> Architecture:
    return read(
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        f"      Policies:\n        - {policy}\n{stores}"
    )


def with_action(actions: str, resource: str, stores: str = STORES) -> Architecture:
    return with_policy(
        f"Statement: [{{Effect: Allow, Action: {actions}, Resource: {resource}}}]", stores
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("SQSSendMessagePolicy: {QueueName: !GetAtt Q.QueueName}", {("F", "Q", "send", "async")}),
        ("SQSPollerPolicy: {QueueName: !GetAtt Q.QueueName}", {("Q", "F", "invoke", "stream")}),
        ("SNSPublishMessagePolicy: {TopicName: !Ref T}", {("F", "T", "publish", "async")}),
        ("DynamoDBReadPolicy: {TableName: !Ref D}", {("F", "D", "read", "sync")}),
        ("DynamoDBWritePolicy: {TableName: !Ref D}", {("F", "D", "write", "sync")}),
        (
            "DynamoDBCrudPolicy: {TableName: !Ref D}",
            {("F", "D", "read", "sync"), ("F", "D", "write", "sync")},
        ),
        (
            "DynamoDBStreamReadPolicy: {TableName: !Ref D, StreamName: '*'}",
            {("D", "F", "invoke", "stream")},
        ),
        ("EventBridgePutEventsPolicy: {EventBusName: !Ref B}", {("F", "B", "put", "async")}),
        ("KinesisCrudPolicy: {StreamName: !Ref S}", {("F", "S", "put", "async")}),
        ("KinesisStreamReadPolicy: {StreamName: !Ref S}", {("S", "F", "invoke", "stream")}),
        ("LambdaInvokePolicy: {FunctionName: !Ref G}", {("F", "G", "invoke", "sync")}),
        (
            "StepFunctionsExecutionPolicy: {StateMachineName: !GetAtt M.Name}",
            {("F", "M", "start", "async")},
        ),
        ("SQSSendMessagePolicy: {QueueName: orders}", {("F", "Q", "send", "async")}),
    ],
)
def test_it_reads_sams_policy_templates(policy: str, expected: set[tuple[str, ...]]) -> None:
    assert doors(with_policy(policy)) == expected


@pytest.mark.parametrize(
    ("actions", "resource", "expected"),
    [
        ("dynamodb:GetItem", "!GetAtt D.Arn", {("F", "D", "read", "sync")}),
        ("[dynamodb:Query, dynamodb:Scan]", "!GetAtt D.Arn", {("F", "D", "read", "sync")}),
        ("['dynamodb:UpdateItem']", "!GetAtt D.Arn", {("F", "D", "write", "sync")}),
        (
            "'dynamodb:*'",
            "!Sub '${D.Arn}/index/*'",
            {("F", "D", "read", "sync"), ("F", "D", "write", "sync")},
        ),
        ("dynamodb:DescribeTable", "!GetAtt D.Arn", set()),
        (
            "dynamodb:PutItem",
            "!Sub 'arn:aws:dynamodb:${AWS::Region}:1:table/${AWS::StackName}-stock'",
            {("F", "D", "write", "sync")},
        ),
        ("sqs:SendMessage", "!GetAtt Q.Arn", {("F", "Q", "send", "async")}),
        ("'sqs:Send*'", "'arn:aws:sqs:eu-west-1:1:orders'", {("F", "Q", "send", "async")}),
        (
            "[sqs:ReceiveMessage, sqs:DeleteMessage]",
            "!GetAtt Q.Arn",
            {("Q", "F", "invoke", "stream")},
        ),
        ("states:StartSyncExecution", "!Ref M", {("F", "M", "start_sync", "sync")}),
        ("kinesis:PutRecords", "!GetAtt S.Arn", {("F", "S", "put", "async")}),
        ("lambda:InvokeFunction", "!GetAtt G.Arn", {("F", "G", "invoke", "sync")}),
        ("events:PutEvents", "!GetAtt B.Arn", {("F", "B", "put", "async")}),
        ("logs:PutLogEvents", "'*'", set()),
        ("kms:Decrypt", "'*'", set()),
    ],
)
def test_it_reads_statements(actions: str, resource: str, expected: set[tuple[str, ...]]) -> None:
    assert doors(with_action(actions, resource)) == expected


def test_a_denial_is_no_call() -> None:
    policy = "Statement: [{Effect: Deny, Action: 'sqs:SendMessage', Resource: !GetAtt Q.Arn}]"

    assert not with_policy(policy).links


def test_a_service_that_the_template_does_not_define_is_named() -> None:
    design = with_action("'bedrock:InvokeModel'", "'*'")

    assert doors(design) == {("F", "bedrock", "call", "sync")}
    assert design.component("bedrock").kind == "service_api"
    assert design.component("bedrock").settings == {"service": "bedrock"}


def test_a_permission_on_everything_means_the_only_one_there_is() -> None:
    assert pairs(with_action("'sns:Publish'", "'*'")) == {("F", "T")}


def test_a_permission_on_everything_names_none_of_several() -> None:
    two = "  Q: {Type: 'AWS::SQS::Queue'}\n  R: {Type: 'AWS::SQS::Queue'}\n"

    assert not with_action("'sqs:SendMessage'", "'*'", two).links


ROLES = """
    Resources:
      Q: {Type: 'AWS::SQS::Queue'}
      T: {Type: 'AWS::SNS::Topic'}
      D: {Type: 'AWS::DynamoDB::Table'}
      F: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt Role.Arn}}
      Role:
        Type: AWS::IAM::Role
        Properties:
          ManagedPolicyArns: [!Ref Shared, 'arn:aws:iam::aws:policy/AmazonSNSFullAccess']
          Policies:
            - PolicyDocument: {Statement: {Action: 'sqs:SendMessage', Resource: !GetAtt Q.Arn}}
      Shared:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument: {Statement: [{Action: ['dynamodb:GetItem'], Resource: !GetAtt D.Arn}]}
      More:
        Type: AWS::IAM::Policy
        Properties:
          Roles: [!Ref Role]
          PolicyDocument: {Statement: [{Action: ['dynamodb:PutItem'], Resource: !GetAtt D.Arn}]}
"""


def test_a_function_calls_what_its_role_allows() -> None:
    assert doors(read(ROLES)) == {
        ("F", "Q", "send", "async"),
        ("F", "T", "publish", "async"),
        ("F", "D", "read", "sync"),
        ("F", "D", "write", "sync"),
    }


def test_a_role_that_nobody_takes_calls_nothing() -> None:
    assert not read(ROLES.replace("Role: !GetAtt Role.Arn", "Role: 'arn:x'")).links


def test_an_event_outweighs_a_policy_for_the_same_pair() -> None:
    design = read(
        """
        Resources:
          Q: {Type: 'AWS::SQS::Queue'}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Policies: [{Statement: [{Action: 'sqs:*', Resource: !GetAtt Q.Arn}]}]
              Environment: {Variables: {QUEUE: !Ref Q}}
              Events: {E: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}}
        """
    )

    assert doors(design) == {("Q", "F", "invoke", "stream")}


def test_every_place_that_speaks_for_a_link_is_told() -> None:
    design = read(
        """
        Resources:
          T: {Type: 'AWS::SNS::Topic'}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Environment: {Variables: {TOPIC: !Ref T}}
              Policies: [SNSPublishMessagePolicy: {TopicName: !Ref T}]
        """
    )

    assert design.links[0].origin == (
        "template.yaml:8 policy SNSPublishMessagePolicy; template.yaml:7 environment TOPIC"
    )


def test_functions_that_may_call_each_other_are_both_linked() -> None:
    """Who waits for whom is then a circle, which a forecast refuses by name."""
    design = read(
        """
        Resources:
          A:
            Type: AWS::Serverless::Function
            Properties: {Policies: [LambdaInvokePolicy: {FunctionName: !Ref B}]}
          B:
            Type: AWS::Serverless::Function
            Properties: {Policies: [LambdaInvokePolicy: {FunctionName: !Ref A}]}
        """
    )

    assert pairs(design) == {("A", "B"), ("B", "A")}


def test_what_is_only_allowed_makes_no_surer_caller_wait_for_itself() -> None:
    design = read(
        """
        Resources:
          Api: {Type: 'AWS::Serverless::HttpApi'}
          A:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
                - Statement:
                    - Effect: Allow
                      Action: execute-api:Invoke
                      Resource: !Sub "arn:aws:execute-api:eu-west-1:1:${Api}/*"
              Events:
                Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /}}
        """
    )

    assert pairs(design) == {("Api", "A")}
    assert design.warnings[0].startswith("A may call Api (template.yaml:")


@pytest.mark.parametrize(
    ("principal", "source", "expected"),
    [
        ("sns.amazonaws.com", "SourceArn: !Ref T", ("T", "G", "event", "async")),
        ("apigateway.amazonaws.com", "Action: x", ("apigateway", "G", "invoke", "sync")),
        ("sns.amazonaws.com", "Action: x", ("T", "G", "event", "async")),
    ],
)
def test_a_permission_names_the_caller(
    principal: str, source: str, expected: tuple[str, str, str, str]
) -> None:
    design = read(
        "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n  G: {Type: 'AWS::Lambda::Function'}\n"
        "  P:\n    Type: AWS::Lambda::Permission\n    Properties:\n"
        f"      FunctionName: !Ref G\n      Principal: {principal}\n      {source}\n"
    )

    assert doors(design) == {expected}


def test_connectors_join_their_ends() -> None:
    design = read(
        """
        Resources:
          F:
            Type: AWS::Serverless::Function
            Connectors:
              ToTable:
                Properties: {Destination: {Id: D}, Permissions: [Read]}
          D: {Type: 'AWS::DynamoDB::Table'}
          Q: {Type: 'AWS::SQS::Queue'}
          C:
            Type: AWS::Serverless::Connector
            Properties: {Source: {Id: Q}, Destination: {Id: F}, Permissions: [Read, Write]}
        """
    )

    assert doors(design) == {("F", "D", "read", "sync"), ("Q", "F", "invoke", "stream")}
