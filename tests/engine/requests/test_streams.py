"""Arrivals have the rate and the law that was asked for, and durations theirs."""

from __future__ import annotations

import numpy as np
import pytest

from apps.engine.requests.services import Empirical, service_of
from apps.engine.requests.streams import (
    Stream,
    Trace,
    Varying,
    gamma_gaps,
    lognormal_gaps,
    poisson,
)
from apps.engine.stages.base import FloatArray


def times_of(stream: Stream, horizon_s: float, seed: int = 1) -> FloatArray:
    return np.concatenate(list(stream.blocks(horizon_s, np.random.default_rng(seed))))


@pytest.mark.parametrize(
    ("stream", "cv"),
    [
        (poisson(50.0), 1.0),
        (gamma_gaps(50.0, 2.0), 2.0),
        (gamma_gaps(50.0, 0.3), 0.3),
        (lognormal_gaps(50.0, 1.5), 1.5),
    ],
)
def test_gaps_have_their_mean_and_variation(stream: Stream, cv: float) -> None:
    times = times_of(stream, 4_000.0)
    gaps = np.diff(times)

    assert (gaps >= 0.0).all()
    assert times[-1] < 4_000.0
    assert len(times) == pytest.approx(stream.expected(4_000.0), abs=4.0 * cv * np.sqrt(2e5))
    assert gaps.std() / gaps.mean() == pytest.approx(cv, rel=0.03)


def test_a_varying_rate_is_kept_in_every_second() -> None:
    rates = np.array([0.0, 5_000.0, 20_000.0, 0.0, 0.0, 10_000.0])

    times = times_of(Varying(rates), 6.0)
    counts = np.bincount(times.astype(int), minlength=6)

    assert (np.abs(counts - rates) <= 4.0 * np.sqrt(rates)).all()
    assert Varying(rates).expected(2.5) == 15_000.0


def test_a_trace_comes_as_it_is() -> None:
    times = np.sort(np.random.default_rng(1).uniform(0.0, 10.0, 40_000))

    assert (times_of(Trace(times), 9.0) == times[times < 9.0]).all()
    assert Trace(times).expected(100.0) == 40_000


@pytest.mark.parametrize("times", [[2.0, 1.0], [-1.0, 1.0], [0.0, np.nan]])
def test_a_trace_out_of_order_is_refused(times: list[float]) -> None:
    with pytest.raises(ValueError, match="Arrival times must be"):
        Trace(np.array(times))


@pytest.mark.parametrize(
    ("law", "cv"), [("constant", 0.0), ("exponential", 1.0), ("lognormal", 0.4)]
)
def test_durations_have_their_means(law: str, cv: float) -> None:
    chance = np.random.default_rng(1)

    warm, cold = service_of(law, 0.2, 0.7, 0.4).draw(200_000, chance)

    assert warm.mean() == pytest.approx(0.2, rel=0.01)
    assert cold.mean() == pytest.approx(0.7, rel=0.01)
    assert warm.std() / warm.mean() == pytest.approx(cv, abs=0.02)


def test_durations_from_samples() -> None:
    service = Empirical(np.array([3.0, 1.0, 2.0]), np.array([9.0, 5.0]))

    warm, cold = service.draw(30_000, np.random.default_rng(1))

    assert np.unique(warm, return_counts=True)[1] == pytest.approx([1e4] * 3, rel=0.05)
    assert set(cold) == {5.0, 9.0}
    assert cold[warm == 1.0].max() == 5.0
    with pytest.raises(ValueError, match="must not be empty"):
        Empirical(np.array([]), np.array([1.0]))
