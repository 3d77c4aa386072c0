"""The oracles of the pool that theory gives to many digits."""

from __future__ import annotations

import math

import pytest

from apps.engine.stages.mru.exact import exact_pool


@pytest.mark.parametrize(
    ("rate", "service_s", "idle_s", "cold", "environments"),
    [
        # At 50 digits by Laplace inversion, confirmed by matrix exponentials.
        (0.9, 1.991, 600.0, 0.0013293066491828, 7.6919335076855),
        (0.1, 2.0, 600.0, 0.0071127614334325, 2.6504889762401),
        (10.0, 2.016, 600.0, 0.00028973422728547, 37.534986445013),
        (10.0, 2.016, 60.0, 0.0037774465162656, 32.989457934716),
        (100.0, 2.0, 600.0, 7.9322772440548e-5, 252.16901150096),
    ],
)
def test_digits_are_those_of_theory(
    rate: float, service_s: float, idle_s: float, cold: float, environments: float
) -> None:
    pool = exact_pool(rate, service_s, idle_s)

    assert pool.cold_share == pytest.approx(cold, rel=1e-10)
    assert pool.environments == pytest.approx(environments, rel=1e-10)
    assert pool.busy == rate * service_s


def test_one_environment_is_there_while_the_last_request_is_recent() -> None:
    pool = exact_pool(0.001, 1e-9, 600.0)

    assert pool.cold_share == pytest.approx(math.exp(-0.6), rel=1e-8)
    assert pool.environments == pytest.approx(1.0 - math.exp(-0.6), rel=1e-8)


def test_longer_idle_life_means_fewer_cold_starts_and_more_environments() -> None:
    pools = [exact_pool(5.0, 0.4, idle_s) for idle_s in (10.0, 60.0, 300.0, 3600.0)]

    assert sorted(pools, key=lambda pool: -pool.cold_share) == pools
    assert sorted(pools, key=lambda pool: pool.environments) == pools


def test_unit_of_time_does_not_matter() -> None:
    seconds, minutes = exact_pool(3.0, 0.5, 600.0), exact_pool(180.0, 0.5 / 60.0, 10.0)

    assert minutes == pytest.approx(seconds, rel=1e-10)


@pytest.mark.parametrize("bad", [(0.0, 1.0, 1.0), (1.0, math.nan, 1.0), (1.0, 1.0, math.inf)])
def test_what_is_no_pool_is_refused(bad: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        exact_pool(*bad)
