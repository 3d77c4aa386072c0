"""Which questions a report offers."""

from __future__ import annotations

from typing import Any

from apps.forecasts.presenting.faults import offers_of
from tests.forecasts.answers import names, summary


def asked(**changed: Any) -> list[tuple[str, str]]:
    offers = offers_of(summary(**changed), names())
    return [(offer.fault["kind"], offer.fault["component"]) for offer in offers]


def test_it_offers_what_is_worth_asking() -> None:
    kinds = [kind for kind, _ in asked()]

    assert kinds == ["slow", "down", "zone", "cold_fleet", "poison", "retry_storm"]


def test_the_first_limit_is_what_is_slow_and_what_people_wait_for_is_the_storm() -> None:
    offers = dict(asked())

    assert offers["slow"] == summary()["first_limit"]["component"] == "Checkout"
    assert offers["retry_storm"] == "Orders"
    assert offers["poison"] == "Mails"


def test_they_begin_before_the_busiest_minute() -> None:
    slow, *_ = offers_of(summary(), names())

    assert summary()["day"]["peak_at"] == "20:30"
    assert (slow.fault["at"], slow.fault["for_s"]) == ("20:20:00", 1200)


def test_what_was_asked_is_not_offered_again() -> None:
    zone = {"kind": "zone", "component": None}

    assert ("zone", "") not in asked(faults=[zone])
