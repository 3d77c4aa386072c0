"""Modules, files and documents that a configuration takes in, and what it has beside AWS."""

from __future__ import annotations

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
