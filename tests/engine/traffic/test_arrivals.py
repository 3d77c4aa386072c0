from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.traffic.arrivals import Arrivals, Entry, arrivals
from apps.engine.traffic.habits import habits_of
from apps.engine.traffic.population import daily_users, equivalents
from apps.engine.traffic.presets import CURVES, hour_shares
from apps.engine.traffic.scenario import Scenario

API = Entry("Api", "request", faces_users=True)


def _arrivals(data: Mapping[str, object], *entries: Entry) -> tuple[Arrivals, ...]:
    scenario = Scenario.from_dict({"population": {"value": 1000}, **data})
    return arrivals(scenario, habits_of(scenario, {}), entries or (API,))


def test_requests_of_a_day_are_visits_times_actions_times_requests() -> None:
    (api,) = _arrivals({"bots": {"share_of_requests": 0}})

    # Web shop: 1.2 visits × 5.4 actions × 3 requests for each daily user.
    assert api.rate(1000).sum() == pytest.approx(1000 * 1.2 * 5.4 * 3)


def test_bots_come_on_top() -> None:
    (api,) = _arrivals({"bots": {"share_of_requests": 0.2}})

    assert api.rate(1000).sum() == pytest.approx(1000 * 1.2 * 5.4 * 3 / 0.8)


def test_actions_go_to_the_entry_that_they_name() -> None:
    other = Entry("Other", "request", faces_users=True)
    data = {
        "actions": [{"name": "buy", "entry": "Api", "per_visit": 2, "requests": 3}],
        "visits": {"per_daily_user": 4},
        "bots": {"share_of_requests": 0},
    }

    api, nothing = _arrivals(data, API, other)

    assert api.rate(10).sum() == pytest.approx(10 * 4 * 2 * 3)
    assert nothing.rate(10).sum() == 0.0


def test_busiest_minute_stands_above_its_hour() -> None:
    (flat,) = _arrivals(
        {"day": {"preset": "flat", "minute_peak_factor": 1.5}, "bots": {"share_of_requests": 0}}
    )

    assert flat.rate(1).max() / flat.rate(1).mean() == pytest.approx(1.5, rel=1e-6)


def test_sale_multiplies_while_it_holds() -> None:
    data = {
        "day": {"preset": "flat", "minute_peak_factor": 1},
        "events": [{"name": "sale", "at": "20:00:00", "ramp_s": 60, "hold_s": 600, "factor": 10}],
        "bots": {"share_of_requests": 0},
    }

    rate = _arrivals(data)[0].rate(1000)

    assert rate[20 * 3600 + 300] == pytest.approx(10 * rate[3600])
    assert rate[20 * 3600 + 29] == pytest.approx(rate[3600] * (1 + 9 * 29.5 / 60))


def test_vote_spends_the_requests_of_those_who_take_part() -> None:
    vote = {"name": "vote", "at": "20:00", "hold_s": 600, "users_share": 0.5,
            "requests_per_user": 12, "entry": "Api"}  # fmt: skip
    with_vote = _arrivals({"events": [vote]})[0].rate(1000).sum()

    assert with_vote - _arrivals({})[0].rate(1000).sum() == pytest.approx(1000 * 0.5 * 12)


def test_push_decays_by_half_in_the_median_time() -> None:
    push = {"name": "push", "at": "12:00", "recipients_share": 0.6, "open_share": 0.03,
            "median_open_s": 420, "requests_per_open": 4}  # fmt: skip
    added = _arrivals({"events": [push]})[0].rate(1000) - _arrivals({})[0].rate(1000)

    assert added[43_200 + 420] == pytest.approx(added[43_200] / 2)
    # Nearly all who open have done so by midnight: monthly users × 0.6 × 0.03 × 4.
    assert added.sum() == pytest.approx(10_000 * 0.6 * 0.03 * 4, rel=1e-3)


def test_devices_and_partners_do_not_grow_with_users() -> None:
    data = {
        "devices": [{"name": "meter", "entry": "Api", "count": 20_000, "every_s": 60}],
        "partners": [{"name": "hooks", "entry": "Api", "per_s": 3}],
    }
    (api,) = _arrivals(data)

    assert api.fixed.mean() == pytest.approx(20_000 / 60 + 3)


def test_nightly_work_comes_at_its_hour() -> None:
    night = {"name": "import", "entry": "Api", "schedule": "cron(30 2 * * ? *)",
             "items": 6000, "over_s": 600}  # fmt: skip
    (api,) = _arrivals({"background": [night]})

    assert api.fixed[2 * 3600 + 1800] == pytest.approx(10.0)
    assert api.fixed.sum() == pytest.approx(6000)


def test_a_source_without_caller_has_its_assumed_events() -> None:
    bucket = Entry("Bucket", "put", faces_users=False, per_user_day=4.0)
    (puts,) = _arrivals({}, bucket)

    assert puts.rate(1000).sum() == pytest.approx(4000)


def test_schedule_ticks_whoever_comes() -> None:
    (ticks,) = _arrivals({}, Entry("Nightly", "tick", faces_users=False, ticks_per_day=288.0))

    assert ticks.rate(1).sum() == pytest.approx(ticks.rate(1e6).sum()) == pytest.approx(288)


@given(
    curve=st.sampled_from([name for name in CURVES if name != "flat"]),
    busiest=st.floats(min_value=5.0, max_value=40.0),
)
def test_hour_shares_are_as_steep_as_asked(curve: str, busiest: float) -> None:
    shares = hour_shares(curve, busiest)

    assert sum(shares) == pytest.approx(1.0)
    assert max(shares) * 100 == pytest.approx(busiest, rel=1e-6)


@given(users=st.floats(min_value=1.0, max_value=1e7))
def test_requests_grow_in_proportion_to_users(users: float) -> None:
    (api,) = _arrivals({})

    assert np.allclose(api.rate(users), users * api.rate(1.0))


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("daily_active", 5000, 5000),
        ("monthly_active", 5000, 500),
        ("registered", 5000, 150),
        ("seats", 5000, 500),
    ],
)
def test_population_becomes_daily_users(unit: str, value: float, expected: float) -> None:
    scenario = Scenario.from_dict({"population": {"unit": unit, "value": value}})

    assert daily_users(scenario, habits_of(scenario, {}), 20.0) == pytest.approx(expected)


def test_concurrent_users_lead_back_to_themselves() -> None:
    scenario = Scenario.from_dict({"population": {"unit": "concurrent", "value": 300}})
    habits = habits_of(scenario, {})

    daily = daily_users(scenario, habits, 20.0)

    assert equivalents(scenario, habits, daily, 1.0)["concurrent"] == pytest.approx(300)
