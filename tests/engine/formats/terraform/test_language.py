"""What a configuration says in HCL: expressions, functions, loops, modules, documents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.formats.templates import pairs
from tests.engine.formats.terraform.configurations import FUNCTION, F, read


def timeout(expression: str, before: str = "") -> Any:
    """Return what a visibility timeout of this expression is read as."""
    found = read(
        f'{before}\nresource "aws_sqs_queue" "q" {{\n'
        f"  visibility_timeout_seconds = {expression}\n}}\n"
    )
    return found.component("aws_sqs_queue.q").settings.get("visibility_timeout_s")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("60", 60),
        ("2 * 30 + 5", 65),
        ("(2 + 3) * 4", 20),
        ("7 % 4", 3),
        ("-(-9)", 9),
        ('"45"', 45),
        ("true ? 10 : 20", 10),
        ("1 > 2 ? 10 : 20", 20),
        ('"a" == "a" && !false ? 1 : 2', 1),
        ("max(3, 9, 4)", 9),
        ("min([8, 6]...)", 6),
        ("ceil(4.2)", 5),
        ("length([1, 2, 3])", 3),
        ('length("abcd")', 4),
        ('lookup({ a = 5 }, "b", 6)', 6),
        ('{ a = 5, "b" : 7 }["b"]', 7),
        ("[for n in [1, 2, 3] : n * 10 if n > 1][0]", 20),
        ('{ for k, v in { a = 4 } : k => v + 1 }["a"]', 5),
        ("element([1, 2], 3)", 2),
        ("sum([1, 2, 3.0])", 6),
        ("coalesce(null, 8)", 8),
        ("try(local.x.y, 3)", None),
        ('tonumber("12")', 12),
        ('jsondecode("{\\"a\\": 13}").a', 13),
        ("flatten([[1], [[14]]])[1]", 14),
        ('merge({ a = 1 }, { a = 15 })["a"]', 15),
        ('tonumber(split(",", "16,17")[1])', 17),
        ('tonumber(trimprefix("x18", "x"))', 18),
        ('tonumber(format("%s%02d", "1", 9))', 19),
        ('keys({ "20" = 1 })[0]', 20),
        ("values({ z = 21 })[0]", 21),
        ('zipmap(["a"], [22])["a"]', 22),
        ('contains(["a"], "a") ? 23 : 0', 23),
        ("range(25)[24]", 24),
        ('tonumber(join("", ["2", "5"]))', 25),
        ('tonumber(replace("2x6", "x", ""))', 26),
    ],
)
def test_an_expression_has_its_value(expression: str, value: float | None) -> None:
    assert timeout(expression, "locals {\n  x = 1\n}") == value


def test_variables_locals_and_attributes_of_others_have_their_values() -> None:
    before = """
        variable "base" {
          default = 5
        }
        locals {
          twice = var.base * 2
        }
        resource "aws_lambda_function" "f" {
          timeout = local.twice
        }
        """
    assert timeout("6 * aws_lambda_function.f.timeout", before) == 60


def test_values_of_a_file_replace_defaults() -> None:
    found = read(
        """
        variable "seconds" {
          default = 5
        }
        resource "aws_sqs_queue" "q" {
          visibility_timeout_seconds = var.seconds
        }
        """,
        {"terraform.tfvars": "seconds = 50\n"},
    )
    assert found.component("aws_sqs_queue.q").settings["visibility_timeout_s"] == 50.0


def test_what_only_a_plan_knows_is_said() -> None:
    found = read(
        """
        variable "seconds" {}
        resource "aws_sqs_queue" "q" {
          visibility_timeout_seconds = var.seconds
        }
        """
    )
    assert found.component("aws_sqs_queue.q").settings == {}
    assert found.warnings == (
        "main.tf:4: visibility_timeout_seconds of aws_sqs_queue.q depends on ${var.seconds}, "
        "which has no value here; the default of SQS queue is used.",
    )


def test_a_condition_that_only_a_plan_knows_is_said() -> None:
    found = read(
        """
        variable "production" {}
        resource "aws_sqs_queue" "q" {
          visibility_timeout_seconds = var.production ? 90 : 30
        }
        """
    )
    assert found.component("aws_sqs_queue.q").settings["visibility_timeout_s"] == 90.0
    assert "is known only from a plan" in found.warnings[0]


@pytest.mark.parametrize(
    "loop",
    ["count = 3", 'for_each = toset(["a", "b"])', "for_each = { a = 1, b = 2 }"],
)
def test_instances_are_one_component(loop: str) -> None:
    found = read(f'resource "aws_sqs_queue" "q" {{\n  {loop}\n}}\n')
    assert [c.id for c in found] == ["aws_sqs_queue.q"]
    assert "instances, which are read as one" in found.warnings[0]


def test_what_there_is_none_of_is_left_out() -> None:
    found = read(
        """
        variable "wanted" {
          default = false
        }
        resource "aws_sqs_queue" "q" {
          count = var.wanted ? 1 : 0
        }
        resource "aws_sns_topic" "t" {}
        """
    )
    assert [c.id for c in found] == ["aws_sns_topic.t"]
    assert "aws_sqs_queue.q is left out" in found.warnings[0]


def test_links_of_every_instance_are_read() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_sqs_queue" "q" {}
        resource "aws_sqs_queue" "p" {}
        resource "aws_lambda_event_source_mapping" "m" {
          for_each         = { q = aws_sqs_queue.q.arn, p = aws_sqs_queue.p.arn }
          event_source_arn = each.value
          function_name    = aws_lambda_function.f.arn
        }
        """
    )
    assert pairs(found) == {("aws_sqs_queue.q", F), ("aws_sqs_queue.p", F)}
