"""Runs of a pool for tests: Poisson arrivals, one law of service, from empty or from warm."""

from __future__ import annotations

import numpy as np

from apps.engine.requests.one_pool import simulate_pool
from apps.engine.requests.services import Exponential, Service
from apps.engine.requests.streams import poisson
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import Totals


def run_pool(rate: float, service: Service, rules: Rules, *, horizon_s: float, seed: int) -> Totals:
    return simulate_pool(poisson(rate), service, rules, horizon_s=horizon_s, seed=seed).totals


def batches(
    rate: float,
    warm_s: float,
    cold_s: float,
    idle_s: float,
    *,
    horizon_s: float,
    count: int,
    limit: float = np.inf,
) -> list[Totals]:
    """Run as many pools from empty, each with its own seed."""
    rules = Rules(Life.single(idle_s), limit)
    service = Exponential(warm_s, cold_s)
    return [run_pool(rate, service, rules, horizon_s=horizon_s, seed=seed) for seed in range(count)]


def mean_and_error(values: list[float]) -> tuple[float, float]:
    """Return the mean, and the standard deviation of a single value."""
    return float(np.mean(values)), float(np.std(values, ddof=1))
