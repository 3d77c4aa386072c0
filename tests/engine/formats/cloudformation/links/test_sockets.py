"""WebSocket APIs: their routes, and what is pushed to their clients."""

from __future__ import annotations

from tests.engine.formats.templates import doors, link, read

SOCKET = """
    Resources:
      Live: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: WEBSOCKET}}
      Hello: {Type: 'AWS::Lambda::Function'}
      Chat:
        Type: AWS::Serverless::Function
        Properties:
          Policies:
            - Statement: {Effect: Allow, Action: 'execute-api:*', Resource: !Sub '${Live}/*'}
      OnConnect: {Type: 'AWS::ApiGatewayV2::Integration', Properties: {ApiId: !Ref Live,
        IntegrationUri: !GetAtt Hello.Arn}}
      OnChat: {Type: 'AWS::ApiGatewayV2::Integration', Properties: {ApiId: !Ref Live,
        IntegrationUri: !GetAtt Chat.Arn}}
      Connect: {Type: 'AWS::ApiGatewayV2::Route', Properties: {ApiId: !Ref Live,
        RouteKey: $connect, Target: !Sub 'integrations/${OnConnect}'}}
      Say: {Type: 'AWS::ApiGatewayV2::Route', Properties: {ApiId: !Ref Live,
        RouteKey: say, Target: !Sub 'integrations/${OnChat}'}}
      Stage:
        Type: AWS::ApiGatewayV2::Stage
        Properties: {ApiId: !Ref Live, DefaultRouteSettings: {ThrottlingRateLimit: 50}}
"""


def test_code_pushes_to_clients_and_never_calls_for_them() -> None:
    design = read(SOCKET)

    assert design.component("Live").kind == "websocket_api"
    assert doors(design) == {
        ("Live", "Hello", "invoke", "sync"),
        ("Live", "Chat", "invoke", "sync"),
        ("Chat", "Live", "push", "async"),
    }


def test_a_connection_opens_once_for_many_messages() -> None:
    design = read(SOCKET)

    assert link(design, "Live", "Hello").settings["weight"] == 0.5
    assert link(design, "Live", "Chat").settings["weight"] == 10.0


def test_its_stage_may_throttle_it() -> None:
    assert read(SOCKET).component("Live").settings == {"throttle_rate_rps": 50.0}


def test_the_routes_of_sam() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Serverless::Function'}
          Live:
            Type: AWS::Serverless::WebSocketApi
            Properties: {Routes: {$default: {FunctionArn: !GetAtt F.Arn}}}
        """
    )

    assert doors(design) == {("Live", "F", "invoke", "sync")}
