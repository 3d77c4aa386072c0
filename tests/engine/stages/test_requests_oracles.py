"""Single requests at stations and gates, against what theory says of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from apps.engine.stages.arrivals import Arrivals
from apps.engine.stages.base import FloatArray
from apps.engine.stages.fifo import Fifo
from apps.engine.stages.gate import Gate
from apps.engine.stages.station import Station

COUNT = 400_000


def poisson(rate: float, count: int, seed: int) -> FloatArray:
    return np.cumsum(np.random.default_rng([seed, 0]).standard_exponential(count)) / rate


def exponential(mean_s: float, count: int, seed: int) -> FloatArray:
    return np.random.default_rng([seed, 1]).standard_exponential(count) * mean_s


def waits(servers: float, times: FloatArray, service: FloatArray) -> FloatArray:
    begins, lost = Fifo(servers, math.inf).serve(times, service, None)
    assert not lost.any()
    return begins - times


def batch_error(values: FloatArray) -> float:
    """Return three standard errors of a mean, from means of long stretches."""
    means = values[: len(values) // 40 * 40].reshape(40, -1).mean(axis=1)
    return 3.0 * float(means.std(ddof=1)) / math.sqrt(40.0)


def test_wait_before_a_hundred_servers() -> None:
    """M/M/100 at 90: mean wait, share that waits over 0.2 s, and the 99th percentile."""
    found = waits(100, poisson(90.0, 1_500_000, 1), exponential(1.0, 1_500_000, 1))

    assert found.mean() == pytest.approx(0.021694048090637, abs=batch_error(found))
    late = (found > 0.2).astype(float)
    assert late.mean() == pytest.approx(0.02935970142895, abs=batch_error(late))
    above = (found > 0.30770379413869).astype(float)
    assert above.mean() == pytest.approx(0.01, abs=batch_error(above))


def test_response_of_one_server() -> None:
    """M/M/1 at 0.8: the 99th percentile of the response is ln 100 / (mu - lambda)."""
    service = exponential(1.0, COUNT, 2)

    response = waits(1, poisson(0.8, COUNT, 2), service) + service

    above = (response > 23.02585092994).astype(float)
    assert above.mean() == pytest.approx(0.01, abs=batch_error(above))


@pytest.mark.parametrize(("cv2", "expected_s"), [(0.0, 2.0), (4.0, 10.0)])
def test_wait_grows_with_the_spread_of_the_service(cv2: float, expected_s: float) -> None:
    """M/D/1 and M/G/1 at 0.8: Pollaczek and Khinchine."""
    times = poisson(0.8, 1_500_000, 3)
    sigma2 = math.log1p(cv2)
    service = np.random.default_rng(4).lognormal(-sigma2 / 2, math.sqrt(sigma2), len(times))

    found = waits(1, times, service)

    assert found.mean() == pytest.approx(expected_s, abs=batch_error(found))


def test_room_refuses_what_finds_it_full() -> None:
    """M/M/20/50 at 22 erlangs: blocking, and the mean number that waits."""
    times, service = poisson(22.0, COUNT, 5), exponential(1.0, COUNT, 5)

    begins, lost = Fifo(20, 50).serve(times, service, None)

    blocked = lost.astype(float)
    assert blocked.mean() == pytest.approx(0.093951856861766, abs=batch_error(blocked))
    # Little's law: who waits, and how long.
    queue = 22.0 * np.where(lost, 0.0, begins - times)
    assert queue.mean() == pytest.approx(21.261675459226, abs=batch_error(queue))


def test_the_impatient_leave() -> None:
    """M/M/50+M at 55, patience 2 s on average: the share that gives up."""
    times, service = poisson(55.0, COUNT, 6), exponential(1.0, COUNT, 6)
    patience = np.random.default_rng(7).standard_exponential(COUNT) * 2.0

    _, lost = Fifo(50, math.inf).serve(times, service, patience)

    gone = lost.astype(float)
    assert gone.mean() == pytest.approx(0.10208019462594, abs=batch_error(gone))


def test_station_waits_as_its_servers_do() -> None:
    station = Station(servers=100.0, own_s=0.0)
    times = poisson(90.0, COUNT, 8)

    gone = station.serve(Arrivals(times, np.ones(COUNT), np.zeros(COUNT)), np.random.default_rng(9))

    assert not gone.refused.any()
    assert (gone.begins >= times).all()
    assert (gone.ends - gone.begins).mean() == pytest.approx(1.0, rel=0.01)
    # Sizes are lognormal of the same spread, so the wait is near that of M/M/100.
    assert (gone.begins - times).mean() == pytest.approx(0.0217, rel=0.25)


def test_bucket_throttles_first_when_its_burst_is_spent() -> None:
    """100/s, burst 500, constant 150/s: the first refusal is after 10 s."""
    gate = Gate(rate_per_s=100.0, burst=500.0)
    times = np.arange(1, 6000) / 150.0

    gone = gate.serve(Arrivals.at(times), np.random.default_rng(1))

    assert times[gone.refused][0] == pytest.approx(10.0, abs=0.05)
    late = times > 20.0
    assert gone.refused[late].mean() == pytest.approx(1.0 / 3.0, abs=0.01)


def test_order_of_the_servers_does_not_change_who_waits() -> None:
    """A station with endless servers makes nobody wait."""
    times = poisson(50.0, 10_000, 10)

    assert waits(math.inf, times, exponential(1.0, 10_000, 10)).max() == 0.0
