from __future__ import annotations

from typing import Any

import pytest

from tests.forecasts.answers import report, summary


def holds(**changed: Any) -> dict[str, Any]:
    found: dict[str, Any] = {**summary()["holds_users"], **changed}
    return found


def test_it_rounds_to_two_digits_while_inputs_are_assumed() -> None:
    found = report(holds_users=holds(expected=343_734.75, low=44_180.4, high=1_636_327.7)).verdict

    assert (found.holds, found.low, found.high) == (340_000, 44_000, 1_600_000)
    assert found.has_range


def test_it_keeps_three_digits_once_everything_is_known() -> None:
    known = holds(expected=343_734.75, low=343_734.75, high=343_734.75)

    found = report(holds_users=known, assumptions=[]).verdict

    assert found.holds == 344_000
    assert not found.is_assumed
    assert not found.has_range


def test_it_says_where_nothing_binds() -> None:
    nothing = holds(expected=None, low=3e6, high=None, limit_beyond=1e8)

    found = report(holds_users=nothing, first_limit=None, fix=None)

    assert found.verdict.is_unlimited
    assert found.verdict.beyond == 1e8
    assert found.verdict.headroom is None
    assert found.first is None
    assert found.fix is None


def test_it_compares_what_stands_on_the_page() -> None:
    found = report(10_000, holds_users=holds(expected=23_449.0)).verdict

    assert found.headroom == pytest.approx(2.3)
    assert not found.is_too_small


def test_it_says_that_fewer_are_held_than_asked() -> None:
    assert report(10_000, holds_users=holds(expected=6_000.0)).verdict.is_too_small


def test_it_says_that_nobody_is_held() -> None:
    assert report(holds_users=holds(expected=0.4)).verdict.holds_nobody


def test_it_names_the_unit_and_the_other_units() -> None:
    found = report().verdict

    assert found.users == "daily users"
    assert "monthly users" in dict(found.others)
    assert "daily users" not in dict(found.others)


def test_it_puts_missed_targets_first() -> None:
    missed = {
        "target": "p95_ms",
        "component": "Api",
        "value": 3_421.0,
        "allowed": 1_000.0,
        "label": "p95 as the user meets it",
        "unit": "ms",
        "effect": "Users wait longer than the target.",
    }

    (found,) = report(missed_targets=[missed]).verdict.missed

    assert found.where.name == "Api"
    assert found.says == "3,400 ms, the target is 1,000 ms"


def test_the_first_limit_is_named_with_its_causes() -> None:
    first = report().first

    assert first is not None
    assert first.where.name == "Checkout"
    assert first.where.href == "/designs/1/?component=Checkout"
    assert first.label == "reserved concurrency"
    assert first.measure.of == 5
    assert len(first.why) >= 2


def test_a_change_buys_users_up_to_the_next_limit() -> None:
    found = report()

    assert found.fix is not None
    assert found.fix.holds == found.next[0].holds
    assert found.fix.gain is not None
    assert found.fix.gain > 1
    assert found.fix.next_where == found.next[0].where


@pytest.mark.parametrize(
    ("how", "words"),
    [("refused", "refused"), ("waits", "wait"), ("late", "late"), ("lost", "lost")],
)
def test_it_says_how_the_design_fails(how: str, words: str) -> None:
    failure = report(failure={"how": how, "effect": "429", "recovers": True}).failure

    assert failure is not None
    assert words in failure.sentence
    assert not failure.is_unknown


def test_it_does_not_say_that_it_recovers_where_that_was_not_tried() -> None:
    failure = report(failure={"how": "refused", "effect": "429", "recovers": None}).failure

    assert failure is not None
    assert failure.is_unknown
