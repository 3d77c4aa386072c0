"""Files with a secret in every place where one is written out, to be filled in by a test.

`@` stands for a secret as a text in double quotes, `~` for one in the middle of another
text, and `%` for the sign @ itself.
"""

from __future__ import annotations

import json
import re

TEMPLATE = """\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
# What stands in a comment stays.
Parameters:
  Hidden: {Type: String, NoEcho: true, Default: @}
  Given: {Type: String, Default: @}
  AppPassword:
    Type: String
    Default: @
  Stage: {Type: String, Default: dev}
Conditions: {IsDev: !Equals [!Ref Stage, dev]}
Mappings: {Env: {dev: {Password: @, Size: 5}}}
Globals:
  Function:
    Environment:
      Variables: {API_KEY: @, DATABASE_URL: 'postgres://shop:~%db:5432/shop', TABLE: !Ref Table}
Resources:
  Table: {Type: 'AWS::DynamoDB::Table', Properties: {BillingMode: PAY_PER_REQUEST}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      InlineCode: |
        password = "~"
        run(token=a)
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Table}}]
      Events: {Get: {Type: HttpApi, Properties: {Method: GET, Path: /}}}
  Kept:
    Type: AWS::SecretsManager::Secret
    Properties: {Name: app/db, SecretString: '{"username":"shop","password":"~"}'}
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.medium
      AllocatedStorage: '20'
      MasterUsername: shop
      MasterUserPassword: !Ref Given
      TdeCredentialPassword: !Sub '${Stage}~'
  Other:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.medium
      MasterUserPassword: !Sub '{{resolve:secretsmanager:${Kept}:SecretString:password}}'
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {Engine: redis, CacheNodeType: cache.t4g.small, AuthToken: !If [IsDev, @, @]}
  CacheUser:
    Type: AWS::ElastiCache::User
    Properties: {UserId: shop, Passwords: [@, @]}
  Key: {Type: 'AWS::ApiGateway::ApiKey', Properties: {Name: partner, Value: @}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Environment: [{Name: DB_PASSWORD, Value: @}, {Name: SIZE, Value: '5'}]
          Secrets: [{Name: API_TOKEN, ValueFrom: !Ref Kept}]
  Connection:
    Type: AWS::Events::Connection
    Properties:
      AuthParameters:
        BasicAuthParameters: {Username: shop, Password: {'Fn::Join': ['', [@, @]]}}
        InvocationHttpParameters:
          HeaderParameters: [{Key: X-Origin, Value: @, IsValueSecret: true}]
"""
SERVICE = """\
service: shop
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
  runtime: python3.13
  apiGateway: {apiKeys: [{name: partner, value: @}]}
  environment:
    STAGE: ${self:provider.stage}
    DB_PASSWORD: ${self:custom.db.word}
    API_TOKEN: ${env:API_TOKEN, '~'}
    SECRET_KEY: ${file(kept.yml):${self:provider.stage}.key}
    JWT_KEY: one-${self:provider.stage}-~
custom:
  db: {word: @}
  stripe:
    secretKey: @
functions:
  api:
    handler: a.b
    environment: {SESSION_TOKEN: @, TABLE: orders}
    events: [{httpApi: 'GET /'}]
resources:
  Resources:
    Db:
      Type: AWS::RDS::DBInstance
      Properties: {Engine: postgres, DBInstanceClass: db.t4g.medium, MasterUserPassword: @}
"""
BESIDE = "dev:\n  key: @\n  table: orders\n"
ZAPPA_YAML = """\
prod:
  app_function: a.b
  s3_bucket: code
  aws_environment_variables: {SECRET_KEY: @, TABLE: orders}
  environment_variables:
    EMAIL_HOST_PASSWORD: @
"""
ZAPPA_TOML = """\
[prod]
app_function = "a.b"
s3_bucket = "code"
environment_variables = { API_TOKEN = @, TABLE = "orders" }
[prod.aws_environment_variables]
SECRET_KEY = @  # changes each year
DATABASE_URL = "postgres://shop:~%db/shop"
"""
ZAPPA_JSON = json.dumps(
    {
        "prod": {
            "app_function": "a.b",
            "s3_bucket": "code",
            "aws_environment_variables": {"SECRET_KEY": "~", "TABLE": "orders"},
        }
    }
)


def _plan() -> str:
    environment = [
        {"name": "DB_PASSWORD", "value": "~"},
        {"name": "DATABASE_URL", "value": "postgres://shop:~%db/shop"},
    ]
    containers = json.dumps([{"environment": environment}])
    resources: list[tuple[str, dict[str, str]]] = [
        ("aws_ecs_task_definition", {"container_definitions": containers}),
        ("aws_instance", {"user_data": "#!/bin/sh\nexport DB_PASSWORD=~\nrun\n"}),
        ("aws_ssm_document", {"content": json.dumps({"inner": json.dumps({"api_key": "~"})})}),
    ]
    listed = [
        {"mode": "managed", "address": f"{t}.r", "type": t, "name": "r", "values": values}
        for t, values in resources
    ]
    return json.dumps(
        {"format_version": "1.2", "planned_values": {"root_module": {"resources": listed}}}
    )


FILES: dict[str, dict[str, str]] = {
    "cloudformation": {"template.yaml": TEMPLATE},
    "serverless": {"serverless.yml": SERVICE, "kept.yml": BESIDE},
    "zappa yaml": {"zappa_settings.yaml": ZAPPA_YAML},
    "zappa toml": {"zappa_settings.toml": ZAPPA_TOML},
    "zappa json": {"zappa_settings.json": ZAPPA_JSON},
    "terraform plan": {"plan.json": _plan()},
}


def filled(name: str, secret: str) -> dict[str, bytes]:
    """Return files with a secret in each of their places."""
    return {file: _filled(text, secret).encode() for file, text in FILES[name].items()}


def _filled(text: str, secret: str) -> str:
    text = re.sub(r"~|@", lambda match: f'"{secret}"' if match[0] == "@" else secret, text)
    return text.replace("%", "@")
