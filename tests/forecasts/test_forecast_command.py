from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.engine.forecast import forecast
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import DATA, packaged_facts
from apps.forecasts.template_files import read_paths

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "apps/forecasts/demo"
DEMOS = ("web-shop", "event-pipeline", "crud-service")
SHOP = DEMO / "crud-service.yaml"
Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> str:
        call_command("forecast", *[str(argument) for argument in arguments])
        return capsys.readouterr().out

    return call


def test_it_forecasts_a_template(run: Run) -> None:
    body = json.loads(run(SHOP, "--users", 10_000, "--format", "json"))

    assert body["schema"] == "headroom/forecast/1"
    assert body["holds_users"]["unit"] == "daily_active"
    assert body["holds_users"]["expected"] > 0
    assert body["first_limit"]["component"] == "NotesTable"
    assert len(body["curve"]) == 13


def test_text_answers_in_the_order_of_questions_within_80_columns(run: Run) -> None:
    text = run(SHOP, "--users", 10_000)

    places = [text.index(label) for label in (
        "Holds about", "First limit:", "\nWhy", "\nToday", "\nNext limits", "\nOne change",
        "\nHow it fails", "\nCost", "\nLatency", "\nMoves it most", "\nNot modelled",
        "\nRests on", "      users  peak")]  # fmt: skip
    assert places == sorted(places)
    assert max(len(line) for line in text.splitlines()) <= 80


def test_markdown_folds_its_tables(run: Run) -> None:
    text = run(SHOP, "--users", 10_000, "--format", "markdown")

    assert text.startswith("### Holds about")
    assert text.count("<details>") == text.count("</details>") == 2


@pytest.mark.parametrize("unit", ["monthly", "registered", "concurrent", "seats", "devices"])
def test_answer_is_in_the_unit_of_the_question(run: Run, unit: str) -> None:
    body = json.loads(run(SHOP, "--users", 500, "--users-unit", unit, "--format", "json"))

    assert body["holds_users"]["unit"].startswith(unit)


def test_users_may_stand_in_the_scenario(run: Run) -> None:
    body = json.loads(run(SHOP, "--scenario", DEMO / "crud-service.json", "--format", "json"))

    assert body["asked_users"] == 2000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((SHOP,), "Say how many users come"),
        ((SHOP, "--users", 0), "population.value must be more than 0"),
        ((SHOP, "--users", -3), "population.value must be more than 0"),
        ((SHOP, "--users", 10**12), "at most 1,000,000,000 users"),
        ((SHOP, "--users", "nan"), "must be a number"),
        (("missing.yaml", "--users", 5), "no such file"),
        ((SHOP, "--users", 5, "--region", "mars-1"), "There are no prices for 'mars-1'"),
        ((SHOP, "--users", 5, "--scenario", "missing.json"), "no such file"),
        ((SHOP, "--scenario", SHOP), "is not JSON"),
    ],
)
def test_wrong_input_exits_with_2_and_a_sentence(
    run: Run, arguments: tuple[object, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        run(*arguments)

    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        (("--min-headroom", 1e6), "Headroom is"),
        (("--max-monthly-usd", 0.01), "It costs"),
    ],
)
def test_gate_that_is_not_met_exits_with_3(run: Run, gate: tuple[str, float], message: str) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        run(SHOP, "--users", 10_000, *gate)

    assert caught.value.returncode == 3


def test_text_names_the_line_of_the_first_limit(run: Run) -> None:
    text = run(SHOP, "--users", 10_000)

    line = 1 + SHOP.read_text().splitlines().index("  NotesTable:")
    assert f"First limit: write capacity of NotesTable (crud-service.yaml:{line})" in text


def test_a_bill_for_more_than_is_held_says_so(run: Run) -> None:
    held = run(SHOP, "--users", 100)
    too_many = run(SHOP, "--users", 1_000_000)

    assert "if the limits were raised" not in held
    assert "at 1M daily users, if the limits were raised" in " ".join(too_many.split())
    assert "it does not hold the users asked for" in " ".join(too_many.split())


def test_our_own_fault_exits_with_1_and_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("apps.forecasts.management.commands.forecast.forecast", fail)

    with pytest.raises(CommandError, match="its own fault: ZeroDivisionError: oh") as caught:
        run(SHOP, "--users", 10)
    with pytest.raises(ZeroDivisionError):
        run(SHOP, "--users", 10, "--traceback")

    assert caught.value.returncode == 1


def test_facts_are_read_from_another_folder(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"prices\.csv cannot be read") as caught:
        run(SHOP, "--users", 10, "--facts", tmp_path)

    assert caught.value.returncode == 2
    for file in DATA.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert run(SHOP, "--users", 10, "--facts", tmp_path).startswith("Holds about")


def test_gate_that_is_met_changes_nothing(run: Run) -> None:
    assert run(SHOP, "--users", 100, "--min-headroom", 1, "--max-monthly-usd", 1000)


def test_synchronous_circle_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    template = tmp_path / "circle.yaml"
    template.write_text(
        "Transform: AWS::Serverless-2016-10-31\n"
        "Resources:\n"
        + "".join(
            f"  {name}:\n"
            "    Type: AWS::Serverless::Function\n"
            "    Properties:\n"
            "      Runtime: python3.13\n"
            "      Policies:\n"
            f"        - LambdaInvokePolicy: {{FunctionName: !Ref {other}}}\n"
            for name, other in (("Ping", "Pong"), ("Pong", "Ping"))
        )
    )

    with pytest.raises(CommandError, match="call each other and wait") as caught:
        run(template, "--users", 5)

    assert caught.value.returncode == 2


@pytest.mark.parametrize("command", ["describe", "forecast"])
def test_it_needs_no_variable_and_no_database(command: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/nothing",
    }
    more = ["--users", "10000"] if command == "forecast" else []

    done = subprocess.run(
        [sys.executable, "manage.py", command, str(SHOP), "--format", "json", *more],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schema"] == f"headroom/{command}/1"


@pytest.mark.alone
@pytest.mark.parametrize("name", DEMOS)
def test_demo_takes_at_most_a_second_of_cpu(name: str) -> None:
    """With its curve of 13 sizes. Best of three, since machines are noisy.

    What the test runner holds is frozen: walking that is no work of the forecast.
    """
    architecture = read_paths([DEMO / f"{name}.yaml"])
    scenario = Scenario.from_dict(json.loads((DEMO / f"{name}.json").read_text()))
    facts = packaged_facts("us-east-1")

    def once() -> float:
        start = time.process_time()
        answer = forecast(architecture, scenario, facts)
        assert len(answer.sizes) == 13
        return time.process_time() - start

    gc.collect()
    gc.freeze()
    try:
        assert min(once() for _ in range(3)) <= 1.0
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("name", DEMOS)
def test_demo_is_wholly_modelled_and_without_warnings(name: str) -> None:
    architecture = read_paths([DEMO / f"{name}.yaml"])

    assert architecture.not_modelled() == ()
    assert architecture.warnings == ()
