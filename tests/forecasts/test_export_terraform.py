"""`export --to terraform` on what lies on disk."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.engine import formats

DEMO = Path(__file__).resolve().parents[2] / "apps" / "forecasts" / "demo"
MAIN = """variable "size" {
  default = 256
}

resource "aws_lambda_function" "f" {
  memory_size = var.size # MB
  timeout     = 3 * 2
}
"""


def exported(path: Path, *changes: str) -> tuple[str, str]:
    out, told = StringIO(), StringIO()
    options = {"to": "terraform", "set": list(changes), "stdout": out, "stderr": told}
    call_command("export", str(path), **options)
    return out.getvalue(), told.getvalue()


@pytest.fixture
def main(tmp_path: Path) -> Path:
    path = tmp_path / "main.tf"
    path.write_text(MAIN)
    return path


def test_a_configuration_comes_back_as_it_was(main: Path) -> None:
    assert exported(main) == (MAIN, "")


def test_a_changed_setting_changes_its_line(main: Path) -> None:
    text, told = exported(main, "aws_lambda_function.f.memory_mb=1024")
    assert text == MAIN.replace("256", "1024")
    assert "the default of var.size" in told


def test_a_value_that_is_worked_out_is_refused(main: Path) -> None:
    with pytest.raises(CommandError, match=r"main.tf:7: timeout of aws_lambda_function.f"):
        exported(main, "aws_lambda_function.f.timeout_s=9")


def test_a_template_becomes_a_module() -> None:
    text, told = exported(DEMO / "web-shop.yaml", "Mailer.memory_mb=512")
    found = formats.read({"main.tf": text.encode()})
    assert found.component("aws_lambda_function.mailer").settings["memory_mb"] == 512
    assert told == ""
