"""How old a fact is, by the date at its source, which may be a day or no more than a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

# AWS changes prices and quotas a few times a year: what is older is marked wherever it is used.
OLD_AFTER_DAYS: Final = 180

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-H(\d))?(?!\d)")


def age(source_date: str, today: date) -> str:
    """Say how old a date is that may be a day, a month, a half or a year; the oldest it can be.

    Examples
    --------
    >>> age("2024-07-01", date(2026, 11, 24)), age("2026-H2 (undated page)", date(2026, 11, 24))
    ('2 years old', '4 months old')
    """
    since = begin(source_date)
    if since is None:
        return "Age unknown"
    months = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    if months < 1:
        return "Less than a month old"
    count, unit = (months, "month") if months < 24 else (months // 12, "year")
    return f"{count} {unit}{'' if count == 1 else 's'} old"


def is_old(source_date: str, today: date) -> bool:
    """Say whether a fact may be older than 180 days; one without a date may be.

    Examples
    --------
    >>> [is_old(text, date(2026, 11, 24)) for text in ("2026-10-02", "2026-05-03", "2026", "n/a")]
    [False, True, True, True]
    """
    days = age_days(source_date, today)
    return days is None or days > OLD_AFTER_DAYS


def age_days(source_date: str, today: date) -> int | None:
    """Return the days since a date, at most; None where it is none."""
    since = begin(source_date)
    return None if since is None else (today - since).days


def old_facts(facts: Iterable[Any], today: date) -> list[dict[str, Any]]:
    """Return the facts that are old, as JSON, those without a date first and then the oldest."""
    rows = [
        {
            "fact": fact.id,
            "source_date": fact.source_date,
            "age_days": age_days(fact.source_date, today),
        }
        for fact in facts
        if is_old(fact.source_date, today)
    ]
    return sorted(rows, key=lambda row: (-(row["age_days"] or 1e9), row["fact"]))


def begin(source_date: str) -> date | None:
    """Return the first day that a date can mean, or None."""
    match = _DATE.search(source_date)
    if match is None:
        return None
    year, month, day, half = (int(part) if part else 0 for part in match.groups())
    month = month or (7 if half == 2 else 1)
    try:
        return date(year, month, day or 1)
    except ValueError:
        return date(year, 1, 1) if year else None
