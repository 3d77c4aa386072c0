"""Joint samples that are run in bundles: the same however they are cut, and what they cost."""

from __future__ import annotations

import json

import numpy as np
import pytest

from apps.engine.catalog.base import Spread
from apps.engine.curve import outcome
from apps.engine.headroom.case import Case
from apps.engine.headroom.effects import Effects
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.months import Months
from apps.engine.headroom.peak import peak_rates
from apps.engine.headroom.ranges import samples
from apps.engine.headroom.sampling import SAMPLES, Drawn, Sampler
from apps.engine.headroom.search import Found, Stopped, find_most
from apps.engine.inputs import TRAFFIC, Input
from apps.engine.traffic.population import daily_users
from tests.engine.worlds import case, shop

DESIGN = case(shop(reserved_concurrency=50))


@pytest.fixture(scope="module")
def found() -> Found:
    return find_most(DESIGN, Judge(DESIGN, 1), 1e4)


@pytest.fixture(scope="module")
def whole(found: Found) -> tuple[Sampler, list[Drawn]]:
    """Three bundles, the last of them short, run in their order."""
    sampler = Sampler(DESIGN, found, count=300)
    return sampler, [sampler.run(bundle) for bundle in range(sampler.bundles)]


def test_a_bundle_is_the_same_to_the_last_digit_whoever_runs_it(
    found: Found, whole: tuple[Sampler, list[Drawn]]
) -> None:
    _, bundles = whole
    other = Sampler(DESIGN, found, count=300)

    backwards = [other.run(bundle) for bundle in reversed(range(other.bundles))]

    assert [len(bundle) for bundle in bundles] == [SAMPLES, SAMPLES, 300 - 2 * SAMPLES]
    assert backwards[::-1] == bundles


def test_results_survive_json_to_the_last_digit(whole: tuple[Sampler, list[Drawn]]) -> None:
    sampler, bundles = whole
    drawn = bundles[0] + bundles[1]

    read = Drawn.from_dict(json.loads(json.dumps(drawn.to_dict())))

    assert read == drawn
    assert sampler.ranges(read) == sampler.ranges(drawn)


def test_a_part_of_the_samples_is_not_lopsided(whole: tuple[Sampler, list[Drawn]]) -> None:
    sampler, bundles = whole
    every = sampler.ranges(bundles[0] + bundles[1] + bundles[2])

    for bundle, drawn in enumerate(bundles):
        first = bundle * SAMPLES
        part = sampler.ranges(drawn, range(first, first + len(drawn)))
        assert part.verdict.low == pytest.approx(every.verdict.low, rel=0.15)
        assert part.verdict.high == pytest.approx(every.verdict.high, rel=0.15)
        # They are spread by what they do to the verdict; what they cost is left to chance.
        assert part.cost.high == pytest.approx(every.cost.high, rel=0.3)


def test_ranges_say_how_many_samples_they_are_of(whole: tuple[Sampler, list[Drawn]]) -> None:
    sampler, bundles = whole

    ranges = sampler.ranges(bundles[0])

    assert (ranges.count, ranges.asked, ranges.seed) == (SAMPLES, 300, 0)
    assert ranges.cost.low < 1.0 < ranges.cost.high


def test_it_stops_when_told(found: Found) -> None:
    said = iter([True, True, False])
    sampler = Sampler(DESIGN, found, lambda: next(said), count=300)

    with pytest.raises(Stopped):
        [sampler.run(bundle) for bundle in range(sampler.bundles)]


def test_costs_of_a_sample_are_those_of_its_own_whole_day() -> None:
    design = case(users=5_000)
    asked = daily_users(design.inputs.scenario, design.habits, design.requests_per_user_day)
    months = Months(design, Effects(design, peak_rates(design, asked), asked), asked)
    drawn = samples(design.inputs.open(), 12, 5)

    usd = months.usd([{}, *drawn], lambda: True)

    expected = float(outcome(design, asked, 1).bill.monthly_usd)
    exact = [float(outcome(Case(design.inputs, one), asked, 1).bill.monthly_usd) for one in drawn]
    assert usd[0] == pytest.approx(expected, rel=0.01)
    np.testing.assert_allclose(usd[1:] / usd[0], np.array(exact) / expected, rtol=0.05)


def test_who_asks_for_requests_a_month_pays_for_them_whatever_people_do() -> None:
    people = {"unit": "requests_per_month", "value": 3e6}
    design = case(shop(), population=people)
    asked = daily_users(design.inputs.scenario, design.habits, design.requests_per_user_day)
    months = Months(design, Effects(design, peak_rates(design, asked), asked), asked)

    usd = months.usd([{}, {(TRAFFIC, "visits per daily user"): 8.0}], lambda: True)

    assert usd[1] == pytest.approx(usd[0], rel=0.02)


def test_the_time_of_a_function_drives_the_costs(found: Found) -> None:
    wide_ms = {"own_ms": {"expected": 400, "low": 40, "high": 4000}}
    design = case(shop(memory_mb=3008), assume={"Checkout": wide_ms})
    most = find_most(design, Judge(design, 1), 1e4)
    sampler = Sampler(design, most)

    cost = sampler.ranges(sampler.run(0)).cost

    driver = next(d for d in cost.drivers if (d.owner, d.name) == ("Checkout", "own_ms"))
    assert driver.times_at_low < 0.6
    assert driver.times_at_high > 2.0
    effects = [abs(np.log([d.times_at_low, d.times_at_high])).max() for d in cost.drivers]
    assert effects == sorted(effects, reverse=True)


def test_what_is_all_set_costs_one_sum() -> None:
    known = {key: Input(key, _point(item.spread), is_set=True) for key, item in
             DESIGN.inputs.by_key.items()}  # fmt: skip
    design = case(shop(reserved_concurrency=50))
    design.inputs.by_key.update(known)  # type: ignore[attr-defined]
    most = find_most(design, Judge(design, 1), 1e4)
    sampler = Sampler(design, most)

    ranges = sampler.ranges(sampler.run(0))

    assert (ranges.cost.low, ranges.cost.high) == pytest.approx((1.0, 1.0), rel=1e-9)
    assert not ranges.cost.drivers
    assert not ranges.verdict.drivers


def _point(spread: Spread) -> Spread:
    return Spread(spread.expected, spread.expected, spread.expected, "Set")
