from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.engine.facts import Facts
from apps.engine.forecast import Forecast, forecast, inputs_sha256
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "apps/forecasts/demo"
CRUD = DEMO / "crud-service.yaml"
Run = Callable[..., str]


@pytest.fixture(scope="module")
def answers() -> dict[Any, Forecast]:
    return {}


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[Any, Forecast],
) -> Run:
    """The command; what one test has asked, the next one need not wait for."""

    def remembered(design: Architecture, scenario: Scenario, facts: Facts, **more: Any) -> Forecast:
        key = (inputs_sha256(design, scenario, facts.version), more["seed"])
        if key not in answers:
            answers[key] = forecast(design, scenario, facts, seed=more["seed"])
        return answers[key]

    monkeypatch.setattr("apps.forecasts.management.commands.forecast.forecast", remembered)

    def call(*arguments: object) -> str:
        call_command("forecast", *[str(argument) for argument in arguments])
        return capsys.readouterr().out

    return call


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The demo as it was: twice the write capacity, and one function less to it."""
    text = CRUD.read_text()
    assert "WriteCapacityUnits: 25" in text
    path = tmp_path / "crud-service.yaml"
    path.write_text(text.replace("WriteCapacityUnits: 25", "WriteCapacityUnits: 50"))
    return path


def compared(run: Run, old: Path, *more: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        run(CRUD, "--users", 2000, "--baseline", old, "--format", "json", *more)
    )
    return answer


def test_json_has_the_baseline_and_what_changed(run: Run, old: Path) -> None:
    body = compared(run, old)

    before, now = body["baseline"]["holds_users"], body["holds_users"]
    assert before["expected"] == pytest.approx(2 * now["expected"], rel=0.02)
    assert body["baseline"]["cost"]["monthly_usd"] > body["cost"]["monthly_usd"]
    assert body["baseline"]["first_limit"]["component"] == "NotesTable"
    assert [change["text"].split(":")[0] for change in body["changes"]] == ["NotesTable"]
    change = body["changes"][0]
    assert (change["what"], change["of"], change["setting"]) == (
        "setting", "NotesTable", "write_capacity",
    )  # fmt: skip
    assert (change["before"], change["after"]) == (50, 25)


def test_a_kept_forecast_is_as_good_a_baseline_as_its_template(
    run: Run, old: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "before.json"
    kept.write_text(run(old, "--users", 2000, "--format", "json"))

    of_json, of_template = compared(run, kept), compared(run, old)

    # Each pair has draws of its own.
    for body in (of_json, of_template):
        for name in ("name", "seed", "latency_ms"):
            body["baseline"].pop(name)
    assert of_json["baseline"] == of_template["baseline"]
    assert of_json["changes"] == of_template["changes"]


def test_a_kept_forecast_without_a_design_says_that_changes_are_unknown(
    run: Run, old: Path, tmp_path: Path
) -> None:
    body = json.loads(run(old, "--users", 2000, "--format", "json"))
    del body["design"]
    kept = tmp_path / "before.json"
    kept.write_text(json.dumps(body))

    assert compared(run, kept)["changes"] is None
    text = run(CRUD, "--users", 2000, "--baseline", kept, "--format", "markdown")
    assert "the baseline does not say what it is made of" in text


def test_the_design_in_the_json_is_the_one_that_was_read(run: Run) -> None:
    body = json.loads(run(CRUD, "--users", 2000, "--format", "json"))

    design = Architecture.from_dict(body["design"])
    assert {part.id for part in design} >= {"NotesTable", "NotesApi"}
    assert str(ROOT) not in json.dumps(body["design"])


def test_the_comment_starts_with_a_short_table_and_folds_the_rest(run: Run, old: Path) -> None:
    text = run(CRUD, "--users", 2000, "--baseline", old, "--format", "markdown")

    head, _, rest = text.partition("<details>")
    assert len(head.splitlines()) < 40
    assert re.match(r"### Holds about [\d,]+ daily users, [\d,]+ before \(−\d+%\)\n", text)
    rows = [line for line in head.splitlines() if line.startswith("| ")]
    names = [row.split(" | ")[0].strip("| ") for row in rows]
    assert names[:4] == ["| Before", "Holds, daily users", "First limit", "p99"] or (
        "p99" in names and "Cost a month" in names and "First limit" in names
    )
    assert "NotesTable: Write capacity 50" in head
    assert "**Not modelled:**" in head
    assert text.count("<details>") == text.count("</details>") >= 3
    assert "<!-- headroom-forecast -->" in rest


@pytest.mark.parametrize("form", ["markdown", "html", "sarif", "text"])
def test_no_form_shows_a_folder_of_this_machine(
    run: Run, old: Path, tmp_path: Path, form: str
) -> None:
    new = tmp_path / "new" / "template.yaml"
    new.parent.mkdir()
    new.write_text(CRUD.read_text() + "  Odd:\n    Type: AWS::Evidently::Project\n")

    text = run(new, "--users", 2000, "--baseline", old, "--format", form)

    assert str(tmp_path) not in text
    assert str(ROOT) not in text
    assert "template.yaml" in text


def test_the_same_design_is_unchanged_in_every_row(run: Run, tmp_path: Path) -> None:
    same = tmp_path / "moved.yaml"
    same.write_text("# A line more.\n" + CRUD.read_text())

    text = run(CRUD, "--users", 2000, "--baseline", same, "--format", "markdown")

    assert "as before" in text.splitlines()[0]
    assert "nothing that Headroom sees" in text
    assert "worse" not in text
    assert "better" not in text


def test_text_says_before_and_now_within_80_columns(run: Run, old: Path) -> None:
    text = run(CRUD, "--users", 2000, "--baseline", old)

    assert "Before → now" in text
    assert "What changed    NotesTable: Write capacity 50" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_names_are_text_in_the_comment_whatever_they_hold(run: Run, tmp_path: Path) -> None:
    new = tmp_path / "template.yaml"
    name = "<img src=x>|`a`@octocat*b*"
    text = CRUD.read_text().replace(
        "Type: AWS::DynamoDB::Table\n    Properties:\n",
        f"Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: '{name}'\n",
    )
    assert name in text
    new.write_text(text)

    comment = run(new, "--users", 2000, "--baseline", CRUD, "--format", "markdown")
    page = run(new, "--users", 2000, "--baseline", CRUD, "--format", "html")

    assert "<img src=x>" not in comment + page
    assert "@octocat" not in comment
    for line in comment.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (4, 5, 6, 7), line


def test_a_comment_never_takes_more_than_60_kb(run: Run, tmp_path: Path) -> None:
    body = json.loads(run(CRUD, "--users", 2000, "--format", "json"))
    parts = body["design"]["components"]
    extra = [{**parts[0], "id": f"Old{'x' * 60}{n}", "name": ""} for n in range(2000)]
    parts.extend(extra)
    kept = tmp_path / "before.json"
    kept.write_text(json.dumps(body))

    text = run(CRUD, "--users", 2000, "--baseline", kept, "--format", "markdown")

    assert len(text.encode()) <= 60_000
    assert text.count("<details>") == text.count("</details>")
    assert "takes no more" in text


def test_a_baseline_that_cannot_run_leaves_the_comparison_of_the_design(
    run: Run, tmp_path: Path
) -> None:
    old = tmp_path / "old.yaml"
    old.write_text(
        "Resources:\n  NotesTable:\n    Type: AWS::DynamoDB::Table\n    Properties: {}\n"
        "  Odd:\n    Type: AWS::KMS::Key\n"
    )
    text = run(CRUD, "--users", 2000, "--baseline", old, "--format", "markdown")

    assert text.startswith("### Holds about")
    assert "NotesApi added" in text


def test_what_the_scenario_says_of_new_components_does_not_stop_the_baseline(
    run: Run, tmp_path: Path
) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(
        json.dumps(
            {
                "population": {"value": 2000},
                "assume": {"Added": {"duration_ms": 50}},
            }
        )
    )
    new = tmp_path / "template.yaml"
    new.write_text(
        CRUD.read_text() + "  Added:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        "      Handler: a.b\n      Runtime: python3.12\n      InlineCode: pass\n"
    )
    body = json.loads(run(new, "--scenario", scenario, "--baseline", CRUD, "--format", "json"))

    assert body["baseline"]["problem"] is None
    assert body["baseline"]["holds_users"]["expected"] > 0
    text = run(new, "--scenario", scenario, "--baseline", CRUD, "--format", "markdown")
    assert "forecast without assume.Added" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"schema": "headroom/describe/1"}', "give a forecast"),
        ('{"schema": "headroom/forecast/1"}', "has no 'asked_users'"),
        ("[1, 2", "baseline.json"),
        ("", "baseline.json"),
    ],
)
def test_a_file_that_is_no_baseline_exits_with_2(
    run: Run, tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)

    with pytest.raises(CommandError, match=re.escape(message)) as caught:
        run(CRUD, "--users", 2000, "--baseline", path)

    assert caught.value.returncode == 2


@pytest.mark.parametrize("spoiled", ["monthly_usd", "holds", "first"])
def test_a_forecast_with_wrong_fields_exits_with_2(run: Run, tmp_path: Path, spoiled: str) -> None:
    body = json.loads(run(CRUD, "--users", 2000, "--format", "json"))
    if spoiled == "monthly_usd":
        body["cost"]["monthly_usd"] = "much"
    elif spoiled == "holds":
        body["holds_users"] = [1]
    else:
        body["first_limit"] = "NotesTable"
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(body))

    with pytest.raises(CommandError) as caught:
        run(CRUD, "--users", 2000, "--baseline", path)

    assert caught.value.returncode == 2


def test_gate_on_worse_compares_with_the_baseline(run: Run, old: Path) -> None:
    with pytest.raises(CommandError, match="fall by 50% against the baseline") as caught:
        run(CRUD, "--users", 2000, "--baseline", old, "--fail-on-worse", 10)

    assert caught.value.returncode == 3
    run(CRUD, "--users", 2000, "--baseline", old, "--fail-on-worse", 60)
    run(old, "--users", 2000, "--baseline", CRUD, "--fail-on-worse", 0)
