"""Token buckets and what is made of them, request by request."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.arrivals import Arrivals
from apps.engine.stages.buckets import Bucket
from apps.engine.stages.cache import Cache
from apps.engine.stages.clock import Clock
from apps.engine.stages.credits import Credits
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from apps.engine.stages.shards import Shards
from apps.engine.stages.shared import Shared


def even(rate: float, seconds: float) -> Arrivals:
    return Arrivals.at(np.arange(1, round(rate * seconds) + 1) / rate)


def test_first_throttle_comes_when_the_burst_is_spent() -> None:
    """100/s with a burst of 500 under 150/s: 500/(150 - 100) = 10 s."""
    done = Gate(100.0, 500.0).serve(even(150.0, 60.0), np.random.default_rng(1))
    first = done.begins[done.refused][0]
    assert first == pytest.approx(10.0, abs=1.0 / 100.0)
    late = done.begins > 11.0
    assert (~done.refused[late]).mean() == pytest.approx(100.0 / 150.0, rel=1e-3)


@given(
    seed=st.integers(0, 10_000),
    load=st.floats(0.2, 3.0),
    burst=st.floats(1.0, 60.0),
    cut=st.integers(1, 299),
)
def test_shortcuts_change_nothing(seed: int, load: float, burst: float, cut: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(1.0, 300))
    amounts = rng.uniform(0.0, 2.0 * load, 300)
    bucket = Bucket(1.0, burst)
    passed = np.concatenate(
        [bucket.take(times[part], amounts[part]) for part in (slice(0, cut), slice(cut, 300))]
    )
    tokens, before, truth = burst, 0.0, []
    for now, amount in zip(times.tolist(), amounts.tolist(), strict=True):
        tokens, before = min(burst, tokens + now - before), now
        truth.append(tokens >= amount - 1e-8)
        tokens -= amount if truth[-1] else 0.0
    np.testing.assert_array_equal(passed, truth)


def test_credits_serve_their_store_and_then_their_rate() -> None:
    """10 units a second, kept for 300 s, under 40/s: 3000/(40 - 10) = 100 s."""
    done = Credits(10.0, own_s=0.005, cv=0.0).serve(even(40.0, 400.0), np.random.default_rng(1))
    assert done.begins[done.refused][0] == pytest.approx(100.0, abs=0.2)
    assert (~done.refused).sum() == pytest.approx(3000 + 10 * 400, abs=2)
    assert (done.ends - done.begins)[~done.refused] == pytest.approx(0.005)


def test_credits_that_grow_take_twice_the_peak_in_the_end() -> None:
    grows = Credits(100.0, own_s=0.0, most_per_s=10_000.0, hold_s=1.0)
    rng = np.random.default_rng(1)
    done = grows.serve(even(300.0, 1200.0), rng)
    assert done.refused[done.begins < 60.0].any()
    assert not done.refused[done.begins > 1000.0].any()
    assert grows.serve(even(90.0, 600.0), rng).refused.sum() == 0


def test_hot_key_is_refused_alone() -> None:
    hot = Credits(10_000.0, own_s=0.0, hot_share=0.5, hot_per_s=20.0)
    done = hot.serve(even(100.0, 600.0), np.random.default_rng(1))
    assert done.refused.mean() == pytest.approx(0.3, abs=0.01)


def test_shards_refuse_what_their_hottest_cannot_take() -> None:
    """Four shards of 100/s; half of 300/s goes to one, and 50/s to each other."""
    shards = Shards(count=4.0, rate_per_s=100.0, hot_share=0.5)
    done = shards.serve(even(300.0, 600.0), np.random.default_rng(1))
    assert done.refused.mean() == pytest.approx(50.0 / 300.0, abs=0.01)
    calm = Shards(count=4.0, rate_per_s=100.0)
    assert calm.serve(even(300.0, 600.0), np.random.default_rng(1)).refused.mean() < 0.001


def test_shared_rate_is_a_bucket_and_a_shared_count_is_erlang_b() -> None:
    rate = Shared(100.0, burst=500.0).serve(even(150.0, 60.0), np.random.default_rng(1))
    assert rate.begins[rate.refused][0] == pytest.approx(10.0, abs=0.01)
    rng = np.random.default_rng(2)
    times = np.cumsum(rng.exponential(0.1, 200_000))
    held = Arrivals(times, np.ones_like(times), rng.exponential(0.5, 200_000))
    assert Shared(10.0).serve(held, rng).refused.mean() == pytest.approx(
        0.018384570336648, abs=1e-3
    )


def test_cache_spares_the_callees_its_hits() -> None:
    times = np.arange(20_000.0)
    asked = Arrivals(times, np.ones_like(times), np.full_like(times, 2.0))
    done = Cache(0.75, own_s=0.5, cv=0.0).serve(asked, np.random.default_rng(1))
    stay = done.ends - done.begins
    assert set(np.round(stay, 9)) == {0.5, 2.5}
    assert (stay > 1.0).mean() == pytest.approx(0.25, abs=0.01)


def test_delay_has_its_mean_and_its_spread_and_a_clock_takes_no_time() -> None:
    arrivals = even(10.0, 20_000.0)
    done = Delay(0.2, cv=0.5).serve(arrivals, np.random.default_rng(1))
    stay = done.ends - done.begins
    assert stay.mean() == pytest.approx(0.2, rel=0.01)
    assert stay.std() / stay.mean() == pytest.approx(0.5, rel=0.03)
    assert not done.refused.any()
    ticks = Clock().serve(arrivals, np.random.default_rng(1))
    np.testing.assert_array_equal(ticks.ends, arrivals.times)


def test_gate_below_its_rate_refuses_nothing_for_long() -> None:
    rng = np.random.default_rng(4)
    times = np.cumsum(rng.exponential(1.0 / 80.0, 200_000))
    done = Gate(100.0, 50.0).serve(Arrivals.at(times), rng)
    assert done.refused.mean() < 1e-6
    assert math.isclose(done.ends[0], times[0])
