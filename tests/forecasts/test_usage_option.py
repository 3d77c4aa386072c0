"""`--usage` and `export --to infracost-usage`: what is known of a month, in and out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from apps.engine.forecast import forecast
from apps.engine.formats.infracost import flat, meters_of
from apps.engine.pricing import price_bill
from apps.engine.traffic.scenario import Population, Scenario
from apps.facts.reader import packaged_facts
from apps.forecasts.exporting.base import ExportRequest
from apps.forecasts.exporting.registry import export
from apps.forecasts.exporting.usage import ROUNDED
from apps.forecasts.template_files import read_paths

DEMO = Path(__file__).resolve().parents[2] / "apps/forecasts/demo"
CRUD = DEMO / "crud-service.yaml"


@pytest.fixture
def usage(tmp_path: Path) -> Path:
    path = tmp_path / "infracost-usage.yml"
    path.write_text(
        "version: 0.1\nresource_usage:\n  aws_lambda_function.Notes:\n"
        "    request_duration_ms: 900\n    monthly_requests: 3\n"
        "  aws_dynamodb_table.NotesTable:\n    storage_gb: 4000\n    colour: red\n"
    )
    return path


def test_a_forecast_knows_the_file(usage: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("forecast", str(CRUD), "--users", "2000", "--format", "json")
    plain = json.loads(capsys.readouterr().out)
    call_command(
        "forecast", str(CRUD), "--users", "2000", "--format", "json", "--usage", str(usage)
    )
    known = json.loads(capsys.readouterr().out)

    assert known["latency_ms"]["p50"] > plain["latency_ms"]["p50"] + 500
    assert known["cost"]["monthly_usd"] > plain["cost"]["monthly_usd"] + 500
    owners = {(row["owner"], row["name"]) for row in known["assumptions"]}
    assert ("NotesTable", "stored_gb") not in owners
    assert any("monthly_requests of Notes follows from the users" in w for w in known["warnings"])
    assert any("aws_dynamodb_table.NotesTable.colour" in w for w in known["warnings"])


@pytest.mark.parametrize("text", ["- a", "version: 7", "a: [", None])
def test_a_file_that_cannot_be_read_exits_with_2(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "usage.yml"
    if text is not None:
        path.write_text(text)

    with pytest.raises(CommandError, match=r"usage\.yml") as caught:
        call_command("forecast", str(CRUD), "--users", "2000", "--usage", str(path))

    assert caught.value.returncode == 2


@pytest.mark.parametrize("name", ["web-shop", "event-pipeline", "crud-service"])
def test_meters_to_file_to_estimate_is_the_same_bill(name: str) -> None:
    design, facts = read_paths([DEMO / f"{name}.yaml"]), packaged_facts("us-east-1")
    answer = forecast(design, Scenario(population=Population(value=10_000.0)), facts)
    exported = export(
        ExportRequest(name, design, answer=lambda: answer, summary=lambda: {}), "infracost-usage"
    )
    body = yaml.safe_load(exported.files["infracost-usage.yml"])

    own: dict[tuple[str, str], float] = {}
    for component, use in (
        (part.id, use)
        for part in design.modelled()
        for use in answer.inputs.kinds[part.id].usage(answer.day.meters[part.id])
    ):
        bill = price_bill([(component, use)], facts)
        key = (component, use.label.split(",")[0])
        own[key] = own.get(key, 0.0) + float(bill.monthly_usd)
    found: dict[tuple[str, str], float] = {}
    for address, said in body["resource_usage"].items():
        type_, component = address.split(".")
        kind = answer.inputs.kinds[component]
        for use in kind.usage(meters_of(type(kind), type_, flat(said))):
            bill = price_bill([(component, use)], facts)
            key = (component, use.label.split(",")[0])
            found[key] = found.get(key, 0.0) + float(bill.monthly_usd)

    notes = " ".join(exported.notes)
    assert ROUNDED in notes
    for (component, label), usd in own.items():
        if usd < 0.005 or label in notes:
            continue
        # A mean in whole milliseconds is off by half of one at most.
        is_rounded = label.startswith("Duration")
        assert found[component, label] == pytest.approx(usd, rel=0.02 if is_rounded else 1e-6)
    # Only what Infracost has on other resources may be missing.
    missing = {label for (_, label), usd in own.items() if usd >= 0.005 and label in notes}
    assert missing <= {"Logs (CloudWatch)", "Data transfer out"}


def test_the_file_that_was_written_is_read_again(tmp_path: Path) -> None:
    asked = [str(CRUD), "--users", "2000"]
    call_command("export", *asked, "--to", "infracost-usage", "--out", str(tmp_path))
    call_command(
        "export", *asked, "--to", "infracost-usage", "--out", str(tmp_path / "again"),
        "--usage", str(tmp_path / "infracost-usage.yml"),
    )  # fmt: skip

    first, again = (
        yaml.safe_load((folder / "infracost-usage.yml").read_text())["resource_usage"]
        for folder in (tmp_path, tmp_path / "again")
    )
    assert first.keys() == again.keys()
    for address, said in first.items():
        before, after = flat(said), flat(again[address])
        assert before == pytest.approx(after, rel=0.02)


def test_the_export_needs_users() -> None:
    with pytest.raises(CommandError, match="Say how many users come") as caught:
        call_command("export", str(CRUD), "--to", "infracost-usage")

    assert caught.value.returncode == 2
