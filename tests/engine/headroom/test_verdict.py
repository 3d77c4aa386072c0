"""What is around a verdict: its targets, what a fix buys, recovery, and a scan by brute force."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from apps.engine.graph import Architecture
from apps.engine.headroom.bill import monthly_usd
from apps.engine.headroom.case import Case
from apps.engine.headroom.causes import first_limit
from apps.engine.headroom.fixing import fix_of
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.recovery import recovery_of
from apps.engine.headroom.search import Found, find_most, try_users
from tests.engine.worlds import case, component, link, shop
from tests.incidents.incident import Incident

FLAT: dict[str, Any] = {
    "day": {"preset": "flat", "minute_peak_factor": 1},
    "bots": {"share_of_requests": 0},
}
TWO_AT_ONCE = {"batch": 1, "max_concurrency": 2}
CONSTANT = {"lambda_defaults": {"duration_distribution": "constant"}}


def searched(design: Case) -> tuple[Found, Judge]:
    judge = Judge(design, 1)
    return find_most(design, judge, 1e4), judge


@pytest.mark.parametrize(
    "more",
    [
        {"account": {"lambda_concurrency": 30}},
        {"account": {"lambda_concurrency": 200}, "client": {"attempts": 3}},
        {"events": [{"at": "20:00:00", "ramp_s": 30, "hold_s": 600, "factor": 10}]},
    ],
)
def test_the_bracket_agrees_with_a_scan(more: dict[str, Any]) -> None:
    design = case(shop(reserved_concurrency=40), **more)
    found, judge = searched(design)
    assert found.daily_users is not None

    steps = found.daily_users * np.geomspace(0.97, 1.03, 13)
    held = [u for u in steps if try_users(design, judge, float(u))[0].violation is None]

    assert max(held) == pytest.approx(found.daily_users, rel=0.01)


def test_a_p99_target_counts_cold_starts_and_a_p95_target_does_not() -> None:
    slow = {"Checkout": {"duration_ms": 200, "init_ms": 3000}, **CONSTANT}
    rare = {"actions": [{"per_user_day": 1.0, "entry": "Api"}], **FLAT}
    tight = case(assume=slow, targets={"p95_ms": 1000, "p99_ms": 1000}, **rare)
    judge = Judge(tight, 1)

    # With few users more than one request in a hundred starts cold, and takes 3.2 s.
    model, record = tight.run(1000.0)
    violation = judge.of_day(record, model)

    assert "p99_ms" in {missed.target for missed in judge.missed} or (
        violation is not None and violation.target == "p99_ms"
    )
    assert "p95_ms" not in {missed.target for missed in judge.missed}


def test_a_cap_on_costs_ends_the_users_where_the_month_costs_as_much() -> None:
    design = case(targets={"monthly_usd": 200})
    found, judge = searched(design)
    first = first_limit(design, judge, found)

    assert found.holds is not None
    assert first is not None
    assert first.limit == "target.monthly_usd"
    assert first.of == 200
    model, _ = design.run(found.holds.daily_users)
    assert monthly_usd(design, model, found.holds.daily_users)[0] == pytest.approx(200, rel=0.01)


def test_a_target_for_one_queue_leaves_the_others_alone() -> None:
    jobs = Architecture(
        components=(
            component("Jobs", "sqs_queue"),
            component("Worker", "lambda_function", timeout_s=30),
        ),
        links=(link("Jobs", "Worker", "invoke", mode="stream", settings=TWO_AT_ONCE),),
    )
    rush = {"background": [{"entry": "Jobs", "items_per_user": 1, "over_s": 60}], **FLAT}
    said = {"Worker": {"duration_ms": 1000}, **CONSTANT}

    # Two messages a second: the last of N waits N / 2 s less the minute in which all come.
    usual, _ = searched(case(jobs, assume=said, **rush))
    strict, _ = searched(case(jobs, assume=said, targets={"queue_age_s": 60}, **rush))

    assert strict.daily_users == pytest.approx(2 * 120, rel=0.1)
    assert usual.daily_users == pytest.approx(2 * 960, rel=0.1)


def test_a_refused_share_may_be_judged_over_a_longer_window() -> None:
    flash = [{"at": "20:00:00", "ramp_s": 0, "hold_s": 60, "factor": 5}]
    short = case(shop(reserved_concurrency=20), events=flash)
    long = case(
        shop(reserved_concurrency=20),
        events=flash,
        targets={"refused_share": {"max": 0.001, "window_s": 3600}},
    )

    few, many = searched(short)[0].daily_users, searched(long)[0].daily_users

    assert few is not None
    assert many is not None
    assert many > 1.03 * few


def test_what_a_fix_buys_is_what_a_search_without_the_limit_finds() -> None:
    design = case(shop(reserved_concurrency=20), account={"lambda_concurrency": 100})
    found, judge = searched(design)
    first = first_limit(design, judge, found)
    assert first is not None
    assert first.component == "Checkout"

    fix = fix_of(design, judge, found, first, lambda: True)

    free = case(shop(), account={"lambda_concurrency": 100})
    assert fix is not None
    assert fix.daily_users == pytest.approx(searched(free)[0].daily_users, rel=0.07)
    assert fix.component == "account:us-east-1"


def test_a_design_without_feedback_recovers_on_both_branches() -> None:
    design = case(shop(reserved_concurrency=20))
    found, judge = searched(design)

    recovery = recovery_of(design, judge, found)

    assert recovery is not None
    assert (recovery.calm, recovery.overloaded, recovery.is_bistable) == (True, True, False)


def test_retries_and_kept_connections_are_bistable() -> None:
    """After a crowd more environments are kept than there are connections.

    Clients that do not come back let them go within an idle life. Those that do keep them all in
    use by their failures: the same load that held does not hold any more.
    """
    incident = Incident.load("database_connections")
    patient = incident.recovery()
    stubborn = dataclasses.replace(
        incident, scenario={**incident.scenario, "client": {"attempts": 3, "delay_s": 1}}
    ).recovery()

    assert patient is not None
    assert stubborn is not None
    assert (patient.calm, patient.overloaded) == (True, True)
    assert patient.minutes is not None
    # An idle life of six minutes, and what its end takes.
    assert 4 <= patient.minutes <= 12
    assert (stubborn.calm, stubborn.overloaded) == (True, False)
    assert stubborn.is_bistable
