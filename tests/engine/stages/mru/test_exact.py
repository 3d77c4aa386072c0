"""Closed forms of a pool in equilibrium, and how fast they are."""

from __future__ import annotations

import math
import time

import pytest

from apps.engine.stages.mru.exact import steady_pool

# Cases 18a to 18e: 50 digits by Laplace inversion, confirmed by matrix exponentials.
# Rate, mean duration, idle limit; share of cold requests, mean environments.
CASES = {
    "18a": (0.9, 1.991, 600.0, 0.0013293066491828, 7.6919335076855),
    "18b": (0.1, 2.0, 600.0, 0.0071127614334325, 2.6504889762401),
    "18c": (10.0, 2.016, 600.0, 0.00028973422728547, 37.534986445013),
    "18d": (10.0, 2.016, 60.0, 0.0037774465162656, 32.989457934716),
    "18e": (100.0, 2.0, 600.0, 7.9322772440548e-5, 252.16901150096),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_oracles(case: tuple[float, ...]) -> None:
    rate, mean_s, idle_s, cold, environments = case

    steady = steady_pool(rate, mean_s, idle_s)

    assert steady.cold_share == pytest.approx(cold, rel=1e-10)
    assert steady.mean_environments == pytest.approx(environments, rel=1e-10)
    assert steady.mean_busy == rate * mean_s


def test_requests_that_take_no_time_meet_one_environment() -> None:
    # Oracle 19.
    steady = steady_pool(0.001, 0.0, 600.0)

    assert steady.cold_share == pytest.approx(0.54881163609403, rel=1e-12)
    assert steady.mean_environments == pytest.approx(0.45118836390597, rel=1e-12)


def test_no_idle_limit_means_that_every_request_is_cold() -> None:
    assert steady_pool(3.0, 2.0, 0.0).cold_share == 1.0
    assert steady_pool(3.0, 2.0, 1e-6).cold_share == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("rate", "cold", "environments"),
    [
        (1_000.0, 2.3808868611163627e-05, 2162.1669925969436),
        (5_000.0, 1.0498366491948124e-05, 10360.973598180288),
    ],
)
def test_levels_far_below_the_load_may_be_left_out(
    rate: float, cold: float, environments: float
) -> None:
    # The values are of the recursion over all levels from the first on.
    steady = steady_pool(rate, 2.0, 600.0)

    assert steady.cold_share == pytest.approx(cold, rel=1e-8)
    assert steady.mean_environments == pytest.approx(environments, rel=1e-10)


def test_fewer_are_cold_where_environments_live_longer() -> None:
    shares = [steady_pool(2.0, 1.0, idle_s).cold_share for idle_s in (1.0, 10.0, 100.0, 1000.0)]

    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 0.0


def test_only_the_ratios_matter() -> None:
    one, other = steady_pool(0.9, 1.991, 600.0), steady_pool(9.0, 0.1991, 60.0)

    assert one.cold_share == pytest.approx(other.cold_share, rel=1e-12)
    assert one.mean_environments == pytest.approx(other.mean_environments, rel=1e-12)


@pytest.mark.parametrize(
    ("rate", "mean_s", "idle_s"), [(0.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, math.inf)]
)
def test_nonsense_is_refused(rate: float, mean_s: float, idle_s: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        steady_pool(rate, mean_s, idle_s)


def test_two_thousand_requests_at_once_take_at_most_20_ms() -> None:
    steady_pool(1_000.0, 2.0, 600.0)
    spent = []
    for _ in range(5):
        start = time.process_time()
        steady_pool(1_000.0, 2.0, 600.0)
        spent.append(time.process_time() - start)

    assert min(spent) <= 0.020
