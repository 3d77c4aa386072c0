"""Distributions, function URLs, load balancers and graphs: what they lead to."""

from __future__ import annotations

from tests.engine.formats.templates import doors, pairs, read


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
    assert services == {"Alb": "alb", "Nlb": "nlb", "Service": "ecs"}


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

    assert pairs(design) == {
        ("Graph", "F"),
        ("Graph", "pay.example"),
        ("Sam", "D"),
    }
