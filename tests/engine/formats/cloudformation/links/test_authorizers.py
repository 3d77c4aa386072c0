"""Who lets requests in: asked on top of the routes, again for each token or each time."""

from __future__ import annotations

from tests.engine.formats.templates import link, pairs, read


def test_what_lets_requests_in_comes_on_top_of_the_routes() -> None:
    design = read(
        """
        Resources:
          Pool: {Type: 'AWS::Cognito::UserPool'}
          F: {Type: 'AWS::Lambda::Function'}
          Rest: {Type: 'AWS::ApiGateway::RestApi'}
          A1:
            Type: AWS::ApiGateway::Authorizer
            Properties: {RestApiId: !Ref Rest, ProviderARNs: [!GetAtt Pool.Arn]}
          A2:
            Type: AWS::ApiGateway::Authorizer
            Properties: {RestApiId: !Ref Rest, AuthorizerUri: !GetAtt F.Arn}
          Http:
            Type: AWS::Serverless::HttpApi
            Properties:
              Auth:
                Authorizers:
                  Jwt:
                    JwtConfiguration:
                      issuer: !Sub 'https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}'
        """
    )

    assert pairs(design) == {("Rest", "Pool"), ("Rest", "F"), ("Http", "Pool")}
    # How often people sign in is an assumption of the pool, how often a token comes again one of
    # the API, which keeps the answer for five minutes.
    assert {x.calls for x in design.links} == {None}
    assert link(design, "Rest", "Pool").settings == {"is_extra": True}
    assert link(design, "Http", "Pool").settings == {"is_extra": True}
    assert link(design, "Rest", "F").settings == {"is_extra": True, "is_kept": True}


def test_a_function_is_asked_each_time_where_no_answer_is_kept() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Lambda::Function'}
          Rest: {Type: 'AWS::ApiGateway::RestApi'}
          A1:
            Type: AWS::ApiGateway::Authorizer
            Properties:
              RestApiId: !Ref Rest
              AuthorizerUri: !GetAtt F.Arn
              AuthorizerResultTtlInSeconds: 0
          Http: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: HTTP}}
          A2:
            Type: AWS::ApiGatewayV2::Authorizer
            Properties: {ApiId: !Ref Http, AuthorizerUri: !GetAtt F.Arn}
          Sam:
            Type: AWS::Serverless::Api
            Properties:
              Auth:
                Authorizers:
                  Mine: {FunctionArn: !GetAtt F.Arn, Identity: {ReauthorizeEvery: 0}}
          Sockets: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: WEBSOCKET}}
          A3:
            Type: AWS::ApiGatewayV2::Authorizer
            Properties:
              ApiId: !Ref Sockets
              AuthorizerUri: !GetAtt F.Arn
              IdentitySource: [route.request.querystring.token]
        """
    )

    for api in ("Rest", "Http", "Sam", "Sockets"):
        assert (link(design, api, "F").calls, link(design, api, "F").settings) == (
            1.0,
            {"is_extra": True},
        )
