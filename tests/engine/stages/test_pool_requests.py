from __future__ import annotations

import numpy as np
import pytest

from apps.engine.stages.arrivals import Arrivals
from apps.engine.stages.erlang import erlang_b
from apps.engine.stages.mru.exact import exact_pool
from apps.engine.stages.pool import Pool


def arrivals(rate: float, count: int, seed: int, beyond_s: float = 0.0) -> Arrivals:
    times = np.cumsum(np.random.default_rng(seed).standard_exponential(count)) / rate
    return Arrivals(times, np.ones(count), np.full(count, beyond_s))


def test_limit_refuses_as_erlang_b_says() -> None:
    pool = Pool(limit=20.0, own_s=0.5, idle_s=600.0)

    gone = pool.serve(arrivals(40.0, 200_000, 1), np.random.default_rng(2))

    assert gone.refused.mean() == pytest.approx(float(erlang_b(20.0, 20)), rel=0.05)
    assert (gone.ends[gone.refused] == gone.begins[gone.refused]).all()
    assert not (gone.cold & gone.refused).any()


def test_cold_starts_are_those_of_the_exact_pool() -> None:
    pool = Pool(limit=1e6, own_s=2.0, idle_s=60.0, cv=1.0)

    gone = pool.serve(arrivals(10.0, 300_000, 3), np.random.default_rng(4))

    assert gone.cold.mean() == pytest.approx(exact_pool(10.0, 2.0, 60.0).cold_share, rel=0.1)


def test_what_it_waits_for_and_what_starts_it_lengthen_a_request() -> None:
    pool = Pool(limit=1e6, own_s=0.1, init_s=1.0, idle_s=600.0, cv=0.0)

    gone = pool.serve(arrivals(5.0, 1000, 5, beyond_s=0.3), np.random.default_rng(6))

    lasts = gone.ends - gone.begins
    assert lasts[gone.cold] == pytest.approx(1.4)
    assert lasts[~gone.cold] == pytest.approx(0.4)
    assert 0 < gone.cold.sum() < 20


def test_timeout_cuts_a_request() -> None:
    pool = Pool(limit=1e6, own_s=5.0, timeout_s=3.0, cv=0.0)

    gone = pool.serve(arrivals(1.0, 100, 7), np.random.default_rng(8))

    assert gone.ends - gone.begins == pytest.approx(3.0)


def test_provisioned_environments_start_warm() -> None:
    pool = Pool(limit=1e6, own_s=0.2, init_s=1.0, ready=50.0)

    gone = pool.serve(arrivals(20.0, 5000, 9), np.random.default_rng(10))

    assert not gone.cold.any()
