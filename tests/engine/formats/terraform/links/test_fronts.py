"""Balancers, distributions and scaling."""

from __future__ import annotations

from tests.engine.formats.templates import doors, pairs
from tests.engine.formats.terraform.configurations import FUNCTION, F, read
from tests.engine.formats.terraform.links.parts import BUCKET, B, D, Q


def test_a_balancer_leads_to_services() -> None:
    found = read(
        """
        resource "aws_lb" "l" {
          load_balancer_type = "application"
          subnets            = ["subnet-1", "subnet-2"]
        }
        resource "aws_lb_target_group" "g" {
          port = 80
        }
        resource "aws_lb_listener" "h" {
          load_balancer_arn = aws_lb.l.arn
          default_action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.g.arn
          }
        }
        resource "aws_ecs_task_definition" "d" {
          family                = "d"
          cpu                   = 256
          memory                = 512
          requires_compatibilities = ["FARGATE"]
          container_definitions = jsonencode([{
            name        = "web"
            environment = [{ name = "QUEUE", value = aws_sqs_queue.q.url }]
          }])
        }
        resource "aws_sqs_queue" "q" {}
        resource "aws_ecs_service" "s" {
          launch_type     = "FARGATE"
          desired_count   = 2
          task_definition = aws_ecs_task_definition.d.arn
          load_balancer {
            target_group_arn = aws_lb_target_group.g.arn
            container_name   = "web"
            container_port   = 80
          }
        }
        resource "aws_appautoscaling_target" "t" {
          service_namespace  = "ecs"
          resource_id        = "service/main/${aws_ecs_service.s.name}"
          scalable_dimension = "ecs:service:DesiredCount"
          min_capacity       = 2
          max_capacity       = 9
        }
        """
    )
    service = "aws_ecs_service.s"
    assert pairs(found) == {("aws_lb.l", service), (service, Q)}
    settings = found.component(service).settings
    assert (settings["cpu_units"], settings["memory_mb"]) == (256, 512)
    assert (settings["desired"], settings["maximum"]) == (2, 9)


def test_a_balancer_leads_to_a_function_by_an_attachment() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_lb" "l" {}
        resource "aws_lb_target_group" "g" {
          target_type = "lambda"
        }
        resource "aws_lb_target_group_attachment" "a" {
          target_group_arn = aws_lb_target_group.g.arn
          target_id        = aws_lambda_function.f.arn
        }
        resource "aws_lb_listener" "h" {
          load_balancer_arn = aws_lb.l.arn
          default_action {
            type = "fixed-response"
          }
        }
        resource "aws_lb_listener_rule" "r" {
          listener_arn = aws_lb_listener.h.arn
          action {
            type = "forward"
            forward {
              target_group {
                arn = aws_lb_target_group.g.arn
              }
            }
          }
        }
        """
    )
    assert doors(found) == {("aws_lb.l", F, "invoke", "sync")}


def test_instances_of_a_group_stand_behind_a_balancer() -> None:
    found = read(
        """
        resource "aws_lb" "l" {}
        resource "aws_lb_target_group" "g" {}
        resource "aws_lb_listener" "h" {
          load_balancer_arn = aws_lb.l.arn
          default_action {
            target_group_arn = aws_lb_target_group.g.arn
          }
        }
        resource "aws_launch_template" "t" {
          instance_type = "m7g.large"
        }
        resource "aws_autoscaling_group" "a" {
          min_size          = 2
          max_size          = 6
          target_group_arns = [aws_lb_target_group.g.arn]
          launch_template {
            id = aws_launch_template.t.id
          }
        }
        """
    )
    assert pairs(found) == {("aws_lb.l", "aws_autoscaling_group.a")}
    settings = found.component("aws_autoscaling_group.a").settings
    assert (settings["instance_type"], settings["maximum"]) == ("m7g.large", 6)


def test_a_distribution_runs_functions_and_asks_origins() -> None:
    found = read(
        BUCKET
        + FUNCTION
        + """
        resource "aws_cloudfront_function" "c" {
          name    = "c"
          runtime = "cloudfront-js-2.0"
          code    = "x"
        }
        resource "aws_wafv2_web_acl" "w" {
          scope = "CLOUDFRONT"
        }
        resource "aws_cloudfront_distribution" "d" {
          web_acl_id = aws_wafv2_web_acl.w.arn
          origin {
            domain_name = aws_s3_bucket.b.bucket_regional_domain_name
            origin_id   = "b"
          }
          default_cache_behavior {
            target_origin_id = "b"
            function_association {
              event_type   = "viewer-request"
              function_arn = aws_cloudfront_function.c.arn
            }
            lambda_function_association {
              event_type = "origin-request"
              lambda_arn = aws_lambda_function.f.qualified_arn
            }
          }
        }
        """
    )
    d = "aws_cloudfront_distribution.d"
    assert pairs(found) == {
        (d, B),
        (d, "aws_cloudfront_function.c"),
        (d, F),
        (d, "aws_wafv2_web_acl.w"),
    }
    assert found.component(F).kind == "edge_function"


def test_a_firewall_stands_before_a_balancer() -> None:
    found = read(
        """
        resource "aws_lb" "l" {}
        resource "aws_wafv2_web_acl" "w" {
          scope = "REGIONAL"
        }
        resource "aws_wafv2_web_acl_association" "a" {
          resource_arn = aws_lb.l.arn
          web_acl_arn  = aws_wafv2_web_acl.w.arn
        }
        """
    )
    assert pairs(found) == {("aws_lb.l", "aws_wafv2_web_acl.w")}


def test_capacity_of_a_table_is_scaled() -> None:
    found = read(
        """
        resource "aws_dynamodb_table" "t" {
          name           = "t"
          read_capacity  = 5
          write_capacity = 5
          hash_key       = "id"
        }
        resource "aws_appautoscaling_target" "r" {
          service_namespace  = "dynamodb"
          resource_id        = "table/${aws_dynamodb_table.t.name}"
          scalable_dimension = "dynamodb:table:ReadCapacityUnits"
          min_capacity       = 5
          max_capacity       = 100
        }
        resource "aws_appautoscaling_policy" "r" {
          name               = "r"
          policy_type        = "TargetTrackingScaling"
          service_namespace  = aws_appautoscaling_target.r.service_namespace
          resource_id        = aws_appautoscaling_target.r.resource_id
          scalable_dimension = aws_appautoscaling_target.r.scalable_dimension
          target_tracking_scaling_policy_configuration {
            target_value = 60
            predefined_metric_specification {
              predefined_metric_type = "DynamoDBReadCapacityUtilization"
            }
          }
        }
        """
    )
    settings = found.component(D).settings
    assert (settings["read_minimum"], settings["read_maximum"]) == (5, 100)
    assert settings["read_target_percent"] == 60.0


def test_provisioned_concurrency_of_an_alias() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_lambda_alias" "live" {
          name             = "live"
          function_name    = aws_lambda_function.f.function_name
          function_version = "1"
        }
        resource "aws_lambda_provisioned_concurrency_config" "p" {
          function_name                     = aws_lambda_alias.live.function_name
          qualifier                         = aws_lambda_alias.live.name
          provisioned_concurrent_executions = 12
        }
        """
    )
    assert found.component(F).settings["provisioned_concurrency"] == 12
