from __future__ import annotations

import math
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.forecasts.gates import Gates


def summary(holds: float | None = 1000.0, **more: Any) -> dict[str, Any]:
    asked = more.pop("asked", 500.0)
    return {
        "asked_users": asked,
        "holds_users": {
            "unit": "daily_active", "expected": holds, "equivalents": {"monthly_active": 9e3},
        },
        "headroom": {"expected": None if holds is None else holds / asked},
        "cost": {"monthly_usd": 100.0},
        "latency_ms": {"p99": 200.0},
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("gates", "found", "sentence"),
    [
        (Gates(min_headroom=3.0), summary(), "Headroom is 2, asked is at least 3."),
        (Gates(min_headroom=2.0), summary(), None),
        (Gates(min_headroom=2.0), summary(None), None),
        (Gates(max_monthly_usd=99.0), summary(), "It costs $100.00 a month, allowed are $99.00."),
        (Gates(max_monthly_usd=100.0), summary(), None),
        (Gates(max_p99_ms=199.0), summary(), "p99 is 200 ms, allowed are 199 ms."),
        (Gates(max_p99_ms=200.0), summary(), None),
        (Gates(max_p99_ms=9e9), summary(10.0, latency_ms={"p99": None}), "p99 has no value"),
        # Nobody waits for an answer of a design without a door for people.
        (Gates(max_p99_ms=1.0), summary(latency_ms={"p99": None}), None),
    ],
)
def test_each_gate_is_met_or_says_why_not(
    gates: Gates, found: dict[str, Any], sentence: str | None
) -> None:
    said = gates.not_met(found)

    assert len(said) == (0 if sentence is None else 1)
    assert sentence is None or said[0].startswith(sentence)


@pytest.mark.parametrize(
    ("before", "now", "allowed", "fall"),
    [
        (1000.0, 900.0, 10.0, None),
        (1000.0, 899.0, 10.0, "10.1%"),
        (1000.0, 999.0, 0.0, "0.1%"),
        (1000.0, 2000.0, 0.0, None),
        (None, None, 0.0, None),
        (1000.0, None, 0.0, None),
        (None, 1000.0, 50.0, "100%"),
    ],
)
def test_worse_is_measured_by_the_users_held(
    before: float | None, now: float | None, allowed: float, fall: str | None
) -> None:
    said = Gates(fail_on_worse=allowed).not_met(summary(now), summary(before))

    assert (fall is None) is (said == [])
    assert fall is None or f"Users held fall by {fall} against the baseline" in said[0]


def test_worse_is_measured_in_the_unit_that_is_asked_now() -> None:
    monthly = summary(8e3)
    monthly["holds_users"]["unit"] = "monthly_active"

    assert Gates(fail_on_worse=5.0).not_met(monthly, summary())
    assert not Gates(fail_on_worse=20.0).not_met(monthly, summary())


@pytest.mark.parametrize("gate", ["max-p99-ms", "fail-on-worse", "min-headroom"])
@pytest.mark.parametrize("value", ["nan", "-1", "much", str(math.inf)])
def test_a_bound_that_is_no_number_is_refused(gate: str, value: str) -> None:
    with pytest.raises(CommandError, match="is no bound"):
        call_command("forecast", "template.yaml", "--users", "10", f"--{gate}={value}")


def test_gate_on_worse_needs_a_baseline() -> None:
    with pytest.raises(CommandError, match="needs a --baseline") as caught:
        call_command("forecast", "template.yaml", "--users", "10", "--fail-on-worse", "10")

    assert caught.value.returncode == 2
