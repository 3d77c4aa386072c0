"""Exports that say what a forecast says: the diagram, the report, its tables."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.designs.models import Design
from apps.engine.forecast import forecast, summary_of
from apps.engine.traffic.scenario import Population, Scenario
from apps.facts.reader import packaged_facts
from apps.forecasts.exporting.base import ExportRequest
from apps.forecasts.exporting.registry import export
from apps.forecasts.rendering.tables import as_tables, cell
from apps.forecasts.template_files import read_paths

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "apps/forecasts/demo/crud-service.yaml"


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    scenario = Scenario(population=Population(value=2000.0))
    return summary_of(forecast(read_paths([SHOP]), scenario, packaged_facts("us-east-1")))


def rows(tables: Mapping[str, str], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tables[f"{name}.csv"], newline="")))


def test_tables_keep_every_row_and_digit(summary: dict[str, Any]) -> None:
    tables = as_tables(summary)

    sizes = rows(tables, "sizes")
    assert [float(row["monthly_usd"]) for row in sizes] == [
        row["monthly_usd"] for row in summary["curve"]
    ]
    assert len(rows(tables, "limits")) == len(summary["limits"])
    assert sum(float(row["monthly_usd"]) for row in rows(tables, "bill")) == pytest.approx(
        summary["cost"]["monthly_usd"]
    )
    assert len(rows(tables, "day")) == 96
    verdict = {row["name"]: row["value"] for row in rows(tables, "verdict")}
    assert float(verdict["holds_users.expected"]) == summary["holds_users"]["expected"]
    assert verdict["first_limit.component"] == "NotesTable"


def test_a_table_without_rows_is_left_out(summary: dict[str, Any]) -> None:
    assert "faults.csv" not in as_tables(summary)
    assert "warnings.csv" in as_tables({**summary, "warnings": ["Look."]})


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x"])
def test_a_text_that_would_be_a_formula_stays_a_text(text: str, summary: dict[str, Any]) -> None:
    line = {**summary["cost"]["lines"][0], "name": text}
    tables = as_tables({**summary, "cost": {**summary["cost"], "lines": [line]}})

    assert rows(tables, "bill")[0]["name"] == f"'{text}"


def test_numbers_are_numbers() -> None:
    assert (cell(-1.5), cell(None), cell(True), cell("a-b")) == (-1.5, "", "true", "a-b")


def test_command_writes_each_of_them(tmp_path: Path) -> None:
    asked = [str(SHOP), "--users", "2000", "--out"]
    call_command("export", *asked, str(tmp_path), "--to", "svg")
    call_command("export", *asked, str(tmp_path), "--to", "html")
    call_command("export", *asked, str(tmp_path / "tables.zip"), "--to", "csv")

    picture = ET.fromstring((tmp_path / "crud-service.svg").read_text())
    assert picture.tag.endswith("}svg")
    assert "First limit" in (tmp_path / "crud-service.svg").read_text()
    page = (tmp_path / "crud-service.html").read_text()
    assert page.startswith("<!doctype html>")
    assert str(ROOT) not in page
    with zipfile.ZipFile(tmp_path / "tables.zip") as archive:
        assert {"verdict.csv", "sizes.csv", "bill.csv", "day.csv"} <= set(archive.namelist())


def test_picture_needs_no_users_but_the_others_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call_command("export", str(SHOP), "--to", "svg")
    assert "NotesTable" in capsys.readouterr().out

    for form in ("html", "csv"):
        with pytest.raises(CommandError, match="Say how many users come") as caught:
            call_command("export", str(SHOP), "--to", form, "--out", str(tmp_path))
        assert caught.value.returncode == 2


def test_an_export_may_change_settings_first(tmp_path: Path) -> None:
    asked = [str(SHOP), "--users", "2000", "--out", str(tmp_path), "--to", "csv"]
    call_command("export", *asked, "--set", "NotesTable.write_capacity=77")

    with (tmp_path / "limits.csv").open(newline="") as file:
        capacity = {row["limit"]: row["of"] for row in csv.DictReader(file)}
    assert float(capacity["dynamodb.provisioned_wcu"]) == 77


def test_a_name_never_leaves_the_folder() -> None:
    request = ExportRequest("../../etc/<x>", read_paths([SHOP]))

    (name,) = export(request, "svg").files

    assert name == "etc-x.svg"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("svg", b"<svg "),
        ("html", b"<!doctype html>"),
        ("csv", b"PK"),
        ("infracost-usage", b"version: 0.1"),
    ],
)
def test_a_person_downloads_them(
    bob_client: Client, design: Design, form: str, begins: bytes
) -> None:
    answer = bob_client.get(f"/designs/{design.pk}/export/{form}/")

    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"].startswith("attachment")
