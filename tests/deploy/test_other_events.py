"""Events that are no request: of the clock, of people who operate, and of nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.deploy.sandbox import Sandbox


def scheduled(function: str) -> dict[str, Any]:
    """Return what EventBridge sends; Zappa writes the function into the rule's name."""
    arn = f"arn:aws:events:us-east-1:123456789012:rule/headroom-dev-work-{function}"
    return {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "resources": [arn],
        "detail": {},
    }


def fault_of(function: Sandbox, event: Any) -> dict[str, Any]:
    result = function.invoke(event)
    assert result.error is not None, result.response
    fault: dict[str, Any] = json.loads(result.error)
    return fault


def test_clock_starts_the_work(function: Sandbox) -> None:
    result = function.invoke(scheduled("project.lambda_work.work"))

    assert result.error is None
    assert result.json() is None


@pytest.mark.parametrize("event", [{}, scheduled("handler.keep_warm_callback")])
def test_keeping_warm_does_nothing(function: Sandbox, event: dict[str, Any]) -> None:
    assert function.invoke(event).json() is None


def test_command_calls_the_function_that_it_names(function: Sandbox) -> None:
    assert function.invoke({"command": "project.lambda_work.work"}).error is None


def test_task_is_done_that_was_handed_on(function: Sandbox, database: str) -> None:
    code = "from apps.accounts.models import Team; Team.objects.create(name='By a task')"
    task = {
        "command": "zappa.asynchronous.route_lambda_task",
        "task_path": "django.core.management.call_command",
        "args": ["shell"],
        "kwargs": {"command": code, "verbosity": 0},
    }

    assert function.invoke(task).error is None
    with psycopg.connect(dbname=database) as connection:
        found = connection.execute("SELECT count(*) FROM accounts_team WHERE name = 'By a task'")
        assert found.fetchone() == (1,)


def test_management_command_is_split_as_by_a_shell(function: Sandbox, log: Path) -> None:
    result = function.invoke({"manage": "shell -v 0 -c 'print(\"two  spaces\")'"})

    assert result.json() == {}
    assert "two  spaces" in log.read_text()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("no_such_command", "CommandError"),
        ("shell -c 'raise SystemExit(3)'", "CommandFailed"),
    ],
)
def test_failing_command_is_told_and_the_function_lives(
    function: Sandbox, line: str, kind: str
) -> None:
    assert fault_of(function, {"manage": line})["errorType"] == kind
    assert function.invoke({}).error is None


@pytest.mark.parametrize(
    "event", [[], "text", 3, None, {"foo": 1}, {"raw_command": "print('never')"}]
)
def test_what_nobody_sends_is_refused_in_words(function: Sandbox, log: Path, event: Any) -> None:
    assert fault_of(function, json.dumps(event).encode())["errorType"] == "EventRefused"
    assert "never" not in log.read_text()
