"""The fast ways of working through a pool do, request by request, what the plain ones do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from apps.engine.stages.base import FloatArray
from apps.engine.stages.mru.crossing import Crossing
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun
from apps.engine.stages.mru.stack import LifeStack, SingleStack
from tests.engine.stages.mru.plain import most_recently_used

CASES, BLOCKS = 1000, 20
Case = tuple[FloatArray, FloatArray, FloatArray, float]


def random_case(rng: np.random.Generator) -> Case:
    """Arrivals (even, in bursts, or with long silences), durations, and an idle limit [s]."""
    count = int(rng.integers(300, 6000))
    rate = float(np.exp(rng.uniform(math.log(0.03), math.log(2000.0))))
    service_s = float(np.exp(rng.uniform(math.log(0.03), math.log(5.0))))
    idle_s = float(np.exp(rng.uniform(math.log(3.0), math.log(630.0))))
    gaps = rng.standard_exponential(count) / rate
    shape = rng.integers(4)
    if shape == 1:
        gaps *= rng.choice([0.01, 3.0], count)
    elif shape == 2:
        gaps[rng.integers(0, count, 5)] += idle_s * rng.uniform(0.4, 1.6, 5)
    elif shape == 3:
        gaps = np.round(gaps, 3)  # Many at once, as in a trace.
    law = rng.integers(3)
    size = (rng.standard_exponential(count), np.ones(count), rng.lognormal(-0.2, 0.6, count))[law]
    return np.cumsum(gaps), size * service_s, size * service_s + rng.uniform(0.0, 2.0), idle_s


def random_rules(rng: np.random.Generator, case: Case) -> Rules:
    times, warm, _, idle_s = case
    load = warm.mean() * len(times) / max(times[-1] - times[0], 1e-9)
    limit = max(1.0, round(load * rng.uniform(0.3, 3.0))) if rng.random() < 0.5 else math.inf
    if rng.random() < 0.3:
        return Rules(Life.single(idle_s), limit, rng.uniform(0.1, 50.0), rng.uniform(1.0, 100.0))
    return Rules(Life.single(idle_s), limit)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_level_crossing_equals_the_stack(block: int) -> None:
    refusing = 0
    for number in range(CASES // BLOCKS):
        rng = np.random.default_rng([block, number])
        case = random_case(rng)
        times, warm, cold, _ = case
        rules = random_rules(rng, case)
        chunk = int(rng.choice([256, 300, 1024, 4096, 16_384]))
        plain, fast = SingleStack(rules), Crossing(rules, chunk)
        lasts, quick = warm.copy(), warm.copy()
        # In two calls, so that what is carried over between calls is tried too.
        cut = int(rng.integers(1, len(times)))

        slow = [plain.serve(times[s], lasts[s], cold[s]) for s in (slice(cut), slice(cut, None))]
        seen = [fast.serve(times[s], quick[s], cold[s]) for s in (slice(cut), slice(cut, None))]

        assert seen == slow
        assert np.array_equal(lasts, quick)
        rest, other = plain.rest(), fast.rest()
        alive = np.count_nonzero(times[-1] - rest.idle <= rules.life.last_s)
        assert (fast.peak, fast.kept) == (plain.peak, len(rest.busy) + int(alive))
        assert np.array_equal(np.sort(rest.busy), np.sort(other.busy))
        assert _environment_s(rules, plain, lasts, times) == pytest.approx(
            _environment_s(rules, fast, quick, times), rel=1e-9, abs=1e-6
        )
        refusing += bool(slow[0][1] or slow[1][1])
    assert 5 < refusing < CASES // BLOCKS


def _environment_s(
    rules: Rules, pool: SingleStack | Crossing, lasts: FloatArray, times: FloatArray
) -> float:
    """Return the time integral of environments up to the last arrival. [s]"""
    rest, horizon = pool.rest(), float(times[-1])
    idle_s = np.clip(horizon - rest.idle, 0.0, rules.life.last_s).sum()
    return float(lasts.sum() - (rest.busy - horizon).sum() + rest.idle_s + idle_s)


@pytest.mark.parametrize("seed", range(60))
def test_whole_life_equals_the_plain_pool(seed: int) -> None:
    rng = np.random.default_rng([7, seed])
    times, warm, cold, idle_s = random_case(rng)
    life = Life(idle_s, idle_s * rng.uniform(1.0, 2.0), idle_s * rng.uniform(2.0, 20.0))
    limit = float(rng.integers(1, 40)) if seed % 2 else math.inf
    expected = most_recently_used(times.tolist(), warm.tolist(), cold.tolist(), life, limit)
    run = PoolRun(Rules(life, limit))

    found = run.serve(times, warm.copy(), cold)

    assert found == (expected.cold, expected.refused)
    assert run.totals(float(times[-1])).environment_s == pytest.approx(
        expected.environment_s, rel=1e-9
    )


def test_portions_change_nothing() -> None:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.standard_exponential(60_000) / 50.0)
    warm = rng.standard_exponential(60_000) * 0.8
    whole, parts = (
        PoolRun(Rules(Life.single(60.0), 60.0)),
        PoolRun(Rules(Life.single(60.0), 60.0), chunk=777),
    )
    whole.serve(times, warm.copy(), warm + 0.3)
    for part in np.array_split(np.arange(60_000), 13):
        parts.serve(times[part], warm[part], warm[part] + 0.3)

    one, other = whole.totals(float(times[-1])), parts.totals(float(times[-1]))

    assert (one.cold, one.refused) == (other.cold, other.refused)
    assert one.environment_s == pytest.approx(other.environment_s, rel=1e-9)


@pytest.mark.parametrize("ready", [0, 7])
@pytest.mark.parametrize("seed", range(20))
def test_copy_goes_on_as_the_pool_itself_would(seed: int, ready: int) -> None:
    rng = np.random.default_rng([9, seed])
    case = random_case(rng)
    times, warm, cold, _ = case
    bounds = random_rules(rng, case)
    rules = Rules(bounds.life, bounds.limit + ready, bounds.ramp_per_s, bounds.saved, ready)
    cut = len(times) // 2
    whole, first = PoolRun(rules), PoolRun(rules)
    expected = whole.serve(times, warm.copy(), cold)
    begun = first.serve(times[:cut], warm[:cut].copy(), cold[:cut])
    before = (first.kept, first.peak, first.totals(float(times[cut])))

    other = first.fork()
    new, lost = other.serve(times[cut:], warm[cut:].copy(), cold[cut:])

    assert (first.kept, first.peak, first.totals(float(times[cut]))) == before
    assert (begun[0] + [cut + i for i in new], begun[1] + [cut + i for i in lost]) == expected
    assert (other.kept, other.peak) == (whole.kept, whole.peak)
    assert other.peak >= other.totals(float(times[-1])).mean_busy


def test_provisioned_environments_are_never_cold() -> None:
    rules = Rules(Life.single(60.0), limit=8.0, ready=5)
    stack = LifeStack(rules)
    times = np.linspace(0.0, 0.09, 10)

    new, lost = stack.serve(times, np.full(10, 5.0), np.full(10, 6.0))

    assert new == [5, 6, 7]
    assert lost == [8, 9]


def test_ramp_grows_by_a_thousand_in_ten_seconds() -> None:
    """5,000 environments from none, at 100 a second, are there after 50 s."""
    rules = Rules(Life.single(600.0), ramp_per_s=100.0, saved=5.0)
    times = np.arange(0.0, 60.0, 0.001)
    run = PoolRun(rules)

    new, _ = run.serve(times, np.full(len(times), 1e6), np.full(len(times), 1e6))

    assert times[new[4999]] == pytest.approx(50.0, abs=0.05)
