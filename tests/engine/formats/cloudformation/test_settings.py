from __future__ import annotations

from tests.engine.formats.templates import read


def test_globals_stand_behind_what_a_function_says_itself() -> None:
    design = read(
        """
        Globals:
          Function: {Timeout: 20, MemorySize: 256, Architectures: [arm64]}
        Resources:
          A: {Type: 'AWS::Serverless::Function', Properties: {Timeout: 5}}
          B: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 7}}
        """
    )

    assert design.component("A").settings["timeout_s"] == 5
    assert design.component("A").settings["memory_mb"] == 256
    assert design.component("A").settings["architecture"] == "arm64"
    assert "memory_mb" not in design.component("B").settings


def test_a_stage_throttles_its_api() -> None:
    design = read(
        """
        Resources:
          Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: HTTP}}
          Stage:
            Type: AWS::ApiGatewayV2::Stage
            Properties:
              ApiId: !Ref Api
              DefaultRouteSettings: {ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100}
        """
    )

    assert design.component("Api").settings["throttle_rate_rps"] == 50
    assert design.component("Api").settings["throttle_burst"] == 100
    assert [s.id for s in design.supporting] == ["Stage"]


def test_the_settings_of_all_methods_throttle_a_rest_api() -> None:
    design = read(
        """
        Resources:
          Api:
            Type: AWS::Serverless::Api
            Properties:
              MethodSettings:
                - {HttpMethod: GET, ResourcePath: /a, ThrottlingRateLimit: 1}
                - {HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 25}
        """
    )

    assert design.component("Api").settings["throttle_rate_rps"] == 25


def test_an_alias_provisions_its_function() -> None:
    design = read(
        """
        Resources:
          F: {Type: 'AWS::Lambda::Function'}
          Live:
            Type: AWS::Lambda::Alias
            Properties:
              FunctionName: !Ref F
              ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 12}
        """
    )

    assert design.component("F").settings["provisioned_concurrency"] == 12


def test_a_cluster_takes_its_class_and_readers_from_its_instances() -> None:
    design = read(
        """
        Resources:
          Db: {Type: 'AWS::RDS::DBCluster', Properties: {Engine: aurora-postgresql}}
          One: &one
            Type: AWS::RDS::DBInstance
            Properties: {DBClusterIdentifier: !Ref Db, DBInstanceClass: db.r6g.large}
          Two: *one
          Three: *one
        """
    )

    assert design.component("Db").kind == "aurora_cluster"
    assert design.component("Db").settings["instance_class"] == "db.r6g.large"
    assert design.component("Db").settings["readers"] == 2
    assert [c.id for c in design] == ["Db"]


def test_an_engine_without_a_model_is_named_and_kept() -> None:
    design = read(
        """
        Resources:
          Db: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: db2-se}}
        """
    )

    assert design.component("Db").kind == "not_modelled"
    assert design.component("Db").settings["service"] == "rds"
    assert "db2-se has no model yet" in design.component("Db").settings["reason"]


def test_an_expression_that_aws_would_not_take_is_named_and_kept() -> None:
    design = read(
        """
        Resources:
          Nightly: {Type: 'AWS::Events::Rule', Properties: {ScheduleExpression: 'at midnight'}}
        """
    )

    assert design.component("Nightly").kind == "not_modelled"
    assert "at midnight" in design.component("Nightly").settings["reason"]


def test_a_websocket_api_is_not_taken_for_an_http_api() -> None:
    design = read(
        """
        Resources:
          Live: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: WEBSOCKET}}
        """
    )

    assert design.component("Live").kind == "websocket_api"


def test_plumbing_supports_and_strangers_are_named() -> None:
    design = read(
        """
        Resources:
          Role: {Type: 'AWS::IAM::Role'}
          Log: {Type: 'AWS::Logs::LogStream'}
          Net: {Type: 'AWS::EC2::VPC'}
          Made: {Type: 'Custom::Seed'}
          Search: {Type: 'AWS::Neptune::DBCluster'}
          New: {Type: 'AWS::Brandnew::Thing'}
        """
    )

    assert {s.id for s in design.supporting} == {"Role", "Log", "Net", "Made"}
    assert {c.id: c.settings["service"] for c in design.not_modelled()} == {
        "Search": "neptune",
        "New": "",
    }
    assert design.component("New").settings["type"] == "AWS::Brandnew::Thing"
