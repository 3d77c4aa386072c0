"""Log group: what is kept of what the design writes."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters, Place
from apps.engine.catalog.log_group import GROUP, LogGroup
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Architecture
from apps.engine.pricing import price_bill
from tests.engine.catalog.building import US, make_kind, make_place, read_template, usage_of
from tests.engine.worlds import case, component, link

STORED = "cw.logs_storage_gb_month"


def test_a_month_is_kept_compressed() -> None:
    # prices.csv: cw.logs_storage_gb_month, "Calculator assumes 15% of ingested".
    month = LogGroup(retention_days=30.4)

    lines = usage_of(month, Meters(design={"log_gb": 100.0}, values={"groups": 1.0}))

    assert lines[STORED].quantity == pytest.approx(15.0)


def test_groups_share_what_the_design_writes() -> None:
    place = make_place(LogGroup())
    two = Place(
        id="It",
        inbound=(),
        outbound=(),
        values=place.values,
        neighbours={"It": LogGroup(), "Other": LogGroup()},
    )

    assert LogGroup().billed(two)["groups"] == 2.0


def test_a_group_that_keeps_all_is_billed_for_a_year_and_says_so() -> None:
    (line,) = LogGroup().usage(Meters(design={"log_gb": 1.0}, values={"groups": 1.0}))

    assert line.quantity == pytest.approx(0.15 * 365 / 30.4)
    assert "grows on after a year" in line.note


def test_a_group_that_nobody_reads_starts_nothing() -> None:
    parts = (component("Fn", "lambda_function"), component("Log", "log_group"))

    silent = case(Architecture(components=parts))
    subscribed = case(Architecture(components=parts, links=(link("Log", "Fn", "event"),)))

    assert [entry.component for entry in silent.entries] == ["Fn"]
    assert [entry.component for entry in subscribed.entries] == ["Log"]


def test_it_reads_a_template() -> None:
    assert read_template(LogGroup, GROUP, {"RetentionInDays": 14}) == {"retention_days": 14}
    with pytest.raises(InvalidSetting, match="Kept for must be between 1 and 3,653 days"):
        make_kind("log_group", retention_days=0)


def test_a_usage_file_says_what_is_written_kept_and_searched() -> None:
    type_ = "aws_cloudwatch_log_group"
    usage = {
        "monthly_data_ingested_gb": 10.0,
        "storage_gb": 20.0,
        "monthly_data_scanned_gb": 30.0,
    }

    lines = usage_of(LogGroup(), meters_of(LogGroup, type_, usage))
    rare = LogGroup(**settings_of(LogGroup, type_, {"log_group_class": "INFREQUENT_ACCESS"}))

    assert {name: use.quantity for name, use in lines.items()} == {
        "cw.logs_ingest_gb": 10,
        "cw.logs_storage_gb_month": 20,
        "cw.logs_insights_gb": 30,
    }
    assert "cw.logs_ia_ingest_gb" in usage_of(rare, meters_of(LogGroup, type_, usage))
    assert settings_of(LogGroup, type_, {"retention_in_days": 0}) == {}


def test_logs_of_services_are_cheaper_by_the_tier() -> None:
    lines = usage_of(LogGroup(), Meters(given={"vended_gb": 20_480.0}))

    bill = price_bill([("Logs", use) for use in lines.values()], US)

    # prices.csv: $0.50 up to 10,240 GB, then $0.25.
    assert float(bill.monthly_usd) == 10_240 * 0.75
