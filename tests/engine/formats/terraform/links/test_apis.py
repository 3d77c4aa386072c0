"""APIs of every sort, and what answers them."""

from __future__ import annotations

from tests.engine.formats.templates import doors, link, pairs
from tests.engine.formats.terraform.configurations import FUNCTION, F, read
from tests.engine.formats.terraform.links.parts import QUEUE, TABLE, TOPIC, D, Q, T

REST = """
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  parent_id   = aws_api_gateway_rest_api.a.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_method" "post" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = "POST"
  authorization = "NONE"
}
"""


def test_an_integration_of_a_rest_api_has_the_route_of_its_method() -> None:
    found = read(
        FUNCTION
        + REST
        + """
        resource "aws_api_gateway_integration" "post" {
          rest_api_id             = aws_api_gateway_rest_api.a.id
          resource_id             = aws_api_gateway_method.post.resource_id
          http_method             = aws_api_gateway_method.post.http_method
          integration_http_method = "POST"
          type                    = "AWS_PROXY"
          uri                     = aws_lambda_function.f.invoke_arn
        }

        resource "aws_api_gateway_method_settings" "all" {
          rest_api_id = aws_api_gateway_rest_api.a.id
          stage_name  = "live"
          method_path = "*/*"
          settings {
            throttling_rate_limit  = 50
            throttling_burst_limit = 20
          }
        }
        """
    )
    called = link(found, "aws_api_gateway_rest_api.a", F)
    assert called.settings == {"weight": 2.0, "route": "POST /orders"}
    api = found.component("aws_api_gateway_rest_api.a")
    assert api.settings["throttle_rate_rps"] == 50.0
    assert api.settings["throttle_burst"] == 20


def test_an_integration_that_sends_to_a_queue() -> None:
    found = read(
        QUEUE
        + REST
        + """
        data "aws_region" "here" {}
        data "aws_caller_identity" "me" {}

        resource "aws_api_gateway_integration" "post" {
          rest_api_id             = aws_api_gateway_rest_api.a.id
          resource_id             = aws_api_gateway_resource.orders.id
          http_method             = aws_api_gateway_method.post.http_method
          integration_http_method = "POST"
          type                    = "AWS"
          uri = join(":", ["arn:aws:apigateway", data.aws_region.here.name, "sqs",
            "path/${data.aws_caller_identity.me.account_id}/${aws_sqs_queue.q.name}"])
        }
        """
    )
    assert ("aws_api_gateway_rest_api.a", Q, "send", "async") in doors(found)


def test_an_openapi_body_names_what_answers() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_api_gateway_rest_api" "a" {
          name = "a"
          body = templatefile("api.json", { uri = aws_lambda_function.f.invoke_arn })
        }
        """,
        {
            "api.json": """{"openapi": "3.0.1", "paths": {"/notes": {"get": {
            "x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": "${uri}"}}}}}"""
        },
    )
    assert link(found, "aws_api_gateway_rest_api.a", F).settings["route"] == "GET /notes"


def test_a_quick_http_api_has_a_target() -> None:
    api = """
        resource "aws_apigatewayv2_api" "a" {
          name          = "a"
          protocol_type = "HTTP"
          target        = aws_lambda_function.f.arn
        }
        """
    assert pairs(read(FUNCTION + api)) == {("aws_apigatewayv2_api.a", F)}


def test_sockets_are_a_kind_of_their_own() -> None:
    api = """
        resource "aws_apigatewayv2_api" "a" {
          name                       = "a"
          protocol_type              = "WEBSOCKET"
          route_selection_expression = "$request.body.action"
        }
        """
    assert read(api).component("aws_apigatewayv2_api.a").kind == "websocket_api"


def test_an_authorizer_is_asked() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_apigatewayv2_api" "a" {
          name          = "a"
          protocol_type = "HTTP"
        }

        resource "aws_apigatewayv2_authorizer" "who" {
          api_id           = aws_apigatewayv2_api.a.id
          authorizer_type  = "REQUEST"
          authorizer_uri   = aws_lambda_function.f.invoke_arn
          identity_sources = ["$request.header.Authorization"]
          name             = "who"
        }
        """
    )
    assert link(found, "aws_apigatewayv2_api.a", F).settings["is_extra"] is True


def test_a_function_url_leads_to_its_function() -> None:
    url = """
        resource "aws_lambda_function_url" "u" {
          function_name      = aws_lambda_function.f.function_name
          authorization_type = "NONE"
        }
        """
    found = read(FUNCTION + url)
    assert doors(found) == {("aws_lambda_function_url.u", F, "invoke", "sync")}


def test_a_permission_says_who_invokes() -> None:
    permission = """
        resource "aws_lambda_permission" "p" {
          function_name = aws_lambda_function.f.arn
          action        = "lambda:InvokeFunction"
          principal     = "sns.amazonaws.com"
          source_arn    = aws_sns_topic.t.arn
        }
        """
    assert doors(read(FUNCTION + TOPIC + permission)) == {(T, F, "event", "async")}


def test_a_graph_of_data_sources() -> None:
    found = read(
        TABLE
        + """
        resource "aws_appsync_graphql_api" "g" {
          name                = "g"
          authentication_type = "API_KEY"
        }
        resource "aws_appsync_datasource" "t" {
          api_id = aws_appsync_graphql_api.g.id
          name   = "t"
          type   = "AMAZON_DYNAMODB"
          dynamodb_config {
            table_name = aws_dynamodb_table.t.name
          }
        }
        """
    )
    assert pairs(found) == {("aws_appsync_graphql_api.g", D)}
