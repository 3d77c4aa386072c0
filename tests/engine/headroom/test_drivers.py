from __future__ import annotations

import pytest

from apps.engine.headroom.case import Case
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.sampling import ranges_of
from apps.engine.headroom.search import find_most
from tests.engine.worlds import case, shop


def test_range_holds_the_verdict_and_names_what_moves_it() -> None:
    design = case(shop(reserved_concurrency=50))
    found = find_most(design, Judge(design, 1), 1e4)

    spread = ranges_of(design, found, lambda: True).verdict

    assert found.daily_users is not None
    assert spread.low < found.daily_users < spread.high
    assert len(spread.drivers) == 5
    assert ("Checkout", "own_ms") in {(d.owner, d.name) for d in spread.drivers}
    assert 0.0 < spread.confidence <= 1.0


def test_driver_agrees_with_a_whole_search() -> None:
    design = case(shop(reserved_concurrency=50))
    found = find_most(design, Judge(design, 1), 1e4)
    spread = ranges_of(design, found, lambda: True).verdict
    driver = next(d for d in spread.drivers if (d.owner, d.name) == ("Checkout", "own_ms"))

    other = Case(design.inputs, {("Checkout", "own_ms"): driver.low})
    searched = find_most(other, Judge(other, 1), 1e4).daily_users

    assert driver.holds_at_low == pytest.approx(searched, rel=0.1)


def test_what_is_set_is_no_driver() -> None:
    known = {"Checkout": {"own_ms": 40}}
    design = case(shop(reserved_concurrency=50), assume=known)
    found = find_most(design, Judge(design, 1), 1e4)

    spread = ranges_of(design, found, lambda: True).verdict

    assert ("Checkout", "own_ms") not in {(d.owner, d.name) for d in spread.drivers}
