from __future__ import annotations

import pytest

from apps.engine.graph import Architecture
from apps.engine.headroom.causes import first_limit
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.search import FEWEST, Stopped, find_most, try_users
from tests.engine.worlds import case, component, link, shop

FLAT = {"day": {"preset": "flat", "minute_peak_factor": 1}, "bots": {"share_of_requests": 0}}


def test_bracket_holds_below_and_breaks_above() -> None:
    design = case(shop(reserved_concurrency=50))
    judge = Judge(design, seed=1)

    found = find_most(design, judge, 10_000)

    assert found.holds is not None
    assert found.breaks is not None
    assert found.breaks.daily_users <= 1.006 * found.holds.daily_users
    assert try_users(design, judge, 0.9 * found.holds.daily_users)[0].violation is None
    assert try_users(design, judge, 1.1 * found.breaks.daily_users)[0].violation is not None


def test_pool_of_ten_carries_three_erlangs_and_not_ten() -> None:
    """At one refusal in a thousand a pool of 10 carries 3.1 erlangs (Erlang B)."""
    design = case(shop(reserved_concurrency=10), **FLAT)

    found = find_most(design, Judge(design, 1), 10_000)

    first = first_limit(design, Judge(design, 1), found)
    assert first is not None
    assert (first.component, first.limit) == ("Checkout", "lambda.reserved_concurrency")
    assert first.used == pytest.approx(3.1, rel=0.03)
    assert first.of == 10


@pytest.mark.parametrize("factor", [2.0, 5.0])
def test_more_room_holds_more_users(factor: float) -> None:
    small, large = (case(shop(reserved_concurrency=int(n))) for n in (20, 20 * factor))

    few = find_most(small, Judge(small, 1), 1e4).daily_users
    many = find_most(large, Judge(large, 1), 1e4).daily_users

    assert few is not None
    assert many is not None
    # Larger groups carry more each, so more than in proportion.
    assert many > factor * few


def test_start_does_not_change_the_verdict() -> None:
    design = case(shop(reserved_concurrency=50))
    ends = [find_most(design, Judge(design, 1), start).daily_users for start in (1.0, 1e4, 1e8)]

    assert ends[0] == pytest.approx(ends[1], rel=0.006)
    assert ends[0] == pytest.approx(ends[2], rel=0.006)


def test_design_without_a_limit_holds_beyond_the_end() -> None:
    design = case(Architecture(components=(component("Events", "sqs_queue"),)))

    found = find_most(design, Judge(design, 1), 1e4)

    assert found.daily_users is None


def test_target_missed_by_a_single_user_is_set_aside_and_said() -> None:
    slow = case(assume={"Checkout": {"own_ms": 2500}})
    judge = Judge(slow, 1)

    found = find_most(slow, judge, 1e4)

    assert ("p95_ms", "Api") in {(m.target, m.component) for m in judge.missed}
    assert found.daily_users is not None
    assert found.daily_users > FEWEST


def test_latency_can_be_what_ends_it() -> None:
    tight = case(assume={"Checkout": {"own_ms": 200}}, targets={"p95_ms": 700})
    judge = Judge(tight, 1)

    assert judge.missed == ()
    assert judge.p95_target_ms(0) == 700


def test_search_stops_when_asked() -> None:
    design = case()

    with pytest.raises(Stopped):
        find_most(design, Judge(design, 1), 1e4, go_on=lambda: False)


def test_queue_that_nobody_drains_in_time_is_late_or_lost() -> None:
    design = case(
        Architecture(
            components=(
                component("Jobs", "sqs_queue", max_receive_count=3),
                component("Worker", "lambda_function", memory_mb=1769, reserved_concurrency=2),
            ),
            links=(link("Jobs", "Worker", "invoke", mode="stream", settings={"batch": 1}),),
        ),
        assume={"Worker": {"own_ms": 1000}},
    )

    found = find_most(design, Judge(design, 1), 1000)
    first = first_limit(design, Judge(design, 1), found)

    assert first is not None
    assert first.component == "Worker"
    assert first.target in ("dead_letters", "queue_age_s")
    # Two workers of one second each: the busiest second may bring two messages at most.
    assert found.daily_users is not None
    assert design.rates(found.daily_users).total[1230] < 2.6
