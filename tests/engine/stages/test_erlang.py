"""Loss and waiting against the tables: Erlang B and C, M/M/c, and a bucket below its rate."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.erlang import (
    blocking,
    busiest_load,
    erlang_b,
    erlang_c,
    mean_wait_s,
    overflow,
)


# Oracles 1 to 4: closed forms at 40 digits.
@pytest.mark.parametrize(
    ("servers", "load", "expected"),
    [
        (10, 5.0, 0.018384570336648),
        (100, 100.0, 0.075700452710861),
        (1000, 950.0, 0.0036492936889424),
        (1000, 2016.0, 0.50445458189888),
    ],
)
def test_loss_is_that_of_the_table(servers: int, load: float, expected: float) -> None:
    assert float(erlang_b(load, servers)) == pytest.approx(expected, rel=1e-11)
    assert blocking(servers)(load) == pytest.approx(expected, rel=2e-3)


# Oracles 5, 6 and 16b.
@pytest.mark.parametrize(
    ("servers", "load", "expected"),
    [(10, 8.0, 0.40918015079644), (100, 90.0, 0.21694048090637), (930, 900.0, 0.22800047625807)],
)
def test_the_share_that_waits_is_that_of_the_table(
    servers: int, load: float, expected: float
) -> None:
    assert erlang_c(load, servers) == pytest.approx(expected, rel=1e-11)


def test_waits_of_many_servers_follow_from_it() -> None:
    # Oracles 7 to 9: M/M/100, 90/s, 1 s: mean wait, P(wait > 0.2 s), 99th percentile of the wait.
    waiting, spare = erlang_c(90.0, 100), 100.0 - 90.0

    assert waiting / spare == pytest.approx(0.021694048090637, rel=1e-11)
    assert waiting * math.exp(-spare * 0.2) == pytest.approx(0.02935970142895, rel=1e-11)
    assert math.log(100.0 * waiting) / spare == pytest.approx(0.30770379413869, rel=1e-11)


def test_square_root_staffing_has_its_limit() -> None:
    # Oracle 16a: Halfin-Whitt at beta 1; 930 servers for 900 are close to it.
    density = math.exp(-0.5) / math.sqrt(2.0 * math.pi)
    below = 0.5 * math.erfc(-1.0 / math.sqrt(2.0))
    limit = 1.0 / (1.0 + below / density)

    assert limit == pytest.approx(0.22336127479826, rel=1e-11)
    assert erlang_c(900.0, 930) == pytest.approx(limit, rel=0.03)


def test_from_saturation_on_everyone_waits() -> None:
    assert erlang_c(10.0, 10) == 1.0
    assert erlang_c(25.0, 10) == 1.0


@given(st.integers(1, 3000), st.floats(0.0, 3.0))
def test_the_fast_loss_is_the_exact_one(servers: int, use: float) -> None:
    load = use * servers
    exact = float(erlang_b(load, servers))

    assert blocking(servers)(load) == pytest.approx(exact, rel=0.02, abs=2e-5)


@pytest.mark.parametrize("use", [0.95, 0.98, 1.0, 1.05, 1.5])
def test_the_loss_of_a_very_large_group_is_within_its_stated_error(use: float) -> None:
    servers = 5000
    exact = float(erlang_b(use * servers, servers))

    assert blocking(servers)(use * servers) == pytest.approx(exact, rel=0.013, abs=1e-6)


@given(st.integers(1, 500))
def test_loss_rises_with_the_load_and_falls_with_servers(servers: int) -> None:
    loads = np.linspace(0.0, 3.0 * servers, 200).tolist()
    lost = [blocking(servers)(load) for load in loads]

    assert lost[0] == 0.0
    assert all(0.0 <= value < 1.0 for value in lost)
    assert all(b >= a - 1e-12 for a, b in itertools.pairwise(lost))
    assert blocking(servers + 1)(servers) <= blocking(servers)(servers) + 1e-12


# scenario.md section 3: what a pool carries at one in a thousand refused.
@pytest.mark.parametrize(
    ("servers", "load"), [(10, 3.1), (50, 32), (100, 75), (195, 161), (1000, 930)]
)
def test_a_pool_carries_less_than_its_size(servers: int, load: float) -> None:
    assert busiest_load(servers, 0.001) == pytest.approx(load, rel=0.02)


@pytest.mark.parametrize("use", [0.1, 0.5, 0.7, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("servers", [1, 2, 4, 16, 100, 826])
def test_the_mean_wait_is_near_the_exact_one(servers: int, use: float) -> None:
    exact = erlang_c(use * servers, servers) / (servers * (1.0 - use))

    # Below half of the capacity the wait is small, and so is the error of the table.
    tolerance = 0.02 if use >= 0.5 else 0.08
    assert mean_wait_s(use, servers, 1.0) == pytest.approx(exact, rel=tolerance, abs=1e-5)


def test_fractions_of_a_server_lie_between_whole_ones() -> None:
    waits = [mean_wait_s(0.8, servers, 1.0) for servers in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)]

    assert waits == sorted(waits, reverse=True)


def test_the_mean_wait_of_one_server_is_that_of_the_book() -> None:
    # M/M/1 at 0.8: rho / (1 - rho) services.
    assert mean_wait_s(0.8, 1.0, 2.0) == pytest.approx(8.0, rel=1e-3)
    assert mean_wait_s(0.0, 4.0, 1.0) == 0.0
    assert mean_wait_s(0.5, math.inf, 1.0) == 0.0


def test_a_bucket_hardly_refuses_below_its_rate() -> None:
    assert overflow(0.5, 10.0) == pytest.approx(0.0, abs=1e-8)
    assert overflow(0.9, 50.0) < 1e-4
    assert overflow(0.0, 10.0) == overflow(1.0, 10.0) == 0.0


def simulated_loss(use: float, burst: int, seed: int) -> float:
    """Return what a bucket of whole tokens refuses of Poisson arrivals, request by request."""
    rng = np.random.default_rng(seed)
    count, level, refused = 400_000, float(burst), 0
    for gap in rng.exponential(1.0 / use, count).tolist():
        level = min(float(burst), level + gap)
        if level >= 1.0:
            level -= 1.0
        else:
            refused += 1
    return refused / count


@pytest.mark.parametrize(("use", "burst"), [(0.98, 20), (0.95, 10), (0.9, 10)])
def test_what_a_bucket_refuses_below_its_rate_is_near_a_simulation(use: float, burst: int) -> None:
    assert overflow(use, float(burst)) == pytest.approx(simulated_loss(use, burst, 7), abs=0.006)


@pytest.mark.parametrize(("load", "servers"), [(-1.0, 3), (1.0, -1)])
def test_negative_numbers_are_refused(load: float, servers: int) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        erlang_b(load, servers)


def test_it_keeps_the_shape_of_the_load() -> None:
    assert erlang_b(np.ones((2, 3)), 4).shape == (2, 3)
