"""Servers with a queue and a room for connections: waits, backlog, patience, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.base import FloatArray
from apps.engine.stages.erlang import erlang_b, erlang_c
from apps.engine.stages.station import Station
from tests.engine.stages.bench import Callee, assert_conserves, bench_of, dts, rates, shares


@given(
    rates,
    dts,
    st.one_of(st.just(math.inf), st.floats(0.125, 5000.0)),
    st.floats(0.0, 10.0),
    st.floats(0.0, 1e4),
    shares,
    st.booleans(),
)
def test_nothing_is_lost(
    offers: list[float],
    dt: float,
    servers: float,
    each: float,
    held: float,
    failed: float,
    is_random: bool,
) -> None:
    stage = Station(servers, 0.002, connections=100.0)
    bench = bench_of(stage, Callee(0.01, failed), holds=[(1.0, is_random)])
    bench.hold(held)

    assert_conserves(bench, offers, dt, each)

    assert bench["held"] <= servers
    assert bench["waiting"] * each <= stage.patience_s * servers * (1.0 + 1e-9)


# Oracle 7, and M/M/c at other sizes: the wait before a service of 1 s.
@pytest.mark.parametrize(
    ("servers", "rps"), [(100, 90.0), (1, 0.8), (2, 1.0), (2, 1.8), (16, 14.4)]
)
def test_the_wait_is_that_of_the_queue(servers: int, rps: float) -> None:
    bench = bench_of(Station(float(servers), 0.0))

    bench.run(rps, 3600.0)

    wait = erlang_c(rps, servers) / (servers - rps)
    assert bench["response"] == pytest.approx(1.0 + wait, rel=0.002)
    assert bench["response"] - 1.0 == pytest.approx(wait, rel=0.02)
    assert bench["held"] == pytest.approx(rps)


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
def test_two_processors_serve_400_requests_of_five_milliseconds(dt: float) -> None:
    # scenario.md section 5: 2 vCPU at 5 × 1 ms are 400 requests a second.
    bench = bench_of(Station(2.0, 0.002))

    bench.run(3000.0, 3600.0, dt, each=0.001)

    assert bench["passed"] == pytest.approx(2000 * 3600)
    assert bench.gauge("servers") == pytest.approx(1.5)
    assert bench["units"] == pytest.approx(2 * 3600)


def test_a_backlog_grows_until_callers_give_up() -> None:
    bench = bench_of(Station(2.0, 0.0, patience_s=10.0))

    bench.run(3.0, 15.0)
    # A second's service each: 3 come and 2 go, and some go idle at first (15.28 exactly).
    assert bench["waiting"] == pytest.approx(15.28, rel=0.1)
    assert bench["refused"] == 0.0
    assert bench["response"] > 7.5
    bench.run(3.0, 60.0)
    # Ten seconds of two servers are 20 requests of a second each.
    assert bench["waiting"] == pytest.approx(20.0)
    assert bench["failed"] == pytest.approx(1.0 / 3.0, rel=0.01)
    bench.assert_conserved()


def test_a_backlog_is_worked_off_when_the_rush_is_over() -> None:
    bench = bench_of(Station(2.0, 0.0, patience_s=60.0))

    bench.run(4.0, 10.0)
    assert bench["waiting"] == pytest.approx(20.0, rel=0.05)
    bench.run(0.0, 30.0)

    assert bench["waiting"] == pytest.approx(0.0, abs=0.01)
    assert bench["passed"] == pytest.approx(40.0, rel=1e-3)


# Servers, mean use, swing of the use over ten minutes; a service takes a second.
@pytest.mark.parametrize(
    ("servers", "use", "swing", "dt"),
    [(4, 0.7, 0.5, 1.0), (16, 0.7, 0.5, 5.0), (4, 0.95, 0.0, 2.0)],
)
def test_a_queue_that_passes_saturation_is_near_the_exact_one(
    servers: int, use: float, swing: float, dt: float
) -> None:
    rates = [
        servers * (use + swing * math.sin(math.pi * (k + 0.5) * dt / 300.0))
        for k in range(round(240.0 / dt))
    ]
    bench = bench_of(Station(float(servers), 0.0, patience_s=1e6))

    waiting = []
    for rate in rates:
        bench.step(rate * dt, dt)
        waiting.append(bench["waiting"])

    assert np.mean(waiting) == pytest.approx(np.mean(_exact_queue(servers, rates, dt)), rel=0.07)


def _exact_queue(servers: int, rates: list[float], dt: float) -> list[float]:
    """Return the mean number waiting after each step, from the equations of the birth process."""
    states = np.arange(400)
    leave = np.minimum(states, servers).astype(float)
    chance, queue, parts = (states == 0).astype(float), [], round(100 * dt)

    def flow(rate: float, chance: FloatArray) -> FloatArray:
        up, down = rate * chance, leave * chance
        up[-1] = 0.0
        change: FloatArray = np.roll(up, 1) - up + np.roll(down, -1) - down
        return change

    for rate in rates:
        for _ in range(parts):
            half = chance + flow(rate, chance) * dt / parts / 2.0
            chance = chance + flow(rate, half) * dt / parts
        queue.append(float((np.maximum(states - servers, 0) * chance).sum()))
    return queue


def test_connections_of_environments_are_counted_as_they_are() -> None:
    bench = bench_of(Station(8.0, 0.0, connections=74.0), holds=[(2.0, False), (1.0, False)])
    bench.hold(30.0, 14.0)
    bench.run(10.0, 10.0, each=0.001)
    assert bench["refused"] == 0.0
    assert bench.gauge("connections") == pytest.approx(1.0)

    bench.hold(60.0, 28.0)
    before = bench["offered"]
    bench.run(10.0, 10.0, each=0.001)

    assert bench["kept"] == pytest.approx(148.0)
    assert bench["refused"] / (bench["offered"] - before) == pytest.approx(0.5)


# Oracles 1 and 2 as connections that are opened for each request.
@pytest.mark.parametrize(("busy", "connections"), [(5.0, 10), (100.0, 100)])
def test_connections_of_requests_follow_erlang_b(busy: float, connections: int) -> None:
    bench = bench_of(Station(100.0, 0.0, connections=float(connections)), holds=[(1.0, True)])
    bench.hold(busy)

    bench.run(10.0, 10.0, each=0.001)

    expected = float(erlang_b(busy, connections))
    assert bench["refused"] / bench["offered"] == pytest.approx(expected, rel=0.01)
    assert bench["failed"] == pytest.approx(expected, rel=0.01)


def test_without_a_limit_connections_refuse_no_one() -> None:
    bench = bench_of(Station(2.0, 0.0), holds=[(1.0, False)])
    bench.hold(1e9)

    bench.run(10.0, 10.0, each=0.001)

    assert bench["refused"] == 0.0


def test_servers_that_nobody_counts_are_never_full() -> None:
    bench = bench_of(Station(math.inf, 0.001))

    bench.run(1e6, 60.0, each=0.5)

    assert bench.gauge("servers") == 0.0
    assert bench["held"] == pytest.approx(5e5)
    assert bench["response"] == pytest.approx(0.501)


def test_a_sojourn_tells_the_wait_from_the_service() -> None:
    stage = Station(2.0, 0.002)
    bench = bench_of(stage)
    bench.run(1800.0, 600.0, each=0.001)

    sojourn = stage.sojourn(bench.port, bench.v)

    assert sojourn.mean_s == pytest.approx(0.003)
    wait = erlang_c(1.8, 2) / (2 - 1.8) * 0.001
    assert sojourn.wait_share * sojourn.wait_s == pytest.approx(wait, rel=0.02)


@given(rates, dts, st.floats(0.5, 64.0), st.floats(1e-4, 2.0))
def test_more_servers_never_serve_less(
    offers: list[float], dt: float, servers: float, each: float
) -> None:
    low, high = bench_of(Station(servers, 0.0)), bench_of(Station(2.0 * servers, 0.0))

    for rps in offers:
        low.step(rps * dt, dt, each)
        high.step(rps * dt, dt, each)

    assert high["passed"] >= low["passed"] * (1.0 - 1e-9)
