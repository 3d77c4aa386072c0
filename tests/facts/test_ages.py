"""How old a fact is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.facts.ages import is_old, old_facts
from apps.facts.reader import packaged_facts

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("source_date", "old"),
    [
        ("2026-11-24", False),
        ("2026-05-28", False),
        ("2026-05-27", True),
        ("2026-H2 (undated AWS page)", False),
        ("2026-H1", True),
        # A year may have been its first day.
        ("2026", True),
        ("2024-2026", True),
        ("", True),
        ("n/a", True),
        ("2027-01-01", False),
    ],
)
def test_it_is_old_after_180_days(source_date: str, old: bool) -> None:
    assert is_old(source_date, TODAY) is old


def test_what_is_undated_comes_first_and_says_so() -> None:
    price = packaged_facts("us-east-1").prices["lambda.requests"]
    dates = {"new": "2026-11-01", "old": "2025-01-01", "undated": "n/a", "older": "2024-07-01"}
    facts = [replace(price, id=name, source_date=text) for name, text in dates.items()]

    assert old_facts(facts, TODAY) == [
        {"fact": "undated", "source_date": "n/a", "age_days": None},
        {"fact": "older", "source_date": "2024-07-01", "age_days": 876},
        {"fact": "old", "source_date": "2025-01-01", "age_days": 692},
    ]
