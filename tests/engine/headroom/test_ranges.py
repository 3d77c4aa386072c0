"""Joint samples of what is assumed: their law, their independence, and what they say."""

from __future__ import annotations

import numpy as np
import pytest

from apps.engine.catalog.base import Spread
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.peak import fullness_at, peak_rates
from apps.engine.headroom.ranges import Busiest, Level, samples
from apps.engine.headroom.sampling import ranges_of
from apps.engine.headroom.search import Found, find_most
from apps.engine.inputs import TRAFFIC, Input
from tests.engine.worlds import case, shop

DESIGN = case(shop(reserved_concurrency=50))


def item(name: str, low: float, expected: float, high: float) -> Input:
    return Input(("A", name), Spread(expected, low, high), is_set=False)


@pytest.fixture(scope="module")
def found() -> Found:
    return find_most(DESIGN, Judge(DESIGN, 1), 1e4)


def test_low_expected_and_high_are_p10_p50_and_p90() -> None:
    inputs = [item("skewed", 1.0, 2.0, 10.0), item("from zero", 0.0, 0.2, 3.0)]
    drawn = samples(inputs, 1000, 3)

    for one in inputs:
        values = [sample[one.key] for sample in drawn]
        spread = one.spread
        points = np.percentile(values, (10, 50, 90))
        np.testing.assert_allclose(
            points, (spread.low, spread.expected, spread.high), rtol=0.02, atol=1e-3
        )
        assert min(values) == pytest.approx(spread.low)
        assert max(values) == pytest.approx(spread.high)
        assert all(spread.low <= value <= spread.high for value in values)


def test_inputs_are_drawn_independently_and_by_the_seed() -> None:
    inputs = [item("a", 1.0, 2.0, 4.0), item("b", 1.0, 2.0, 4.0)]
    drawn = samples(inputs, 500, 3)

    a, b = ([np.log(sample[i.key]) for sample in drawn] for i in inputs)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.15
    assert samples(inputs, 500, 3) == drawn
    assert samples(inputs, 500, 4) != drawn


def test_samples_side_by_side_are_what_each_is_alone(found: Found) -> None:
    users = found.daily_users or 0.0
    rates = peak_rates(DESIGN, users)
    settled = fullness_at(DESIGN, rates, users)
    level = Level(users, settled.fullest(0.0), 0.0, settled.fullest_gauge())
    busiest = Busiest(DESIGN, rates, level)
    drawn = samples(DESIGN.inputs.open(), 40, 5)

    together = busiest.ends(drawn, lambda: True)
    apart = [busiest.ends([one], lambda: True) for one in drawn]

    np.testing.assert_allclose(together.users, [one.users[0] for one in apart], rtol=1e-9)
    assert together.gauges == tuple(one.gauges[0] for one in apart)


def test_expected_values_give_the_verdict_itself(found: Found) -> None:
    users = found.daily_users or 0.0
    rates = peak_rates(DESIGN, users)
    settled = fullness_at(DESIGN, rates, users)
    level = Level(users, settled.fullest(0.0), 0.0, settled.fullest_gauge())

    ends = Busiest(DESIGN, rates, level).ends([{}], lambda: True)

    assert ends.users[0] == pytest.approx(users, rel=1e-6)
    assert ends.gauges[0] == level.gauge


def test_habits_of_a_sample_give_the_rates_of_their_own_arrivals(found: Found) -> None:
    users = found.daily_users or 0.0
    rates = peak_rates(DESIGN, users)
    level = Level(users, 1.0, 0.0, None)
    habits = [i for i in DESIGN.inputs.open() if i.key[0] == TRAFFIC]
    drawn = samples(habits, 12, 5)

    guessed = Busiest(DESIGN, rates, level)._rates(drawn)

    for row, values in zip(guessed, drawn, strict=True):
        exact = peak_rates(type(DESIGN)(DESIGN.inputs, values), users).per_user
        # Bots come at all hours, so they and the busiest hour do not quite multiply.
        np.testing.assert_allclose(row, exact, rtol=0.08)


def test_the_same_seed_gives_the_same_range_and_others_one_close_by(found: Found) -> None:
    first, again, other = (
        ranges_of(DESIGN, found, lambda: True, seed=seed).verdict for seed in (1, 1, 2)
    )

    assert first == again
    assert first.drivers == other.drivers
    assert other.low == pytest.approx(first.low, rel=0.2)
    assert other.high == pytest.approx(first.high, rel=0.2)


def test_an_input_as_a_distribution_widens_the_range(found: Found) -> None:
    users = {"own_ms": 40}
    narrow = case(shop(reserved_concurrency=50), assume={"Checkout": users})
    wide_ms = {"own_ms": {"expected": 40, "low": 4, "high": 400}}
    wide = case(shop(reserved_concurrency=50), assume={"Checkout": wide_ms})
    ranges = []
    for design in (narrow, wide):
        most = find_most(design, Judge(design, 1), 1e4)
        ranges.append(ranges_of(design, most, lambda: True, seed=1).verdict)

    assert ranges[1].high / ranges[1].low > 1.2 * ranges[0].high / ranges[0].low
    assert ("Checkout", "own_ms") in {(d.owner, d.name) for d in ranges[1].drivers}
    assert ("Checkout", "own_ms") not in {(d.owner, d.name) for d in ranges[0].drivers}
