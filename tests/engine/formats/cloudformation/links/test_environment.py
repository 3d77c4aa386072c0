"""What the environment of a function adds to its policies."""

from __future__ import annotations

from tests.engine.formats.templates import doors, pairs, read


def test_the_environment_tells_which_of_several_is_called() -> None:
    design = read(
        """
        Resources:
          Q: {Type: 'AWS::SQS::Queue'}
          R: {Type: 'AWS::SQS::Queue'}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Environment: {Variables: {URL: !Ref R}}
              Policies: [{Statement: [{Action: 'sqs:SendMessage', Resource: '*'}]}]
        """
    )

    assert doors(design) == {("F", "R", "send", "async")}


def test_the_environment_alone_is_no_call_where_no_policy_allows_it() -> None:
    design = read(
        """
        Resources:
          Q: {Type: 'AWS::SQS::Queue'}
          F:
            Type: AWS::Serverless::Function
            Properties: {Environment: {Variables: {URL: !Ref Q}}}
          G:
            Type: AWS::Lambda::Function
            Properties:
              Role: arn:aws:iam::1:role/elsewhere
              Environment: {Variables: {URL: !Ref Q}}
        """
    )

    assert pairs(design) == {("G", "Q")}


def test_the_environment_names_what_needs_no_policy() -> None:
    design = read(
        """
        Resources:
          Db: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: postgres}}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Environment:
                Variables:
                  HOST: !GetAtt Db.Endpoint.Address
                  PAY_URL: https://api.pay.example/v1
                  CORS_ORIGIN: https://www.shop.example
                  QUEUE: https://sqs.eu-west-1.amazonaws.com/1/x
        """
    )

    assert pairs(design) == {("F", "Db"), ("F", "api.pay.example")}


def test_an_equal_name_joins_what_is_written_twice() -> None:
    design = read(
        """
        Resources:
          D: {Type: 'AWS::DynamoDB::Table', Properties: {TableName: stock-items}}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Environment: {Variables: {TABLE: stock-items}}
              Policies: [AmazonDynamoDBReadOnlyAccess]
          G:
            Type: AWS::Serverless::Function
            Properties:
              Environment: {Variables: {TABLE: stock-items}}
              Policies: ['arn:aws:iam::1:policy/ours']
        """
    )

    assert ("F", "D", "read", "sync") in doors(design)
    assert ("G", "D") in pairs(design)
