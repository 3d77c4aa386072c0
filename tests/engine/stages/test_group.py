"""A station whose instances follow the load: what runs, what may run, and what waits meanwhile."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.erlang import erlang_c
from apps.engine.stages.group import Group
from tests.engine.stages.bench import assert_conserves, bench_of, dts, rates

# Tasks of one processor, 10 ms for each request: 100 requests a second each.
TASKS = Group(
    8.0, 0.005, unit_s=0.010, each=1.0, minimum=2.0, target=0.5, alarm_s=180.0, start_s=60.0
)


@given(rates, dts, st.floats(0.0, 100.0))
def test_nothing_is_lost(offers: list[float], dt: float, each: float) -> None:
    bench = bench_of(TASKS)

    assert_conserves(bench, offers, dt, each)

    assert 2.0 <= bench["kept"] <= 8.0
    assert bench["held"] <= 8.0


def test_a_calm_load_keeps_the_minimum() -> None:
    bench = bench_of(TASKS)

    bench.run(50.0, 3600.0, dt=60.0)

    assert bench["kept"] == 2.0
    assert bench.gauge("ready") == pytest.approx(0.25)
    assert bench.gauge("servers") == pytest.approx(0.5 / 8.0)
    assert TASKS.meters(bench.port, bench.v)["environment_s"] == 0.0


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
def test_a_jump_waits_for_the_alarm_and_the_start(dt: float) -> None:
    # 300 requests a second are three processors: two run, six are wanted at a half.
    bench = bench_of(dataclasses.replace(TASKS, patience_s=1e9, counts_requests=True))

    bench.run(300.0, 900.0, dt=dt)

    assert bench["kept"] == pytest.approx(6.0)
    # 240 s of one processor too few are made up for by three too many within 80 s; then as many
    # wait as chance has it before six processors of which three are busy.
    assert bench["waiting"] == pytest.approx(erlang_c(3.0, 6), rel=0.02)
    assert bench["passed"] == pytest.approx(300.0 * 900.0)
    # Four tasks, paid for from the alarm on.
    extra = TASKS.meters(bench.port, bench.v)["environment_s"]
    assert extra == pytest.approx(4 * 720.0, abs=4 * 60.0)


def test_who_does_not_wait_is_refused_while_tasks_start() -> None:
    bench = bench_of(dataclasses.replace(TASKS, patience_s=1.0))

    bench.run(300.0, 240.0)

    # 200 a second are served, and 200 wait a second at most.
    assert bench["refused"] == pytest.approx(100.0 * 240.0 - 200.0, rel=0.01)
    assert bench.gauge("ready") == pytest.approx(1.5)
    assert bench.gauge("servers") == pytest.approx(3.0 / 8.0)


def test_above_the_maximum_no_scaling_helps() -> None:
    bench = bench_of(dataclasses.replace(TASKS, patience_s=1.0))

    bench.run(1000.0, 3600.0, dt=60.0)

    assert bench["kept"] == 8.0
    assert bench.gauge("servers") == pytest.approx(10.0 / 8.0)
    assert bench["failed"] == pytest.approx(0.2, rel=1e-5)


def test_what_is_left_is_busier_and_a_policy_orders_more() -> None:
    bench = bench_of(TASKS)
    bench.run(80.0, 600.0, dt=60.0)

    fewer = TASKS.without(0.5)
    bench.stage = fewer
    bench.run(80.0, 60.0)
    # 0.8 of one processor that is left of two.
    assert bench["kept"] == 1.0
    assert bench.gauge("ready") == pytest.approx(0.8)
    bench.run(80.0, 600.0)
    # 0.8 at a half are two that run: four are ordered, as long as half of them is gone.
    assert bench["kept"] == 2.0

    fixed = dataclasses.replace(TASKS, servers=2.0).without(0.5)
    assert fixed.servers == 1.0
    assert TASKS.without(0.0) is TASKS


def test_a_request_waits_as_long_as_the_processors_that_run_say() -> None:
    bench = bench_of(TASKS)

    bench.run(50.0, 600.0, dt=60.0)

    sojourn = TASKS.sojourn(bench.port, bench.v)
    assert sojourn.mean_s == pytest.approx(0.015)
    assert sojourn.mean_s + sojourn.wait_share * sojourn.wait_s == pytest.approx(bench["response"])
    assert TASKS.capacity_now("ready", bench.port, bench.v) == 2.0
    assert TASKS.capacity_now("servers", bench.port, bench.v) is None
