"""Distributions, function URLs, load balancers and graphs: what they lead to."""

from __future__ import annotations

from tests.engine.formats.templates import doors, link, pairs, read


def test_a_distribution_takes_from_its_origins() -> None:
    design = read(
        """
        Resources:
          Bucket: {Type: 'AWS::S3::Bucket'}
          Api: {Type: 'AWS::Serverless::HttpApi'}
          F: {Type: 'AWS::Serverless::Function', Properties: {FunctionUrlConfig: {AuthType: NONE}}}
          Edge: {Type: 'AWS::Serverless::Function'}
          Wall: {Type: 'AWS::WAFv2::WebACL'}
          Cdn:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                WebACLId: !GetAtt Wall.Arn
                Origins:
                  - {Id: a, DomainName: !GetAtt Bucket.RegionalDomainName}
                  - {Id: b, DomainName: !Sub '${Api}.execute-api.${AWS::Region}.amazonaws.com'}
                  - {Id: c, DomainName: !Select [2, !Split ['/', !GetAtt FUrl.FunctionUrl]]}
                  - {Id: d, DomainName: www.partner.example}
                DefaultCacheBehavior:
                  LambdaFunctionAssociations: [{LambdaFunctionARN: !Ref Edge.Version}]
        """
    )

    assert pairs(design) == {
        ("Cdn", "Bucket"),
        ("Cdn", "Api"),
        ("Cdn", "FUrl"),
        ("Cdn", "www.partner.example"),
        ("Cdn", "Edge"),
        ("Cdn", "Wall"),
        ("FUrl", "F"),
    }


def test_files_come_on_top_of_what_an_application_answers() -> None:
    design = read(
        """
        Resources:
          Bucket: {Type: 'AWS::S3::Bucket'}
          Api: {Type: 'AWS::Serverless::HttpApi'}
          Edge: {Type: 'AWS::Serverless::Function'}
          Cdn:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Origins:
                  - {Id: a, DomainName: !GetAtt Bucket.RegionalDomainName}
                  - {Id: b, DomainName: !Sub '${Api}.execute-api.${AWS::Region}.amazonaws.com'}
                DefaultCacheBehavior:
                  LambdaFunctionAssociations: [{LambdaFunctionARN: !Ref Edge.Version}]
          Site:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Origins: [{Id: a, DomainName: !GetAtt Bucket.RegionalDomainName}]
        """
    )

    assert link(design, "Cdn", "Bucket").settings == {"is_extra": True}
    assert link(design, "Cdn", "Bucket").calls is None
    assert link(design, "Cdn", "Api").settings == {}
    # Code at the edge sees every request, and takes none from the origins.
    assert link(design, "Cdn", "Edge").settings == {"is_extra": True, "viewer_calls": 1.0}
    assert link(design, "Cdn", "Edge").calls == 1.0
    assert link(design, "Site", "Bucket").settings == {}


def test_a_url_leads_to_its_function() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Lambda::Function'}
          Url:
            Type: AWS::Lambda::Url
            Properties: {TargetFunctionArn: !Ref F, AuthType: NONE}
        """
    )

    assert doors(design) == {("Url", "F", "invoke", "sync")}
    assert design.component("Url").kind == "lambda_url"


def test_a_balancer_leads_to_what_its_groups_hold() -> None:
    design = read(
        """
        Resources:
          Alb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}
          Nlb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: {Type: network}}
          F: {Type: 'AWS::Lambda::Function'}
          Db: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: postgres}}
          Tasks:
            Type: AWS::ECS::TaskDefinition
            Properties:
              ContainerDefinitions:
                - Environment: [{Name: HOST, Value: !GetAtt Db.Endpoint.Address}]
          Service:
            Type: AWS::ECS::Service
            Properties:
              TaskDefinition: !Ref Tasks
              LoadBalancers: [{TargetGroupArn: !Ref G2}]
          G1:
            Type: AWS::ElasticLoadBalancingV2::TargetGroup
            Properties: {TargetType: lambda, Targets: [{Id: !GetAtt F.Arn}]}
          G2: {Type: 'AWS::ElasticLoadBalancingV2::TargetGroup'}
          L1:
            Type: AWS::ElasticLoadBalancingV2::Listener
            Properties: {LoadBalancerArn: !Ref Alb, DefaultActions: [{TargetGroupArn: !Ref G1}]}
          R1:
            Type: AWS::ElasticLoadBalancingV2::ListenerRule
            Properties: {ListenerArn: !Ref L1, Actions: [{TargetGroupArn: !Ref G2}]}
        """
    )

    assert pairs(design) == {("Alb", "F"), ("Alb", "Service"), ("Service", "Db")}
    services = {c.id: c.settings["service"] for c in design.not_modelled()}
    assert services == {"Nlb": "nlb"}
    assert design.component("Service").kind == "ecs_service"
    assert design.component("Nlb").settings["reason"] == "A network balancer has no model yet."
    assert design.component("Alb").kind == "load_balancer"
    assert ("Alb", "F", "invoke", "sync") in doors(design)


def test_a_graph_calls_its_data_sources() -> None:
    design = read(
        """
        Resources:
          Graph: {Type: 'AWS::AppSync::GraphQLApi', Properties: {Name: shop}}
          D: {Type: 'AWS::DynamoDB::Table'}
          F: {Type: 'AWS::Lambda::Function'}
          S1:
            Type: AWS::AppSync::DataSource
            Properties:
              ApiId: !GetAtt Graph.ApiId
              LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}
          S2:
            Type: AWS::AppSync::DataSource
            Properties: {ApiId: !GetAtt Graph.ApiId, HttpConfig: {Endpoint: 'https://pay.example'}}
          Sam:
            Type: AWS::Serverless::GraphQLApi
            Properties: {DataSources: {DynamoDb: {Stock: {TableName: !Ref D}}}}
        """
    )

    assert doors(design) == {
        ("Graph", "F", "invoke", "sync"),
        ("Graph", "pay.example", "call", "sync"),
        ("Sam", "D", "read", "sync"),
        ("Sam", "D", "write", "sync"),
    }
    assert {x.role: x.settings.get("weight") for x in design.links if x.source == "Sam"} == {
        "read": None,
        "write": 2.0,
    }
    assert design.component("Graph").kind == design.component("Sam").kind == "appsync_api"
