"""What a configuration says in HCL: expressions, functions, loops, modules, documents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.formats.templates import pairs
from tests.engine.formats.terraform.configurations import FUNCTION, F, read

SHOP = {
    "modules/queue/main.tf": """
        variable "seconds" {
          default = 30
        }
        variable "sender" {}
        resource "aws_sqs_queue" "this" {
          visibility_timeout_seconds = var.seconds
        }
        output "arn" {
          value = aws_sqs_queue.this.arn
        }
        """
}


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


def test_a_module_beside_it_is_taken_in() -> None:
    found = read(
        FUNCTION
        + """
        module "mails" {
          source  = "./modules/queue"
          seconds = 70
          sender  = aws_lambda_function.f.arn
        }
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn = module.mails.arn
          function_name    = aws_lambda_function.f.arn
        }
        """,
        SHOP,
    )
    queue = found.component("module.mails.aws_sqs_queue.this")
    assert queue.settings["visibility_timeout_s"] == 70.0
    assert (queue.name, str(queue.source)) == ("this", "modules/queue/main.tf:6")
    assert pairs(found) == {(queue.id, F)}


def test_a_module_that_is_not_given_is_shown() -> None:
    found = read(
        FUNCTION
        + """
        module "mails" {
          source  = "terraform-aws-modules/sqs/aws"
          version = "4.0.0"
        }
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn = module.mails.queue_arn
          function_name    = aws_lambda_function.f.arn
        }
        """
    )
    module = found.component("module.mails")
    assert not module.is_modelled
    assert module.settings["reason"] == (
        "The module comes from 'terraform-aws-modules/sqs/aws', which is not given; give a plan."
    )
    assert pairs(found) == {("module.mails", F)}


def test_a_dynamic_block_is_written_out() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_s3_bucket" "b" {}
        resource "aws_sqs_queue" "q" {}
        resource "aws_s3_bucket_notification" "n" {
          bucket = aws_s3_bucket.b.id
          dynamic "queue" {
            for_each = [aws_sqs_queue.q.arn]
            iterator = one
            content {
              queue_arn = one.value
            }
          }
        }
        """
    )
    assert pairs(found) == {("aws_s3_bucket.b", "aws_sqs_queue.q")}


def test_a_splat_names_all() -> None:
    found = read(
        """
        resource "aws_sqs_queue" "q" {
          count = 2
        }
        resource "aws_lambda_function" "f" {
          role = "arn:aws:iam::1:role/x"
          environment {
            variables = {
              QUEUES = join(",", aws_sqs_queue.q[*].url)
            }
          }
        }
        """
    )
    assert pairs(found) == {(F, "aws_sqs_queue.q")}


def test_a_function_that_is_not_worked_out_keeps_its_names() -> None:
    found = read(
        """
        resource "aws_sqs_queue" "q" {}
        resource "aws_lambda_function" "f" {
          role = "arn:aws:iam::1:role/x"
          environment {
            variables = {
              QUEUE = urlencode(aws_sqs_queue.q.url)
            }
          }
        }
        """
    )
    assert pairs(found) == {(F, "aws_sqs_queue.q")}


def test_a_definition_may_stand_in_a_file() -> None:
    found = read(
        FUNCTION
        + """
        resource "aws_sfn_state_machine" "m" {
          role_arn   = aws_iam_role.f.arn
          definition = templatefile("${path.module}/m.json", { f = aws_lambda_function.f.arn })
        }
        """,
        {
            "m.json": """{"StartAt": "A", "States": {"A":
            {"Type": "Task", "Resource": "${f}", "End": true}}}"""
        },
    )
    assert pairs(found) == {("aws_sfn_state_machine.m", F)}
    assert found.component("aws_sfn_state_machine.m").settings["states"] == 1
    assert found.links[0].origin.startswith("m.json:2 task")


def test_a_file_that_is_not_given_is_said() -> None:
    found = read(
        """
        resource "aws_sfn_state_machine" "m" {
          definition = file("../gone.json")
        }
        """
    )
    assert "main.tf:3: The file '../gone.json' is not given" in found.warnings[0]


def test_helpers_of_other_providers_carry_nothing() -> None:
    found = read(
        """
        resource "random_id" "r" {}
        resource "null_resource" "n" {}
        resource "aws_sqs_queue" "q" {}
        """
    )
    assert [c.id for c in found] == ["aws_sqs_queue.q"]
    assert [s.type for s in found.supporting] == ["random_id", "null_resource"]


def test_what_has_no_model_is_shown_with_its_own_type() -> None:
    found = read('resource "aws_glue_job" "j" {}\nresource "google_storage_bucket" "b" {}\n')
    reasons = {c.id: c.settings["reason"] for c in found}
    assert reasons == {
        "aws_glue_job.j": "aws_glue_job has no model yet.",
        "google_storage_bucket.b": "google_storage_bucket stands on Google Cloud, not on AWS.",
    }
    assert found.component("aws_glue_job.j").settings["service"] == "glue"


def test_templates_may_hold_directives() -> None:
    found = read(
        """
        resource "aws_sqs_queue" "q" {}
        resource "aws_lambda_function" "f" {
          role = "arn:aws:iam::1:role/x"
          environment {
            variables = {
              A = "%{ if true }${aws_sqs_queue.q.url}%{ else }none%{ endif }"
              B = "literally $${not_a_name}"
            }
          }
        }
        """
    )
    assert pairs(found) == {(F, "aws_sqs_queue.q")}
