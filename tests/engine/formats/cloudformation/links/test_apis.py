"""APIs: methods, integrations, OpenAPI bodies and authorizers."""

from __future__ import annotations

import pytest

from apps.engine.graph import Architecture
from tests.engine.formats.templates import doors, link, pairs, read

REST = """
Resources:
  Api: {Type: 'AWS::ApiGateway::RestApi'}
  F: {Type: 'AWS::Lambda::Function'}
  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: orders}}
  D: {Type: 'AWS::DynamoDB::Table'}
  M: {Type: 'AWS::StepFunctions::StateMachine'}
  Orders:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}
  One:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !Ref Orders, PathPart: '{id}'}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref One
      HttpMethod: %s
      Integration: %s
"""


def method(verb: str, integration: str) -> Architecture:
    return read(REST % (verb, integration))


def test_a_method_calls_a_function_on_its_route() -> None:
    uri = (
        "'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'"
    )
    design = method("PUT", f"{{Type: AWS_PROXY, Uri: !Sub {uri}}}")

    assert doors(design) == {("Api", "F", "invoke", "sync")}
    assert link(design, "Api", "F").settings == {"weight": 2.0, "route": "PUT /orders/{id}"}


def test_a_method_that_does_not_wait_sends_an_event() -> None:
    uri = "'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${F.Arn}/invocations'"
    parameters = "{integration.request.header.X-Amz-Invocation-Type: \"'Event'\"}"
    design = method("POST", f"{{Type: AWS, Uri: !Sub {uri}, RequestParameters: {parameters}}}")

    assert doors(design) == {("Api", "F", "event", "async")}


@pytest.mark.parametrize(
    ("integration", "expected"),
    [
        (
            "{Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:sqs:path/1/${Q.QueueName}'}",
            ("Api", "Q", "send", "async"),
        ),
        (
            "{Uri: 'arn:aws:apigateway:eu-west-1:sqs:path/1/orders'}",
            ("Api", "Q", "send", "async"),
        ),
        (
            "{Uri: 'arn:aws:apigateway:x:dynamodb:action/PutItem', RequestTemplates: "
            '{a: !Sub \'{"TableName": "${D}"}\'}}',
            ("Api", "D", "write", "sync"),
        ),
        (
            "{Uri: 'arn:aws:apigateway:x:dynamodb:action/Query'}",
            ("Api", "D", "read", "sync"),
        ),
        (
            "{Uri: 'arn:aws:apigateway:x:states:action/StartExecution'}",
            ("Api", "M", "start", "async"),
        ),
        (
            "{Uri: 'arn:aws:apigateway:x:states:action/StartSyncExecution'}",
            ("Api", "M", "start_sync", "sync"),
        ),
        (
            "{Uri: 'arn:aws:apigateway:x:runtime.sagemaker:path/endpoints/e/invocations'}",
            ("Api", "sagemaker", "call", "sync"),
        ),
    ],
)
def test_a_method_calls_a_service_directly(
    integration: str, expected: tuple[str, str, str, str]
) -> None:
    assert doors(method("POST", integration)) == {expected}


def test_a_method_calls_another_company() -> None:
    design = method("GET", "{Type: HTTP_PROXY, Uri: 'https://weather.example/v1?x=1'}")

    assert pairs(design) == {("Api", "weather.example")}


def test_a_preflight_and_a_mock_call_nothing() -> None:
    uri = "arn:aws:apigateway:x:sqs:path/1/orders"

    assert not method("OPTIONS", f"{{Type: AWS, Uri: '{uri}'}}").links
    assert not method("GET", "{Type: MOCK}").links


def test_routes_of_an_http_api_lead_to_integrations() -> None:
    design = read(
        """
        Resources:
          Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: HTTP}}
          F: {Type: 'AWS::Lambda::Function'}
          Q: {Type: 'AWS::SQS::Queue'}
          ToF:
            Type: AWS::ApiGatewayV2::Integration
            Properties: {ApiId: !Ref Api, IntegrationUri: !GetAtt F.Arn}
          ToQ:
            Type: AWS::ApiGatewayV2::Integration
            Properties:
              ApiId: !Ref Api
              IntegrationSubtype: SQS-SendMessage
              RequestParameters: {QueueUrl: !Ref Q}
          R1:
            Type: AWS::ApiGatewayV2::Route
            Properties: {ApiId: !Ref Api, RouteKey: GET /a, Target: !Sub 'integrations/${ToF}'}
          R2:
            Type: AWS::ApiGatewayV2::Route
            Properties:
              ApiId: !Ref Api
              RouteKey: POST /q
              Target: !Join ['/', [integrations, !Ref ToQ]]
        """
    )

    assert doors(design) == {("Api", "F", "invoke", "sync"), ("Api", "Q", "send", "async")}
    assert link(design, "Api", "F").settings == {"weight": 10.0, "route": "GET /a"}
    assert link(design, "Api", "Q").settings == {"weight": 2.0, "route": "POST /q"}


def test_a_quick_api_leads_to_its_target() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Lambda::Function'}
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties: {ProtocolType: HTTP, Target: !GetAtt F.Arn}
        """
    )

    assert pairs(design) == {("Api", "F")}


OPENAPI = """
openapi: 3.0.1
paths:
  /orders:
    post:
      x-amazon-apigateway-integration:
        type: aws_proxy
        uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/f/${F.Arn}/invocations'
    get:
      x-amazon-apigateway-integration:
        type: aws_proxy
        uri: {Fn::Sub: 'arn:aws:apigateway:${AWS::Region}:lambda:path/f/${F.Arn}/invocations'}
    options:
      x-amazon-apigateway-integration: {type: mock, uri: !GetAtt G.Arn}
"""
API = """
        Resources:
          F: {Type: 'AWS::Lambda::Function'}
          G: {Type: 'AWS::Lambda::Function'}
          Api:
            Type: AWS::Serverless::Api
            Properties:
"""


@pytest.mark.parametrize(
    ("properties", "file"),
    [
        ("{DefinitionUri: ./api.yaml}", "api.yaml"),
        (
            "{DefinitionBody: {'Fn::Transform': "
            "{Name: 'AWS::Include', Parameters: {Location: ./api.yaml}}}}",
            "api.yaml",
        ),
        (
            "{DefinitionBody: {'Fn::Transform': {Name: 'AWS::Include', "
            "Parameters: {Location: !Sub 's3://${AWS::AccountId}/api.yaml'}}}}",
            "api.yaml",
        ),
    ],
)
def test_an_openapi_document_beside_the_template_is_read(properties: str, file: str) -> None:
    design = read(API + f"              {properties}\n", **{file.replace(".", "_"): OPENAPI})

    assert pairs(design) == {("Api", "F")}
    found = link(design, "Api", "F")
    assert found.settings == {"weight": 12.0, "route": "POST /orders, GET /orders"}
    assert found.origin.startswith("api.yaml:")


def test_an_openapi_document_that_is_not_given_is_a_warning_with_its_place() -> None:
    design = read(API + "              {DefinitionUri: ./api.yaml}\n")

    assert design.warnings == (
        "template.yaml:8: The definition of Api stands in './api.yaml', which is not given; "
        "its calls are unknown.",
    )


def test_an_openapi_document_may_be_a_text() -> None:
    body = '{"paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"uri": "${F.Arn}"}}}}}'
    design = read(
        "Resources:\n  F: {Type: 'AWS::Lambda::Function'}\n  Api:\n"
        f"    Type: AWS::ApiGateway::RestApi\n    Properties:\n      Body: !Sub '{body}'\n"
    )

    assert pairs(design) == {("Api", "F")}


def test_a_function_that_also_answers_a_route_is_no_extra() -> None:
    design = read(
        """
        Resources:
          Rest: {Type: 'AWS::ApiGateway::RestApi'}
          F: {Type: 'AWS::Lambda::Function'}
          A:
            Type: AWS::ApiGateway::Authorizer
            Properties: {RestApiId: !Ref Rest, AuthorizerUri: !GetAtt F.Arn}
          M:
            Type: AWS::ApiGateway::Method
            Properties:
              RestApiId: !Ref Rest
              HttpMethod: GET
              Integration: {Uri: !GetAtt F.Arn}
        """
    )

    assert link(design, "Rest", "F").settings == {"weight": 10.0, "route": "GET /"}
