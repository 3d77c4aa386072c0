"""`manage.py estimate --free-tier`: always, and in the first year. No database is needed."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ITEMS = [
    {"kind": "sqs_queue", "usage": {"given": {"requests": 3_000_000}}},
    {"kind": "http_api", "usage": {"passed": {"request": 3_000_000}}},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "usage.json"
    path.write_text(json.dumps({"items": ITEMS}), encoding="utf-8")
    return path


def estimate(*arguments: object) -> str:
    said = StringIO()
    call_command("estimate", *map(str, arguments), stdout=said)
    return said.getvalue()


def test_the_first_year_gives_more(file: Path) -> None:
    bills = [
        json.loads(estimate(file, "--format=json", *flags))
        for flags in ([], ["--free-tier"], ["--free-tier=always"], ["--free-tier", "first-year"])
    ]

    # prices.csv: the first million requests of an HTTP API, at 0.000001, in twelve months.
    usd = [bill["monthly_usd"] for bill in bills]
    assert usd[0] - usd[1] == pytest.approx(0.4)
    assert usd[1] == usd[2]
    assert usd[2] - usd[3] == pytest.approx(1.0)
    assert [bill["free_tier"] for bill in bills] == [False, True, True, True]
    assert [bill["first_year"] for bill in bills] == [False, False, False, True]


def test_the_file_may_follow_the_free_tier(file: Path) -> None:
    assert estimate("--free-tier", file) == estimate(file, "--free-tier")
    assert estimate("--free-tier", "first-year", file) == estimate(file, "--free-tier=first-year")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "Name a file: estimate USAGE.json."),
        (("u.json", "--free-tier=for-ever"), "--free-tier is always or first-year, not for-ever."),
    ],
)
def test_what_was_left_out_is_asked_for(arguments: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=reason) as caught:
        estimate(*arguments)

    assert caught.value.returncode == 2
