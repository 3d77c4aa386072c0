"""Settings changed in a configuration: those lines and no others."""

from __future__ import annotations

import difflib
import textwrap
from pathlib import Path
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.formats.terraform.export import Export, export_configuration

DEMO = Path(__file__).parents[1] / "demo"
QUEUE = """
# Mails wait here.
resource "aws_sqs_queue" "q" {
  name                       = "mails" # its name
  visibility_timeout_seconds = 30      // seconds
}
"""
Q = "aws_sqs_queue.q"


def changed(text: str, component: str = Q, **settings: Any) -> str:
    """Return a configuration with settings changed, which must have a place."""
    data = textwrap.dedent(text).encode()
    export = export_configuration({"main.tf": data}, {component: settings})
    assert export.refused == ()
    again = formats.read(export.files).component(component)
    for name, value in settings.items():
        assert again.settings.get(name) == value
    return export.files["main.tf"].decode()


def lines(before: str, after: str) -> list[str]:
    found = difflib.ndiff(textwrap.dedent(before).split("\n"), after.split("\n"))
    return [line for line in found if line[:2] in ("- ", "+ ")]


def demo(name: str) -> dict[str, bytes]:
    folder = DEMO / name
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def refused(text: str, component: str = Q, **settings: Any) -> str:
    files = {"main.tf": textwrap.dedent(text).encode()}
    export = export_configuration(files, {component: settings})
    assert export.files == files
    return " ".join(export.refused)


@pytest.mark.parametrize("name", ["web-shop", "event-pipeline", "crud-service"])
def test_without_a_change_every_byte_stays(name: str) -> None:
    files = demo(name)
    assert export_configuration(files, {}) == Export(files)
    same = formats.read(files).modelled()[0]
    assert export_configuration(files, {same.id: same.settings}).files == files


def test_a_value_changes_in_its_line() -> None:
    assert lines(QUEUE, changed(QUEUE, visibility_timeout_s=90.0)) == [
        "-   visibility_timeout_seconds = 30      // seconds",
        "+   visibility_timeout_seconds = 90      // seconds",
    ]


def test_a_new_value_has_a_line_in_the_style_of_its_neighbours() -> None:
    assert lines(QUEUE, changed(QUEUE, retention_s=3600.0)) == [
        "+   message_retention_seconds  = 3600"
    ]


def test_a_value_that_is_taken_out_takes_its_line_with_it() -> None:
    text = QUEUE.replace("30", "45")
    found = changed(text, visibility_timeout_s=None)
    assert lines(text, found) == ["-   visibility_timeout_seconds = 45      // seconds"]


def test_three_settings_change_three_lines() -> None:
    files = demo("web-shop")
    export = export_configuration(
        files,
        {
            "aws_lambda_function.mailer": {"memory_mb": 512, "timeout_s": 20.0},
            "aws_sqs_queue.mails": {"visibility_timeout_s": 120.0},
        },
    )
    assert export.refused == export.notes == ()
    before, after = (x["main.tf"].decode().split("\n") for x in (files, export.files))
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        ("  visibility_timeout_seconds = 60", "  visibility_timeout_seconds = 120"),
        (
            "  timeout                        = 10",
            "  timeout                        = 20",
        ),
        (
            "  memory_size                    = 1024",
            "  memory_size                    = 512",
        ),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_marks_stay(end: str, mark: bytes) -> None:
    text = QUEUE.replace("\n", end)
    data = mark + text.encode()
    export = export_configuration({"main.tf": data}, {Q: {"retention_s": 60.0}})
    assert (
        export.files["main.tf"]
        == mark
        + text.replace(
            "// seconds" + end, f"// seconds{end}  message_retention_seconds  = 60{end}"
        ).encode()
    )


def test_a_number_in_quotes_stays_in_quotes() -> None:
    text = 'resource "aws_sqs_queue" "q" {\n  visibility_timeout_seconds = "30"\n}\n'
    assert '= "90"' in changed(text, visibility_timeout_s=90.0)


def test_a_block_that_is_missing_is_written() -> None:
    text = 'resource "aws_lambda_function" "f" {\n  handler = "x"\n}\n'
    found = changed(text, "aws_lambda_function.f", ephemeral_mb=2048)
    assert found == (
        'resource "aws_lambda_function" "f" {\n  handler = "x"\n\n'
        "  ephemeral_storage {\n    size = 2048\n  }\n}\n"
    )


@pytest.mark.parametrize("body", ["{}", "{ }", "{\n}"])
def test_an_empty_block_takes_an_attribute(body: str) -> None:
    found = changed(f'resource "aws_sqs_queue" "q" {body}\n', visibility_timeout_s=90.0)
    assert "visibility_timeout_seconds = 90" in found


def test_a_list_of_one_changes() -> None:
    text = 'resource "aws_lambda_function" "f" {\n  architectures = ["x86_64"]\n}\n'
    found = changed(text, "aws_lambda_function.f", architecture="arm64")
    assert found == text.replace("x86_64", "arm64")


def test_a_count_inside_of_a_document_changes() -> None:
    text = """
        resource "aws_sqs_queue" "dead" {}
        resource "aws_sqs_queue" "q" {
          redrive_policy = jsonencode({
            deadLetterTargetArn = aws_sqs_queue.dead.arn
            maxReceiveCount     = 5
          })
        }
        """
    found = changed(text, max_receive_count=3)
    assert lines(text, found) == ["-     maxReceiveCount     = 5", "+     maxReceiveCount     = 3"]


def test_the_default_of_a_variable_changes_and_is_told() -> None:
    text = """
        variable "seconds" {
          default = 30
        }
        resource "aws_sqs_queue" "q" {
          visibility_timeout_seconds = var.seconds
        }
        """
    found = changed(text, visibility_timeout_s=90.0)
    assert lines(text, found) == ["-   default = 30", "+   default = 90"]
    files = {"main.tf": textwrap.dedent(text).encode()}
    export = export_configuration(files, {Q: {"visibility_timeout_s": 90.0}})
    assert export.notes == (
        "The value of aws_sqs_queue.q stands in the default of var.seconds, which was changed.",
    )


def test_the_argument_of_a_module_changes() -> None:
    files = demo("crud-service")
    id_ = "module.notes.aws_lambda_function.this"
    export = export_configuration(files, {id_: {"memory_mb": 1024}})
    assert export.refused == ()
    assert [name for name in files if files[name] != export.files[name]] == ["main.tf"]
    assert b"memory   = 1024" in export.files["main.tf"]


def test_a_value_that_others_share_is_refused() -> None:
    text = """
        locals {
          seconds = 30
        }
        resource "aws_sqs_queue" "q" {
          visibility_timeout_seconds = local.seconds
        }
        resource "aws_sqs_queue" "p" {
          visibility_timeout_seconds = local.seconds
        }
        """
    said = refused(text, visibility_timeout_s=90.0)
    assert "aws_sqs_queue.p would not be what it should; change it by hand." in said


def test_a_value_that_is_worked_out_is_refused_with_its_line() -> None:
    text = 'resource "aws_sqs_queue" "q" {\n  visibility_timeout_seconds = 2 * 15\n}\n'
    assert refused(text, visibility_timeout_s=90.0) == (
        "main.tf:2: visibility_timeout_seconds of aws_sqs_queue.q is worked out; "
        "change this line by hand to 90."
    )


@pytest.mark.parametrize(
    ("component", "settings", "sentence"),
    [
        ("aws_sqs_queue.gone", {"is_fifo": True}, "is no component"),
        (Q, {"visibility_timeout_s": -5.0}, "must be between"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    component: str, settings: dict[str, Any], sentence: str
) -> None:
    assert sentence in refused(QUEUE, component, **settings)


def test_settings_of_parts_change_where_they_stand() -> None:
    text = """
        resource "aws_lambda_function" "f" {
          function_name = "f"
        }
        resource "aws_lambda_provisioned_concurrency_config" "p" {
          function_name                     = aws_lambda_function.f.function_name
          provisioned_concurrent_executions = 5
          qualifier                         = "live"
        }
        """
    found = changed(text, "aws_lambda_function.f", provisioned_concurrency=9)
    assert "provisioned_concurrent_executions = 9" in found
