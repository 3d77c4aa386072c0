"""`describe` on folders of Terraform, as they lie on disk."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

MAIN = """
module "mails" {
  source = "../modules/mails"
}
resource "aws_sfn_state_machine" "m" {
  definition = file("${path.module}/flow.asl.json")
}
"""
MODULE = (
    'resource "aws_sqs_queue" "q" {\n  visibility_timeout_seconds = var.s\n}\nvariable "s" {}\n'
)
FLOW = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'


def described(path: Path) -> dict[str, Any]:
    out = StringIO()
    call_command("describe", str(path), format="json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "live/main.tf": MAIN,
        "live/flow.asl.json": FLOW,
        "live/.terraform/modules/x.tf": "broken",
        "modules/mails/main.tf": MODULE,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "live"


@pytest.mark.parametrize("given", [".", "main.tf"])
def test_a_folder_brings_its_modules_and_the_files_that_it_names(folder: Path, given: str) -> None:
    found = described(folder / given)
    components = {c["id"]: c["settings"] for c in found["components"] if c["kind"] != "account"}
    assert components == {
        "aws_sfn_state_machine.m": {"states": 1},
        "module.mails.aws_sqs_queue.q": {},
    }
    assert "which has no value here" in found["warnings"][0]


def test_a_folder_without_a_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="This is a directory"):
        described(tmp_path)


def test_modules_that_take_in_each_other_come_once(folder: Path) -> None:
    (folder.parent / "modules" / "mails" / "main.tf").write_text(
        'module "live" {\n  source = "../../live"\n}\n'
    )
    with pytest.raises(CommandError, match="break the circle"):
        described(folder)
