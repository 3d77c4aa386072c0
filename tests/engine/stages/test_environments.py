"""Environments and cold starts of a steady pool, against the exact values of the MRU stack."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.environments import environments

# Oracles 18a to 18e: rate [1/s], duration [s], idle limit [s], cold share, environments.
EXACT = {
    "18a": (0.9, 1.991, 600.0, 0.0013293066491828, 7.6919335076855),
    "18b": (0.1, 2.0, 600.0, 0.0071127614334325, 2.6504889762401),
    "18c": (10.0, 2.016, 600.0, 0.00028973422728547, 37.534986445013),
    "18d": (10.0, 2.016, 60.0, 0.0037774465162656, 32.989457934716),
    "18e": (100.0, 2.0, 600.0, 7.9322772440548e-05, 252.16901150096),
}


@pytest.mark.parametrize("case", EXACT.values(), ids=EXACT)
def test_it_is_near_the_exact_pool(case: tuple[float, float, float, float, float]) -> None:
    rate, duration, idle, cold, pool = case

    kept, share = environments(idle / duration)(rate * duration)

    assert kept == pytest.approx(pool, rel=0.005)
    # The idle ratio is rounded to steps of 5 %, so that functions share tables.
    assert share == pytest.approx(cold, rel=0.03)


def test_one_environment_lives_as_long_as_requests_come_in_time() -> None:
    # Oracle 19: 0.001/s, duration near zero, 600 s: e^(-0.6) start cold, 1 - e^(-0.6) live.
    duration = 1e-3
    kept, share = environments(600.0 / duration)(0.001 * duration)

    assert share == pytest.approx(0.54881163609403, rel=0.03)
    assert kept == pytest.approx(0.45118836390597, rel=0.03)


@given(st.floats(1e-6, 5e4), st.sampled_from([30.0, 300.0, 3000.0, 30_000.0]))
def test_the_pool_holds_at_least_what_is_busy(mean: float, ratio: float) -> None:
    kept, share = environments(ratio)(mean)

    assert kept >= mean * (1.0 - 1e-9)
    assert 0.0 <= share <= 1.0
    assert math.isfinite(kept)


@pytest.mark.parametrize("ratio", [30.0, 300.0, 30_000.0])
def test_more_load_needs_more_environments_and_fewer_cold_starts(ratio: float) -> None:
    means = [10.0**k for k in range(-4, 5)]
    pools, cold = zip(*(environments(ratio)(mean) for mean in means), strict=True)

    assert list(pools) == sorted(pools)
    assert list(cold) == sorted(cold, reverse=True)


def test_a_longer_idle_limit_never_starts_more() -> None:
    for mean in (0.1, 1.8, 20.0, 200.0):
        shares = [environments(ratio)(mean)[1] for ratio in (30.0, 100.0, 300.0, 1000.0)]
        assert all(b <= a + 1e-12 for a, b in itertools.pairwise(shares))


def test_without_load_nothing_is_kept() -> None:
    assert environments(300.0)(0.0) == (0.0, 1.0)
