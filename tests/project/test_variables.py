"""Every variable that the settings read is given on AWS, or told to be left out as one likes."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from cfnlint.decode.cfn_yaml import load

ROOT: Final = Path(__file__).resolve().parents[2]
STAGES: Final = json.loads((ROOT / "zappa_settings.json").read_text())
# Set before the settings are read, by Lambda itself and by Zappa's handler.
OF_LAMBDA: Final = {"AWS_LAMBDA_FUNCTION_NAME", "STAGE"}


def calls() -> Iterator[ast.Call]:
    for path in sorted((ROOT / "project").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                has_name = bool(node.args) and isinstance(node.args[0], ast.Constant)
                if node.func.id.startswith("env_") and has_name:
                    yield node


def name_of(call: ast.Call) -> str:
    return str(ast.literal_eval(call.args[0]))


def is_required(call: ast.Call) -> bool:
    """Tell whether it has no default but at home."""
    defaults = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    if not defaults:
        return True
    default = defaults[0].orelse if isinstance(defaults[0], ast.IfExp) else defaults[0]
    return isinstance(default, ast.Constant) and default.value is None


def given(stage: str) -> set[str]:
    """Return what a stage and the secret of its stack hold."""
    settings = STAGES[stage]
    variables = settings.get("aws_environment_variables")
    while variables is None:
        settings = STAGES[settings["extends"]]
        variables = settings.get("aws_environment_variables")
    return set(variables) | secret() | OF_LAMBDA


def secret() -> set[str]:
    body = load(str(ROOT / "infra" / "database.yaml"))["Resources"]["ApplicationSecret"]
    made = body["Properties"]["GenerateSecretString"]
    names = json.loads(made["SecretStringTemplate"]["Fn::Sub"])
    return {*names, str(made["GenerateStringKey"])}


def optional() -> set[str]:
    """Return the first column of the table of variables that may be left out."""
    text = (ROOT / "docs" / "operations.md").read_text()
    table = text.partition("## Variables that may be left out")[2].partition("\n## ")[0]
    return {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }


ENVIRONMENTS: Final = sorted(set(STAGES) - {"base"})


@pytest.mark.parametrize("stage", ENVIRONMENTS)
def test_what_is_required_is_given(stage: str) -> None:
    required = {name_of(call) for call in calls() if is_required(call)}

    assert {"ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_HOST_PASSWORD", "SECRET_KEY"} <= required
    assert required - given(stage) == set()


@pytest.mark.parametrize("stage", ENVIRONMENTS)
def test_what_is_not_given_is_told(stage: str) -> None:
    read = {name_of(call) for call in calls()}

    assert read - given(stage) - optional() == set()


def test_nothing_is_told_that_nobody_reads() -> None:
    assert optional() - {name_of(call) for call in calls()} == set()


@pytest.mark.parametrize("stage", ENVIRONMENTS)
def test_migrations_and_backups_know_their_way(stage: str) -> None:
    assert {"BACKUP_BUCKET", "DATABASE_DIRECT_HOST"} <= given(stage)
