"""What a function may call: policies, variables, secrets, proxies."""

from __future__ import annotations

import pytest

from tests.engine.formats.templates import doors, pairs
from tests.engine.formats.terraform.configurations import FUNCTION, F, read
from tests.engine.formats.terraform.links.parts import BUCKET, QUEUE, TABLE, TOPIC, B, D, Q, T


def policy(statement: str) -> str:
    return f"""
resource "aws_iam_role_policy" "p" {{
  role   = aws_iam_role.f.id
  policy = jsonencode({{ Statement = [{{ Effect = "Allow", {statement} }}] }})
}}
"""


@pytest.mark.parametrize(
    ("statement", "called"),
    [
        ('Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn', (F, Q, "send", "async")),
        ('Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*"', (F, B, "get", "sync")),
        (
            'Action = ["dynamodb:Query"], Resource = aws_dynamodb_table.t.arn',
            (F, D, "read", "sync"),
        ),
        ('Action = "sns:Publish", Resource = "*"', (F, T, "publish", "async")),
    ],
)
def test_a_policy_of_a_role_says_what_its_function_calls(
    statement: str, called: tuple[str, ...]
) -> None:
    found = read(FUNCTION + QUEUE + TOPIC + BUCKET + TABLE + policy(statement))
    assert doors(found) == {called}


def test_a_denied_action_is_no_call() -> None:
    denied = policy('Action = "sqs:*", Resource = "*"').replace("Allow", "Deny")
    assert pairs(read(FUNCTION + QUEUE + denied)) == set()


@pytest.mark.parametrize(
    "attached",
    [
        """
        resource "aws_iam_policy" "p" {
          policy = data.aws_iam_policy_document.p.json
        }
        resource "aws_iam_role_policy_attachment" "p" {
          role       = aws_iam_role.f.name
          policy_arn = aws_iam_policy.p.arn
        }
        """,
        """
        resource "aws_iam_policy" "p" {
          policy = data.aws_iam_policy_document.p.json
        }
        resource "aws_iam_policy_attachment" "p" {
          name       = "p"
          roles      = [aws_iam_role.f.name]
          policy_arn = aws_iam_policy.p.arn
        }
        """,
        """
        resource "aws_iam_role_policy" "p" {
          role   = aws_iam_role.f.name
          policy = data.aws_iam_policy_document.outer.json
        }
        data "aws_iam_policy_document" "outer" {
          source_policy_documents = [data.aws_iam_policy_document.p.json]
        }
        """,
    ],
)
def test_policies_reach_a_role_in_every_way(attached: str) -> None:
    document = """
        data "aws_iam_policy_document" "p" {
          statement {
            actions   = ["sqs:SendMessage"]
            resources = [aws_sqs_queue.q.arn]
          }
        }
        """
    assert doors(read(FUNCTION + QUEUE + document + attached)) == {(F, Q, "send", "async")}


def test_a_managed_policy_of_aws_is_known_by_its_arn() -> None:
    attached = """
        resource "aws_iam_role_policy_attachment" "p" {
          role       = aws_iam_role.f.name
          policy_arn = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
        }
        """
    assert (F, Q) in pairs(read(FUNCTION + QUEUE + attached))


def test_a_variable_of_the_environment_names_a_database() -> None:
    found = read(
        """
        resource "aws_db_instance" "d" {
          engine            = "mysql"
          instance_class    = "db.t4g.small"
          allocated_storage = 20
        }
        resource "aws_lambda_function" "f" {
          role = "arn:aws:iam::1:role/x"
          environment {
            variables = {
              DSN = "mysql://${aws_db_instance.d.endpoint}/shop"
            }
          }
        }
        """
    )
    assert doors(found) == {(F, "aws_db_instance.d", "query", "sync")}


def test_a_proxy_stands_before_its_database() -> None:
    found = read(
        """
        resource "aws_rds_cluster" "c" {
          engine = "aurora-postgresql"
          serverlessv2_scaling_configuration {
            min_capacity = 0.5
            max_capacity = 8
          }
        }
        resource "aws_rds_cluster_instance" "i" {
          count              = 3
          cluster_identifier = aws_rds_cluster.c.id
          instance_class     = "db.serverless"
          engine             = aws_rds_cluster.c.engine
        }
        resource "aws_db_proxy" "p" {
          name          = "p"
          engine_family = "POSTGRESQL"
        }
        resource "aws_db_proxy_default_target_group" "g" {
          db_proxy_name = aws_db_proxy.p.name
          connection_pool_config {
            max_connections_percent = 80
          }
        }
        resource "aws_db_proxy_target" "t" {
          db_cluster_identifier = aws_rds_cluster.c.cluster_identifier
          db_proxy_name         = aws_db_proxy.p.name
          target_group_name     = aws_db_proxy_default_target_group.g.name
        }
        """
    )
    assert pairs(found) == {("aws_db_proxy.p", "aws_rds_cluster.c")}
    settings = found.component("aws_rds_cluster.c").settings
    assert (settings["min_acu"], settings["max_acu"], settings["readers"]) == (0.5, 8.0, 2)
    assert found.component("aws_db_proxy.p").settings["max_connections_percent"] == 80


def test_a_file_system_is_mounted() -> None:
    found = read(
        """
        resource "aws_efs_file_system" "e" {}
        resource "aws_efs_access_point" "a" {
          file_system_id = aws_efs_file_system.e.id
        }
        resource "aws_lambda_function" "f" {
          file_system_config {
            arn              = aws_efs_access_point.a.arn
            local_mount_path = "/mnt/e"
          }
        }
        """
    )
    assert {(s, t) for s, t in pairs(found)} == {(F, "aws_efs_file_system.e")}


def test_a_secret_leads_to_the_database_that_it_opens() -> None:
    found = read(
        """
        resource "aws_db_instance" "d" {
          engine            = "postgres"
          instance_class    = "db.t4g.small"
          allocated_storage = 20
        }
        resource "aws_secretsmanager_secret" "s" {}
        resource "aws_secretsmanager_secret_version" "v" {
          secret_id     = aws_secretsmanager_secret.s.id
          secret_string = jsonencode({ host = aws_db_instance.d.address, password = "hunter2" })
        }
        resource "aws_lambda_function" "f" {
          environment {
            variables = {
              SECRET = aws_secretsmanager_secret.s.arn
            }
          }
        }
        """
    )
    assert (F, "aws_db_instance.d") in pairs(found)
    assert "hunter2" not in str(found.to_dict())


def test_a_cluster_is_billed_whole_in_a_design() -> None:
    found = read(
        """
        resource "aws_rds_cluster" "c" {
          engine = "aurora-mysql"
        }
        resource "aws_rds_cluster_instance" "i" {
          cluster_identifier = aws_rds_cluster.c.id
          instance_class     = "db.r7g.large"
        }
        """
    )
    assert [c.id for c in found] == ["aws_rds_cluster.c"]
    settings = found.component("aws_rds_cluster.c").settings
    assert settings["instance_class"] == "db.r7g.large"
    assert "billed_part" not in settings


def test_an_engine_without_a_model_is_shown() -> None:
    found = read('resource "aws_db_instance" "d" {\n  engine = "oracle-ee"\n}\n')
    assert not found.component("aws_db_instance.d").is_modelled
