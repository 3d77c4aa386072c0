"""What cannot be read is refused with a sentence, and nothing takes for ever."""

from __future__ import annotations

import json

import pytest

from apps.engine import formats
from tests.engine.formats.terraform.configurations import planned, read, refusal

QUEUE = 'resource "aws_sqs_queue" "q" {}\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('resource "aws_sqs_queue" "q" {\n  a = \n}\n', "main.tf:2: Expected a value, found"),
        ('resource "aws_sqs_queue" "q" {\n  a = 1\n', "main.tf:3: Expected a block"),
        ('resource "aws_sqs_queue" "q" {\n  a = "x\n}\n', "main.tf:2: A text in quotes does not"),
        ("a = <<EOT\nx\n", "main.tf:1: The heredoc EOT does not end"),
        ("locals {\n  a = 1\n  a = 2\n}\n", "main.tf:3: 'a' is given twice"),
        ("}\n", "main.tf:1: Expected a block or an attribute, found '}'"),
        ('locals {\n  a = "\\q"\n}\n', "main.tf:2: '\\q' is no escape of HCL"),
        ("locals {\n  a = 1 2\n}\n", "main.tf:2: Expected the end of the line, found '2'"),
        ("locals {\n  a = f(1\n}\n", "Expected ')'"),
        ("locals {}\n", "main.tf: The files have no resource"),
        (QUEUE + QUEUE, "main.tf:2: The resource aws_sqs_queue.q is there twice"),
    ],
)
def test_bad_hcl_is_refused_with_its_line(text: str, sentence: str) -> None:
    assert sentence in refusal(text)


def test_a_name_that_nothing_has_is_refused_with_a_hint() -> None:
    said = refusal(
        """
        resource "aws_sqs_queue" "orders" {}
        resource "aws_lambda_function" "f" {
          environment {
            variables = { QUEUE = aws_sqs_queue.order.url }
          }
        }
        """
    )
    assert said == (
        "main.tf:5: aws_lambda_function.f names 'aws_sqs_queue.order', which is not there; "
        "did you mean aws_sqs_queue.orders?"
    )


@pytest.mark.parametrize(
    "text",
    [
        "locals {\n  a = local.b\n  b = local.a\n}\n"
        'resource "aws_sqs_queue" "q" {\n  delay_seconds = local.a\n}\n',
        'module "m" {\n  source = "./"\n}\n' + QUEUE,
    ],
)
def test_circles_are_refused(text: str) -> None:
    assert "break the circle" in refusal(text)


def test_modules_that_take_in_each_other_are_refused() -> None:
    files = {
        "a/a.tf": 'module "b" {\n  source = "../b"\n}\n',
        "b/b.tf": 'module "a" {\n  source = "../a"\n}\n',
    }
    assert "break the circle" in refusal('module "a" {\n  source = "./a"\n}\n', files)


def test_a_module_outside_the_upload_is_said() -> None:
    found = read('module "m" {\n  source = "../elsewhere"\n}\n' + QUEUE)
    assert "'../elsewhere', which is not given" in found.component("module.m").settings["reason"]


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 500 + "]" * 500,
        "a = " + "!" * 5000 + "true",
        "a = " + "x" + ".y" * 5000,
        "a { " * 500 + "}" * 500,
        'a = "' + '${"' * 400 + '"}' * 400 + '"',
    ],
)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert "deep" in refusal(f"locals {{\n{text}\n}}\n{QUEUE}")


@pytest.mark.parametrize(
    "step",
    [
        "[local.a{n}, local.a{n}]",
        "concat(local.a{n}, local.a{n})",
        '"${{local.a{n}}}${{local.a{n}}}"',
        "{{ x = local.a{n}, y = local.a{n} }}",
    ],
)
def test_values_that_double_without_end_are_refused(step: str) -> None:
    lines = [f"  a{n + 1} = " + step.format(n=n) for n in range(60)]
    body = 'locals {\n  a0 = ["xxxxxxxx"]\n' + "\n".join(lines) + "\n}\n"
    use = 'resource "aws_sqs_queue" "q" {\n  delay_seconds = local.a60\n}\n'
    said = refusal(body + use)
    assert "unfolds to more than" in said or "grows beyond" in said


def test_loops_within_loops_are_refused() -> None:
    loop = "[for a in range(100) : [for b in range(100) : [for c in range(100) : a]]]"
    assert "unfolds" in refusal(f'resource "aws_sqs_queue" "q" {{\n  delay_seconds = {loop}\n}}\n')


def test_too_many_resources_are_refused() -> None:
    many = "".join(f'resource "aws_sqs_queue" "q{n}" {{}}\n' for n in range(2_100))
    assert "more than 2,000 resources" in refusal(many)


def test_a_design_on_another_cloud_is_refused() -> None:
    said = refusal('resource "google_storage_bucket" "b" {\n  name = "b"\n}\n')
    assert said == (
        "main.tf:1: All of it stands on Google Cloud; Headroom reads what is built on AWS."
    )
    plan = planned({"type": "azurerm_storage_account", "name": "a"})
    assert "stands on Azure" in refusal(json.dumps(plan), name="plan.json")


@pytest.mark.parametrize(
    "document",
    [
        {"format_version": "1.2", "planned_values": {"root_module": {}}},
        {"format_version": "1.2", "planned_values": []},
        {"format_version": "1.2", "planned_values": {"root_module": {"resources": {"a": 1}}}},
        {"format_version": "1.0", "values": None},
        {"version": 4, "serial": 1, "lineage": "x", "resources": [{"type": 1, "instances": 3}]},
        {"version": 3, "serial": 1, "lineage": "x", "modules": [], "resources": []},
    ],
)
def test_a_plan_or_state_without_resources_is_refused(document: dict[str, object]) -> None:
    assert refusal(json.dumps(document), name="x.json").startswith("x.json: It ")


@pytest.mark.parametrize(
    "resource",
    [
        {"type": "aws_sqs_queue", "name": "q", "values": {"redrive_policy": "{"}},
        {"type": "aws_sqs_queue", "name": "q", "values": {"tags": [[[]]], "policy": 3}},
        {"type": "aws_sqs_queue", "name": "q", "expressions": {"policy": {"references": 1}}},
        {"type": "aws_sqs_queue", "name": "q", "expressions": {"policy": [1, None, {}]}},
        {"type": "aws_sqs_queue", "name": "q", "index": {"a": 1}, "sensitive_values": [1]},
        {
            "type": "aws_sqs_queue",
            "name": "q",
            "expressions": {
                "policy": {"references": ["", ".", "module", "module.x", "a.b.c[", "["]}
            },
        },
    ],
)
def test_odd_values_of_a_plan_break_nothing(resource: dict[str, object]) -> None:
    found = formats.read({"plan.json": json.dumps(planned(resource)).encode()})
    assert [c.id for c in found] == ["aws_sqs_queue.q"]


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"\xff\xfe\xfd", b'a = "\xff"'])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("main.tf")


def test_a_broken_plan_is_refused_with_its_line() -> None:
    text = '{"format_version": "1.2",\n"planned_values": {,}}'
    assert refusal(text, name="plan.json").startswith("plan.json:2: The JSON cannot be read")


def test_a_plan_that_is_nested_too_deep_is_refused() -> None:
    deep = '{"format_version": "1.2", "planned_values": ' + "[" * 100_000
    with pytest.raises(formats.UnreadableInput):
        formats.read({"plan.json": deep.encode()})


TEMPLATE = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n"
PLAN = json.dumps(planned({"type": "aws_sqs_queue", "name": "q"}))


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"t.yaml": TEMPLATE}, "t.yaml: It is a CloudFormation template beside main.tf"),
        ({"p.json": PLAN}, "p.json: It is a plan or a state beside main.tf"),
    ],
)
def test_two_descriptions_of_a_design_are_refused(files: dict[str, str], sentence: str) -> None:
    assert sentence in refusal(QUEUE, files)


def test_a_template_that_the_configuration_deploys_may_lie_beside_it() -> None:
    stack = 'resource "aws_cloudformation_stack" "s" {\n  template_body = file("t.yaml")\n}\n'
    assert [c.id for c in read(QUEUE + stack, {"t.yaml": TEMPLATE})] == ["aws_sqs_queue.q"]


def test_a_setting_out_of_bounds_is_refused_with_its_line() -> None:
    text = 'resource "aws_lambda_function" "f" {\n  memory_size = 64\n}\n'
    assert refusal(text).startswith("main.tf:2: aws_lambda_function.f: Lambda function: Memory")
