from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apps.engine.forecast import Stopped, forecast, inputs_sha256, summary_of
from apps.engine.graph import Architecture
from apps.engine.traffic.reading import InvalidScenario
from tests.engine.worlds import component, facts, scenario, shop

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    asked = scenario(50_000)
    return summary_of(forecast(shop(reserved_concurrency=50), asked, facts()))


def test_it_says_how_many_and_what_ends_it(summary: dict[str, Any]) -> None:
    holds, first = summary["holds_users"], summary["first_limit"]

    assert holds["low"] < holds["expected"] < holds["high"]
    assert (first["component"], first["limit"]) == ("Checkout", "lambda.reserved_concurrency")
    assert 0.0 < first["confidence"] <= 1.0
    assert summary["headroom"]["expected"] == pytest.approx(holds["expected"] / 50_000)


def test_summary_is_json_of_bounded_size(summary: dict[str, Any]) -> None:
    assert len(json.dumps(summary, allow_nan=False)) < 64_000


def test_books_of_the_day_close(summary: dict[str, Any]) -> None:
    assert summary["imbalance"] < 1e-9


def test_curve_has_thirteen_sizes_and_no_value_above_the_verdict(summary: dict[str, Any]) -> None:
    rows, holds = summary["curve"], summary["holds_users"]["expected"]

    assert [row["users"] for row in rows][:4] == [1000, 2000, 5000, 10_000]
    assert len(rows) == 13
    for row in rows:
        assert row["holds"] == (row["users"] <= holds)
        assert (row["p95_ms"] is None) == (not row["holds"])
        assert (row["per_1000_requests_usd"] is None) == (not row["holds"])
    assert rows[-1]["refused_share"] > 0.5
    assert "Checkout" in rows[-1]["raised"]


def test_cost_grows_with_users(summary: dict[str, Any]) -> None:
    costs = [row["monthly_usd"] for row in summary["curve"]]

    assert costs == sorted(costs)
    assert summary["cost"]["low"] < summary["cost"]["monthly_usd"] < summary["cost"]["high"]


def test_lines_add_up_to_the_bill_and_name_their_source(summary: dict[str, Any]) -> None:
    cost = summary["cost"]

    assert sum(line["monthly_usd"] for line in cost["lines"]) == pytest.approx(
        cost["monthly_usd"], abs=1e-6
    )
    assert all(line["source"] and line["price_id"] for line in cost["lines"])


def test_next_limits_lie_above_the_first(summary: dict[str, Any]) -> None:
    users = [row["holds_users"] for row in summary["next_limits"]]

    assert users == sorted(users)
    assert min(users) >= summary["holds_users"]["expected"]


def test_day_has_96_quarters(summary: dict[str, Any]) -> None:
    day = summary["day"]

    assert len(day["requests_per_s"]) == 96
    assert {len(row["values"]) for row in day["limits"]} == {96}
    assert day["peak_at"] == "20:30"


def test_what_scales_says_what_stands_ready_and_who_can_raise_it(summary: dict[str, Any]) -> None:
    rows = {(row["component"], row["what"]): row for row in summary["scaling"]}

    assert not [what for _, what in rows if what == "timeout"]
    assert rows["Checkout", "reserved concurrency"]["minimum"] == 0.0
    assert not rows["Orders", "writes of the busiest key"]["can_automate"]


def test_fixed_capacity_is_its_own_minimum() -> None:
    table = component("Orders", "dynamodb_table", billing_mode="PROVISIONED", write_capacity=25)
    others = tuple(each for each in shop().components if each.id != "Orders")
    design = Architecture(components=(*others, table), links=shop().links)

    rows = summary_of(forecast(design, scenario(), facts()))["scaling"]

    (row,) = [row for row in rows if row["what"] == "write capacity"]
    assert row["minimum"] == row["maximum"] == 25.0


def test_same_question_has_the_same_answer() -> None:
    answers = [summary_of(forecast(shop(), scenario(), facts())) for _ in range(2)]

    assert answers[0] == answers[1]


def test_any_change_of_the_question_changes_its_digest() -> None:
    plain = inputs_sha256(shop(), scenario(), "facts")

    assert plain == inputs_sha256(shop(), scenario(), "facts")
    assert plain != inputs_sha256(shop(memory_mb=256), scenario(), "facts")
    assert plain != inputs_sha256(shop(), scenario(20_000), "facts")
    assert plain != inputs_sha256(shop(), scenario(), "other facts")


def test_answer_is_in_the_unit_of_the_question() -> None:
    monthly = {"population": {"unit": "monthly_active", "value": 100_000}}

    by_day = summary_of(forecast(shop(), scenario(10_000), facts()))
    by_month = summary_of(forecast(shop(), type(scenario()).from_dict(monthly), facts()))

    assert by_month["holds_users"]["unit"] == "monthly_active"
    assert by_month["holds_users"]["expected"] == pytest.approx(
        10 * by_day["holds_users"]["expected"], rel=0.02
    )


def test_today_is_taken_from_the_busiest_minute_lately() -> None:
    known = scenario(50_000, busiest_minute_requests=600)

    today = summary_of(forecast(shop(), known, facts()))["today"]

    assert today["is_measured"]
    assert today["requests_per_minute"] == pytest.approx(600, rel=0.01)


def test_design_without_a_source_of_events_is_refused_with_what_would_work() -> None:
    nothing = Architecture(components=(component("X", "not_modelled"),))

    with pytest.raises(InvalidScenario, match="Nothing in this design can start"):
        forecast(nothing, scenario(), facts())


def test_person_can_stop_it() -> None:
    with pytest.raises(Stopped):
        forecast(shop(), scenario(), facts(), progress=lambda share: share < 0.5)


def test_progress_only_rises_to_one() -> None:
    seen: list[float] = []

    def note(share: float) -> bool:
        seen.append(share)
        return True

    forecast(shop(), scenario(), facts(), progress=note)

    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_engine_needs_no_django() -> None:
    code = (
        "import sys; sys.modules['django'] = None; sys.modules['boto3'] = None;"
        "import apps.engine.forecast, apps.engine.formats; print('fine')"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "fine", done.stderr
