"""Every report marks the prices and quotas that are old on the day on which it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from apps.engine.facts import Facts, Price
from apps.forecasts.old_facts import with_old_facts
from apps.forecasts.presenting import report_of
from apps.forecasts.rendering.markdown import as_markdown
from apps.forecasts.rendering.text import as_text
from tests.engine import worlds
from tests.forecasts.answers import names, summary

READ, SOON, LATER = "2026-11-01", date(2026, 11, 24), date(2027, 5, 24)


def facts(**dates: str) -> Facts:
    """Return the facts, all read on one day but for some prices."""
    known = worlds.facts()

    def dated(price: Price) -> Price:
        return replace(price, source_date=dates.get(price.id.replace(".", "_"), READ))

    return replace(
        known,
        prices={name: dated(price) for name, price in known.prices.items()},
        quotas={name: replace(quota, source_date=READ) for name, quota in known.quotas.items()},
    )


def old(today: date, **dates: str) -> dict[str, Any]:
    return with_old_facts(summary(), facts(**dates), today)


def test_new_facts_are_not_marked() -> None:
    told = old(SOON)

    assert told["old_facts"] == []
    assert "older than 180 days" not in as_text(told) + as_markdown(told)
    assert not report_of(told, names()).unknown.old


def test_the_same_forecast_grows_old() -> None:
    told = old(LATER)

    marked = {row["fact"] for row in told["old_facts"]}
    assert marked >= {line["price_id"] for line in told["cost"]["lines"]}
    assert "lambda.concurrent_executions" in marked
    assert {row["age_days"] for row in told["old_facts"]} == {204}


def test_an_undated_price_is_marked_in_every_form() -> None:
    told = old(SOON, lambda_requests="n/a")
    report = report_of(told, names())

    assert told["old_facts"] == [
        {"fact": "lambda.requests", "source_date": "n/a", "age_days": None}
    ]
    sentence = (
        "1 price or quota is older than 180 days or without a date: lambda.requests (no date)"
    )
    assert sentence in " ".join(as_text(told).split())
    assert sentence in as_markdown(told)
    assert {row.price_id for row in report.cost.rows if row.is_old} == {"lambda.requests"}
    assert [(fact.name, fact.date) for fact in report.unknown.old] == [
        ("lambda.requests", "no date")
    ]


def test_of_many_old_facts_three_are_named() -> None:
    text = " ".join(as_text(old(LATER)).split())

    assert "(2026-11-01) and " in text
    assert "more." in text
