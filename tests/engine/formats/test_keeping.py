"""Secrets of Terraform are written over before a file is kept, and never reach a graph."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.formats.keeping import keepable
from tests.engine.formats.terraform.configurations import planned

SECRET = "hunter2-of-mine"
CONFIGURATION = f"""
variable "plain" {{
  default   = "{SECRET}"
  sensitive = true
}}
variable "db_password" {{
  default = "{SECRET}"
}}
provider "aws" {{
  access_key = "{SECRET}"
  region     = "eu-west-1"
}}
resource "aws_db_instance" "d" {{
  engine            = "postgres"
  instance_class    = "db.t4g.small"
  allocated_storage = 20
  password          = "{SECRET}"
}}
resource "aws_secretsmanager_secret_version" "v" {{
  secret_string = jsonencode({{ host = "db.example.com", port = "{SECRET}" }})
}}
resource "aws_lambda_function" "f" {{
  environment {{
    variables = {{
      API_TOKEN = "{SECRET}"
      TABLE     = "orders"
    }}
  }}
}}
resource "aws_ssm_parameter" "p" {{
  name  = "p"
  value = "{SECRET}"
  token = <<-EOT
    {SECRET}
    second ${{aws_db_instance.d.address}} {SECRET}
  EOT
}}
resource "aws_ecs_task_definition" "t" {{
  container_definitions = jsonencode([{{
    environment = [{{ name = "DB_PASSWORD", value = "{SECRET}" }}]
  }}])
}}
"""


def kept(text: str, name: str = "main.tf") -> str:
    return keepable({name: text.encode()})[name].decode()


def test_secrets_of_a_configuration_are_written_over_in_their_place() -> None:
    found = kept(CONFIGURATION)
    assert SECRET not in found
    assert [len(line) for line in found.split("\n")] == [
        len(line) for line in CONFIGURATION.split("\n")
    ]
    for stays in ('"eu-west-1"', "${aws_db_instance.d.address}", '"orders"', '"DB_PASSWORD"'):
        assert stays in found


def test_a_configuration_with_secrets_has_the_same_graph_when_kept() -> None:
    given = formats.read({"main.tf": CONFIGURATION.encode()})
    assert SECRET not in json.dumps(given.to_dict())
    again = formats.read({"main.tf": kept(CONFIGURATION).encode()})
    assert again.to_dict() == given.to_dict()


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_sqs_queue" "q" {}\r\n# password = "x"\r\n',
        'variable "password" {\n  type = string\n}\n',
        'resource "aws_db_instance" "d" {\n  password = var.password\n}\n',
        "not = = hcl",
    ],
)
def test_what_holds_no_secret_is_kept_byte_for_byte(text: str) -> None:
    assert kept(text) == text


def test_values_for_sensitive_variables_are_written_over() -> None:
    files = {
        "main.tf": b'variable "key" {\n  sensitive = true\n}\n',
        "terraform.tfvars": f'key = "{SECRET}"\nother = "stays"\n'.encode(),
    }
    found = keepable(files)
    assert found["main.tf"] == files["main.tf"]
    assert SECRET.encode() not in found["terraform.tfvars"]
    assert b'other = "stays"' in found["terraform.tfvars"]


def database(**more: Any) -> dict[str, Any]:
    values = {
        "engine": "postgres",
        "instance_class": "db.t4g.small",
        "allocated_storage": 20,
        "password": SECRET,
        "username": "shopkeeper",
    }
    return {"type": "aws_db_instance", "name": "d", "values": values, **more}


PLANS: dict[str, dict[str, Any]] = {
    "by name": planned(database()),
    "by mark": planned(database(sensitive_values={"username": True, "password": True})),
    "variables": planned(
        database(),
        variables={"key": {"value": SECRET}},
        configuration={"root_module": {"variables": {"key": {"sensitive": True}}}},
    ),
    "changes": planned(
        database(),
        resource_changes=[
            {"change": {"after": {"input": {"s": SECRET}}, "after_sensitive": {"input": True}}}
        ],
    ),
    "constants": planned(
        database(expressions={"password": {"constant_value": SECRET}, "engine": {}})
    ),
    "inside a text": planned(
        database(),
        {"type": "aws_ssm_parameter", "name": "p", "values": {"value": f"postgres://a:{SECRET}@b"}},
    ),
    "inside a document": planned(
        {
            "type": "aws_ecs_task_definition",
            "name": "t",
            "values": {
                "container_definitions": json.dumps(
                    [{"environment": [{"name": "DB_PASSWORD", "value": SECRET}]}]
                )
            },
        }
    ),
    "outputs": {
        "format_version": "1.0",
        "values": {
            "outputs": {"key": {"value": {"a": [SECRET]}, "sensitive": True}},
            "root_module": {"resources": [{"mode": "managed", **database()}]},
        },
    },
    "state": {
        "version": 4,
        "serial": 1,
        "lineage": "x",
        "outputs": {"key": {"value": SECRET, "type": "string", "sensitive": True}},
        "resources": [
            {
                "mode": "managed",
                "type": "aws_db_instance",
                "name": "d",
                "instances": [
                    {
                        "attributes": {**database()["values"], "custom": SECRET},
                        "sensitive_attributes": [[{"type": "get_attr", "value": "custom"}]],
                    }
                ],
            }
        ],
    },
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("indent", [None, 2])
def test_secrets_of_plans_and_states_are_written_over(
    plan: dict[str, Any], indent: int | None
) -> None:
    text = json.dumps(plan, indent=indent)
    found = kept(text, "plan.json")
    assert SECRET not in found
    assert len(found) == len(text)
    given, again = (formats.read({"plan.json": x.encode()}) for x in (text, found))
    assert SECRET not in json.dumps(given.to_dict())
    assert again.to_dict() == given.to_dict()


def test_a_secret_with_signs_of_json_is_written_over() -> None:
    plan = json.dumps(planned(database(values={"password": 'a"b\\c/d\u00e9\n'})))
    found = kept(plan, "plan.json")
    assert json.loads(found)["planned_values"]["root_module"]["resources"][0]["values"][
        "password"
    ] == "*" * (len(json.dumps('a"b\\c/d\u00e9\n')) - 2)


def test_a_secret_number_stays_a_number() -> None:
    plan = json.dumps(planned(database(values={"password": 12345, "port": 54321})))
    found = json.loads(kept(plan, "plan.json"))
    values = found["planned_values"]["root_module"]["resources"][0]["values"]
    assert values == {"password": 99999, "port": 54321}


def test_a_plan_without_secrets_is_kept_byte_for_byte() -> None:
    plan = json.dumps(planned({"type": "aws_sqs_queue", "name": "q", "values": {"name": "q"}}))
    assert kept(plan, "plan.json") == plan
