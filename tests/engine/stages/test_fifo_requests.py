"""Queues against what theory knows of them, request by request."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.arrivals import Arrivals
from apps.engine.stages.base import FloatArray
from apps.engine.stages.fifo import Fifo, Limiter, lanes
from apps.engine.stages.station import Station

BATCHES = 40


def poisson(rng: np.random.Generator, rate: float, count: int) -> FloatArray:
    return np.cumsum(rng.exponential(1.0 / rate, size=count))


def assert_near(values: FloatArray, expected: float, floor: float = 0.0) -> None:
    """Ask for the mean within three standard errors, of batches since waits hang together."""
    batches = values[len(values) // 10 :]
    batches = batches[: len(batches) // BATCHES * BATCHES].reshape(BATCHES, -1).mean(axis=1)
    error = batches.std(ddof=1) / math.sqrt(BATCHES)
    assert abs(batches.mean() - expected) <= 3.0 * error + floor, (batches.mean(), expected, error)


@pytest.fixture(scope="module")
def waits_of_100() -> FloatArray:
    """M/M/100 at 90 erlang."""
    rng = np.random.default_rng(7)
    times = poisson(rng, 90.0, 600_000)
    begins, lost = Fifo(100).serve(times, rng.exponential(1.0, len(times)))
    assert not lost.any()
    return begins - times


def test_mean_wait_of_many_servers_is_erlang_c(waits_of_100: FloatArray) -> None:
    assert_near(waits_of_100, 0.021694048090637)


def test_share_that_waits_long_is_that_of_erlang_c(waits_of_100: FloatArray) -> None:
    assert_near((waits_of_100 > 0.0).astype(float), 0.21694048090637)
    assert_near((waits_of_100 > 0.2).astype(float), 0.02935970142895)


def test_p99_wait_of_many_servers(waits_of_100: FloatArray) -> None:
    assert np.percentile(waits_of_100[60_000:], 99) == pytest.approx(0.30770379413869, rel=0.05)


def test_p99_response_of_one_server() -> None:
    rng = np.random.default_rng(10)
    times, service = poisson(rng, 0.8, 2_000_000), rng.exponential(1.0, 2_000_000)
    response = Fifo(1).serve(times, service)[0] + service - times
    assert np.percentile(response, 99) == pytest.approx(23.02585092994, rel=0.05)


def test_mean_wait_with_constant_service() -> None:
    times = poisson(np.random.default_rng(11), 0.8, 1_000_000)
    begins, _ = Fifo(1).serve(times, np.ones_like(times))
    assert_near(begins - times, 2.0)


def test_mean_wait_with_service_that_varies_is_pollaczek_khinchines() -> None:
    """A squared coefficient of variation of 4, as a mixture of two exponential laws."""
    rng = np.random.default_rng(12)
    times = poisson(rng, 0.8, 4_000_000)
    share = 0.5 * (1.0 + math.sqrt(3.0 / 5.0))
    mean = np.where(rng.random(len(times)) < share, 0.5 / share, 0.5 / (1.0 - share))
    begins, _ = Fifo(1).serve(times, rng.exponential(1.0, len(times)) * mean)
    assert_near(begins - times, 10.0)


def test_finite_room_refuses_as_birth_and_death_say() -> None:
    rng = np.random.default_rng(13)
    times, service = poisson(rng, 22.0, 400_000), rng.exponential(1.0, 400_000)
    begins, lost = Fifo(20, room=50).serve(times, service)
    assert_near(lost.astype(float), 0.093951856861766)
    # Little: the mean queue is the rate of those admitted times their mean wait.
    assert_near(np.where(lost, 0.0, begins - times) * 22.0, 21.261675459226)


def test_share_that_gives_up_is_erlang_a() -> None:
    rng = np.random.default_rng(22)
    times, service = poisson(rng, 55.0, 400_000), rng.exponential(1.0, 400_000)
    _, lost = Fifo(50).serve(times, service, rng.exponential(2.0, 400_000))
    assert_near(lost.astype(float), 0.10208019462594)


def test_loss_of_a_count_is_erlang_b() -> None:
    rng = np.random.default_rng(2)
    times = poisson(rng, 100.0, 400_000)
    lost = Limiter(100.0).serve(times, rng.exponential(1.0, 400_000))
    assert_near(lost.astype(float), 0.075700452710861)


def test_concurrency_from_empty_follows_the_transient() -> None:
    """Without a limit, 100/s of 2 s: exponential after 3 s, constant after 1.5 s."""
    rng = np.random.default_rng(14)
    random, constant = [], []
    for _ in range(400):
        times = poisson(rng, 100.0, 500)
        service = rng.exponential(2.0, 500)
        begins, _ = Fifo(math.inf).serve(times, service)
        random.append(((begins <= 3.0) & (begins + service > 3.0)).sum())
        constant.append(((begins <= 1.5) & (begins + 2.0 > 1.5)).sum())
    for counts, expected in ((random, 155.37396797031), (constant, 150.0)):
        assert abs(np.mean(counts) - expected) <= 3.0 * np.std(counts) / 20.0


def test_busy_servers_have_the_poisson_tail() -> None:
    """M/G/∞ at 200: the chance to find at least 250 inside."""
    rng = np.random.default_rng(17)
    times, service = poisson(rng, 100.0, 1_000_000), rng.exponential(2.0, 1_000_000)
    inside = np.arange(len(times)) - np.searchsorted(np.sort(times + service), times, side="right")
    assert_near((inside >= 250).astype(float), 0.00036207045828969)


def plain(
    times: list[float], service: list[float], servers: int, room: float, patience: float
) -> tuple[list[float], list[bool]]:
    """Serve one by one, looking at every server and every request inside."""
    free, begins, lost = [-math.inf] * servers, [], []
    inside: list[float] = []
    for now, lasts in zip(times, service, strict=True):
        inside = [end for end in inside if end > now]
        place = min(range(servers), key=free.__getitem__)
        start = max(now, free[place])
        gone = start > now and (len(inside) >= room or start - now > patience)
        lost.append(gone)
        begins.append(now if start > now and len(inside) >= room else min(start, now + patience))
        if not gone:
            free[place] = start + lasts
            inside.append(start + lasts)
    return begins, lost


@given(
    seed=st.integers(0, 10_000),
    servers=st.integers(1, 6),
    room=st.sampled_from([math.inf, 0.0, 3.0]),
    patience=st.sampled_from([math.inf, 0.7]),
    load=st.floats(0.1, 1.6),
    cut=st.integers(1, 199),
)
def test_shortcuts_change_nothing(
    seed: int, servers: int, room: float, patience: float, load: float, cut: int
) -> None:
    rng = np.random.default_rng(seed)
    times, service = poisson(rng, load * servers, 200), rng.exponential(1.0, 200)
    fifo = Fifo(servers, servers + room)
    parts = [
        fifo.serve(times[part], service[part], np.full(len(times[part]), patience))
        for part in (slice(0, cut), slice(cut, 200))
    ]
    begins, lost = (np.concatenate(both) for both in zip(*parts, strict=True))
    truth, gone = plain(times.tolist(), service.tolist(), servers, servers + room, patience)
    np.testing.assert_array_equal(lost, gone)
    np.testing.assert_allclose(begins, truth, rtol=0, atol=1e-9)


def test_lanes_are_queues_side_by_side() -> None:
    rng = np.random.default_rng(5)
    times = np.cumsum(rng.exponential(1.0, size=(7, 300)), axis=1)
    service = rng.exponential(2.5, size=(7, 300))
    begins = lanes(times, service, 3)
    for lane in range(7):
        np.testing.assert_allclose(begins[lane], Fifo(3).serve(times[lane], service[lane])[0])


def test_station_refuses_callers_who_find_no_connection() -> None:
    """Twenty servers and fifty connections: the room of the oracle above."""
    rng = np.random.default_rng(3)
    times = poisson(rng, 22.0, 200_000)
    station = Station(servers=20.0, own_s=0.0, connections=50.0, cv=1.0, patience_s=math.inf)
    done = station.serve(Arrivals.at(times), rng)
    assert 0.08 < done.refused.mean() < 0.11
    assert (done.ends[done.refused] == times[done.refused]).all()


def test_station_gives_up_after_its_patience() -> None:
    times = np.zeros(5)
    station = Station(servers=1.0, own_s=0.5, cv=0.0, patience_s=2.5)
    done = station.serve(Arrivals.at(times), np.random.default_rng(1))
    assert done.refused.tolist() == [False, False, False, True, True]
    assert done.ends.tolist() == [1.5, 2.5, 3.5, 2.5, 2.5]
