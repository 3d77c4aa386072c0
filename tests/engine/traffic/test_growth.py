"""How what is stored grows: bytes of actions, stores behind an entry, the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog import build
from apps.engine.forecast import forecast, summary_of
from apps.engine.graph import Architecture
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.search import find_most
from apps.engine.metering import meters_of, scaled
from apps.engine.traffic.growth import BYTES_PER_GB, growth, stored_values
from apps.engine.traffic.reading import InvalidScenario
from tests.engine.worlds import case, component, facts, link, scenario

BUY = {"name": "buy", "per_visit": 1, "entry": "Api"}
DATA = {"new_bytes_per_action": {"buy": 4000}, "keep_days": 365, "now_gb": 5}
HABITS: dict[str, Any] = {"visits": {"per_daily_user": 2}, "actions": [BUY]}


def shop(**database: Any) -> Architecture:
    settings = {"instance_class": "db.m6g.2xlarge", "storage_gb": 20, **database}
    return Architecture(
        components=(
            component("Api", "http_api"),
            component("Fn", "lambda_function", memory_mb=1769),
            component("Db", "rds_instance", **settings),
            component("Cache", "elasticache_cluster"),
            component("Idle", "s3_bucket"),
        ),
        links=(
            link("Api", "Fn", "invoke"),
            link("Fn", "Db", "query", calls=2.0),
            link("Fn", "Cache", "command", calls=1.0),
        ),
    )


def test_the_bytes_of_an_action_end_in_the_stores_behind_its_entry() -> None:
    design = shop()
    kinds = {part.id: build(part) for part in design}

    found = growth(design, kinds, scenario(**HABITS, data=DATA))

    # Two visits with 4,000 bytes each; a cache keeps nothing, and nobody writes to the bucket.
    assert set(found) == {"Db"}
    assert found["Db"].gb_per_user_day == pytest.approx(2 * 4000 / BYTES_PER_GB)
    assert found["Db"].now_gb == 5


def test_nothing_is_said_of_a_store_where_the_scenario_is_silent() -> None:
    design = shop()
    kinds = {part.id: build(part) for part in design}

    assert stored_values(design, kinds, scenario()) == {}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"new_bytes_per_action": {"sell": 1}}, "new_bytes_per_action.sell is no action"),
        ({"new_bytes_per_action": 3}, "must be an object of action and bytes"),
        ({"keep": 3}, "data.keep is not known; known are new_bytes_per_action"),
        ({"keep_days": -1}, "data.keep_days must be at least 0"),
    ],
)
def test_what_does_not_fit_is_refused(data: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidScenario, match=reason):
        case(shop(), **HABITS, data=data)


def test_a_disk_ends_the_users_where_arithmetic_says() -> None:
    # Oracle: (20 - 5) GB over 8,000 bytes a day for 365 days.
    most = 15 * BYTES_PER_GB / (8000 * 365)
    design = case(shop(), **HABITS, data=DATA)

    found = find_most(design, Judge(design, 1), 1000.0)

    assert found.daily_users == pytest.approx(most, rel=0.006)
    assert found.breaks is not None
    assert ("Db", "query", "storage") in found.breaks.refusing


def test_storage_that_may_grow_holds_more() -> None:
    design = case(shop(max_storage_gb=100), **HABITS, data=DATA)

    found = find_most(design, Judge(design, 1), 1000.0)

    assert found.daily_users == pytest.approx(95 * BYTES_PER_GB / (8000 * 365), rel=0.006)


def test_a_report_names_the_day_on_which_it_is_full() -> None:
    asked = scenario(20_000, **HABITS, data=DATA)
    report = summary_of(forecast(shop(), asked, facts()))

    first = report["first_limit"]
    assert (first["component"], first["limit"]) == ("Db", "rds.allocated_storage")
    days = 15 * BYTES_PER_GB / (8000 * 20_000)
    assert first["why"][-1] == f"At the size asked for it is full after {days:,.0f} days."
    (row,) = (row for row in report["limits"] if row["limit"] == "rds.allocated_storage")
    assert row["full_after_days"] == pytest.approx(days)


def test_what_grew_is_billed_and_grows_on_with_the_users() -> None:
    design = case(shop(max_storage_gb=1000), **HABITS, data=DATA)
    model, _ = design.run(10_000)

    meters = meters_of(
        model, design.entries, (), month_days=30, monthly_users=0, daily_users=10_000
    )["Db"]

    grown = 10_000 * 365 * 8000 / BYTES_PER_GB
    assert meters.grown_gb == pytest.approx(grown)
    assert meters.stored_gb == pytest.approx(5 + grown)
    assert scaled(meters, 3.0).stored_gb == pytest.approx(5 + 3 * grown)
