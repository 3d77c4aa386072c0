from __future__ import annotations

from itertools import pairwise

import pytest

from apps.forecasts.presenting.limits import Measure, ruler_marks
from tests.forecasts.answers import names, report


def test_the_first_limit_leads_and_the_others_follow_by_users() -> None:
    rows = report().limits
    holds = [row.holds for row in rows if row.holds is not None]

    assert rows[0].is_first
    assert [row.is_first for row in rows].count(True) == 1
    assert all(before <= after for before, after in pairwise(holds))


def test_each_component_is_shown_by_its_tightest_limit() -> None:
    found = report()
    shown = [row.where.id for row in found.components]

    assert len(shown) == len(set(shown))
    for row in found.components:
        own = [r.holds for r in found.limits if r.where.id == row.where.id and r.holds]
        assert row.holds == min(own, default=None)


def test_headroom_beyond_what_is_searched_is_not_a_number() -> None:
    rows = report().headroom
    beyond = [row for row in rows if row["holds"] is None]

    assert beyond
    assert all(row["holds_text"] == ">\u00a0100M" for row in beyond)
    assert all(not row["holds_text"] for row in rows if row["holds"] is not None)


def test_a_component_that_is_met_twice_is_named_by_its_limit() -> None:
    rows = [row for row in report().limits if row.holds is not None][:3]
    first = rows[0].where.name

    marks = ruler_marks(rows, first)

    assert marks[0]["name"] == rows[0].label


def test_what_scales_has_minimum_now_and_maximum() -> None:
    row = report().scaling[0]

    assert row.where.name == "Checkout"
    assert row.minimum <= row.now <= row.maximum == 5
    assert row.use == pytest.approx(row.now / row.maximum, rel=0.05)


def test_today_is_rounded_unless_it_was_measured() -> None:
    today = report().today
    measured = {**_today(), "requests_per_minute": 2_423.0, "is_measured": True}

    assert today.rows
    assert report(today=measured).today.requests_per_minute == 2_423.0
    assert report(today=measured | {"is_measured": False}).today.requests_per_minute == 2_400.0


def _today() -> dict[str, object]:
    return {"users": 10_000.0, "limits": []}


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure(13.0, 20.0, "environments"), "13 of 20 environments"),
        (Measure(0.02, 0.001, "share"), "2% of 0.1%"),
        (Measure(340.0, 10_000.0, "req/s"), "340 of 10,000 req/s"),
    ],
)
def test_a_measure_is_a_sentence_part(measure: Measure, words: str) -> None:
    assert str(measure) == words


def test_names_lead_to_the_diagram_but_for_the_account() -> None:
    directory = names()

    assert directory["Checkout"].href == "/designs/1/?component=Checkout"
    assert directory["Firewall"].source == "shop.yaml:63"
    assert not directory["Firewall"].is_modelled
    assert directory["account:us-east-1"].name == "AWS account"
    assert directory["account:us-east-1"].href == ""
    assert directory["not drawn"].name == "Not drawn"
