"""Rules, pipes, subscriptions, notifications, and where goes what could not be handled."""

from __future__ import annotations

from tests.engine.formats.templates import doors, link, pairs, read


def test_a_rule_leads_from_its_bus_to_its_targets() -> None:
    design = read(
        """
        Resources:
          B: {Type: 'AWS::Events::EventBus'}
          Q: {Type: 'AWS::SQS::Queue'}
          L: {Type: 'AWS::SQS::Queue'}
          F: {Type: 'AWS::Lambda::Function'}
          R:
            Type: AWS::Events::Rule
            Properties:
              EventBusName: !Ref B
              EventPattern: {source: [shop]}
              Targets:
                - {Id: a, Arn: !GetAtt F.Arn, DeadLetterConfig: {Arn: !GetAtt L.Arn}}
                - {Id: b, Arn: !GetAtt Q.Arn}
        """
    )

    assert doors(design) == {
        ("B", "F", "event", "async"),
        ("B", "Q", "send", "async"),
        ("B", "L", "send", "async"),
    }
    assert link(design, "B", "L").settings == {"dead_letter": True}
    assert link(design, "B", "F").origin.endswith("rule target")


def test_a_rule_by_the_clock_is_a_schedule() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Lambda::Function'}
          R:
            Type: AWS::Events::Rule
            Properties:
              ScheduleExpression: rate(1 hour)
              Targets: [{Id: a, Arn: !GetAtt F.Arn}]
          S:
            Type: AWS::Scheduler::Schedule
            Properties:
              ScheduleExpression: rate(1 day)
              Target: {Arn: !GetAtt F.Arn, RoleArn: x}
          Off:
            Type: AWS::Events::Rule
            Properties:
              ScheduleExpression: rate(1 day)
              State: DISABLED
              Targets: [{Id: a, Arn: !GetAtt F.Arn}]
        """
    )

    assert [c.id for c in design if c.kind == "schedule"] == ["R", "S"]
    assert doors(design) == {("R", "F", "event", "async"), ("S", "F", "event", "async")}


def test_a_target_outside_of_the_template_is_named_by_its_service() -> None:
    design = read(
        """
        Parameters: {OrdersQueueArn: {Type: String}}
        Resources:
          S:
            Type: AWS::Scheduler::Schedule
            Properties:
              ScheduleExpression: rate(1 day)
              Target: {Arn: 'arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution'}
          R:
            Type: AWS::Events::Rule
            Properties:
              EventPattern: {source: [x]}
              Targets: [{Id: a, Arn: !Ref OrdersQueueArn}]
        """
    )

    assert pairs(design) == {("S", "ssm"), ("default", "sqs")}


def test_a_pattern_names_what_emits() -> None:
    design = read(
        """
        Resources:
          M: {Type: 'AWS::Serverless::StateMachine'}
          F: {Type: 'AWS::Lambda::Function'}
          R:
            Type: AWS::Events::Rule
            Properties:
              EventPattern: {source: [aws.states], detail: {stateMachineArn: [!Ref M]}}
              Targets: [{Id: a, Arn: !GetAtt F.Arn}]
        """
    )

    assert pairs(design) == {("M", "default"), ("default", "F")}


def test_subscriptions_on_the_topic_and_apart() -> None:
    design = read(
        """
        Resources:
          T:
            Type: AWS::SNS::Topic
            Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt F.Arn}]}
          F: {Type: 'AWS::Lambda::Function'}
          Q: {Type: 'AWS::SQS::Queue'}
          L: {Type: 'AWS::SQS::Queue'}
          S:
            Type: AWS::SNS::Subscription
            Properties:
              TopicArn: !Ref T
              Protocol: sqs
              Endpoint: !GetAtt Q.Arn
              RedrivePolicy: {deadLetterTargetArn: !GetAtt L.Arn}
          Mail:
            Type: AWS::SNS::Subscription
            Properties: {TopicArn: !Ref T, Protocol: email, Endpoint: a@shop.example}
        """
    )

    assert doors(design) == {
        ("T", "F", "event", "async"),
        ("T", "Q", "send", "async"),
        ("T", "L", "send", "async"),
    }
    assert link(design, "T", "L").settings == {"dead_letter": True}


def test_buckets_pools_tables_and_logs_tell_others() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Lambda::Function'}
          Q: {Type: 'AWS::SQS::Queue'}
          S: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 1}}
          Bucket:
            Type: AWS::S3::Bucket
            Properties:
              NotificationConfiguration:
                LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt F.Arn}]
                QueueConfigurations: [{Event: 's3:ObjectCreated:*', Queue: !GetAtt Q.Arn}]
          Pool:
            Type: AWS::Cognito::UserPool
            Properties: {LambdaConfig: {PostConfirmation: !GetAtt F.Arn}}
          Table:
            Type: AWS::DynamoDB::Table
            Properties: {KinesisStreamSpecification: {StreamArn: !GetAtt S.Arn}}
          Log: {Type: 'AWS::Logs::LogGroup'}
          Filter:
            Type: AWS::Logs::SubscriptionFilter
            Properties: {LogGroupName: !Ref Log, DestinationArn: !GetAtt F.Arn}
        """
    )

    assert doors(design) == {
        ("Bucket", "F", "event", "async"),
        ("Bucket", "Q", "send", "async"),
        ("Pool", "F", "invoke", "sync"),
        ("Table", "S", "put", "async"),
        ("Log", "F", "event", "async"),
    }
    assert design.component("Log").kind == "log_group"


def test_a_bucket_tells_the_bus() -> None:
    design = read(
        """
        Resources:
          Bucket:
            Type: AWS::S3::Bucket
            Properties:
              NotificationConfiguration:
                EventBridgeConfiguration: {EventBridgeEnabled: true}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Events:
                E: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.s3]}}}
        """
    )

    assert doors(design) == {
        ("Bucket", "default", "put", "async"),
        ("default", "F", "event", "async"),
    }


def test_what_fails_goes_to_queues_and_destinations() -> None:
    design = read(
        """
        Resources:
          Q:
            Type: AWS::SQS::Queue
            Properties:
              RedrivePolicy: {deadLetterTargetArn: !GetAtt L.Arn, maxReceiveCount: 3}
          L: {Type: 'AWS::SQS::Queue'}
          T: {Type: 'AWS::SNS::Topic'}
          G: {Type: 'AWS::Lambda::Function'}
          F:
            Type: AWS::Serverless::Function
            Properties:
              DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt L.Arn}
              EventInvokeConfig:
                DestinationConfig:
                  OnSuccess: {Type: Lambda, Destination: !GetAtt G.Arn}
                  OnFailure: {Type: SQS}
          C:
            Type: AWS::Lambda::EventInvokeConfig
            Properties:
              FunctionName: !Ref G
              DestinationConfig: {OnFailure: {Destination: !Ref T}}
        """
    )

    made = "FEventInvokeConfigOnFailureQueue"
    assert doors(design) == {
        ("Q", "L", "send", "async"),
        ("F", "L", "send", "async"),
        ("F", "G", "event", "async"),
        ("F", made, "send", "async"),
        ("G", "T", "publish", "async"),
    }
    assert design.component(made).kind == "sqs_queue"
    lost = {(x.source, x.target) for x in design.links if x.settings.get("dead_letter")}
    assert lost == {("Q", "L"), ("F", "L"), ("F", made), ("G", "T")}


def test_an_event_that_cannot_be_delivered_goes_to_a_queue_that_sam_makes() -> None:
    design = read(
        """
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties:
              Events:
                E:
                  Type: EventBridgeRule
                  Properties: {Pattern: {source: [x]}, DeadLetterConfig: {Type: SQS}}
        """
    )

    assert link(design, "default", "FEQueue").settings == {"dead_letter": True}
    assert design.component("FEQueue").kind == "sqs_queue"


def test_deliveries_of_firehose_and_iot() -> None:
    design = read(
        """
        Resources:
          S: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 1}}
          Bucket: {Type: 'AWS::S3::Bucket'}
          F: {Type: 'AWS::Lambda::Function'}
          Hose:
            Type: AWS::KinesisFirehose::DeliveryStream
            Properties:
              KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt S.Arn}
              ExtendedS3DestinationConfiguration: {BucketARN: !GetAtt Bucket.Arn}
          Rule:
            Type: AWS::IoT::TopicRule
            Properties:
              TopicRulePayload: {Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}
        """
    )

    assert pairs(design) == {("S", "Hose"), ("Hose", "Bucket"), ("Rule", "F")}
    assert link(design, "S", "Hose").mode == "stream"
    assert link(design, "Rule", "F").mode == "async"
