"""Messages: backlog and age, pollers and their ramp, retries, dead letters, expiry, batches."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.queue import Queue
from tests.engine.stages.bench import Bench, Callee, bench_of, dts, rates, shares

HIDDEN, POLLERS, DEAD, EXPIRED, BACKLOG = 1, 2, 3, 4, 5


def messages_left(bench: Bench) -> float:
    """Return handled + given up + expired + waiting."""
    return bench["passed"] + bench.own(DEAD) + bench.own(EXPIRED) + bench["waiting"]


def workers(pollers: float, **more: Any) -> Queue:
    """Return a queue whose pollers are all there from the start."""
    return Queue(pollers=pollers, first_pollers=pollers, ramp_per_s=1.0, **more)


@given(
    rates,
    dts,
    shares,
    st.floats(0.0, 100.0),
    st.one_of(st.just(math.inf), st.floats(1.0, 2000.0)),
    st.one_of(st.just(math.inf), st.integers(1, 20).map(float)),
    st.floats(1.0, 100.0),
    st.floats(0.0, 300.0),
    st.floats(0.0, 3600.0),
)
def test_no_message_is_lost(
    offers: list[float],
    dt: float,
    failed: float,
    response_s: float,
    pollers: float,
    attempts: float,
    batch: float,
    window_s: float,
    hidden_s: float,
) -> None:
    stage = Queue(
        pollers=pollers,
        first_pollers=5.0,
        ramp_per_s=5.0,
        batch=batch,
        window_s=window_s,
        hidden_s=hidden_s,
        attempts=attempts,
        keep_s=900.0,
    )
    bench = bench_of(stage, Callee(response_s, failed))

    for rps in offers:
        bench.step(rps * dt, dt)
        assert bench["refused"] == pytest.approx(bench.own(DEAD) + bench.own(EXPIRED), rel=1e-9)
        assert messages_left(bench) == pytest.approx(bench["offered"], rel=1e-9, abs=1e-9)
        assert min(bench["waiting"], bench["kept"], bench.own(BACKLOG), bench.own(1)) >= -1e-6
        assert all(value == value for value in bench.v)
    assert 0.0 <= bench.own(POLLERS) <= pollers


@pytest.mark.parametrize("dt", [1.0, 10.0, 60.0])
def test_what_pollers_cannot_hand_over_waits(dt: float) -> None:
    bench = bench_of(workers(5.0), Callee(1.0))

    bench.run(8.0, 600.0, dt)

    # Five calls of a second at once: five a second go, three a second stay.
    assert bench.own(BACKLOG) == pytest.approx(3 * 600)
    assert bench.called() == pytest.approx(5 * 600)
    assert bench.gauge("pollers") == pytest.approx(8 / 5)


def test_the_age_is_that_of_the_oldest_message() -> None:
    bench = bench_of(workers(5.0), Callee(1.0))

    bench.run(8.0, 600.0)

    # In 600 s 3,000 were taken, those of the first 375 s: what lies came in the last 225 s.
    assert bench["kept"] == pytest.approx(600 - 3000 / 8, rel=0.01)
    # Five a second clear 1,800 in six minutes; the last one waited for all of them.
    bench.run(0.0, 355.0)
    assert bench["kept"] == pytest.approx(355, rel=0.02)
    bench.run(0.0, 10.0)
    assert bench["kept"] == 0.0
    assert bench.own(BACKLOG) == 0.0


def test_the_age_grows_with_time_where_nothing_goes() -> None:
    bench = bench_of(Queue(rate_per_s=0.0), Callee(0.1))

    bench.run(1.0, 500.0)

    assert bench["kept"] == pytest.approx(500.0, abs=1.0)
    assert bench.called() == 0.0


# Of 100 handed over a second, so many fail and are hidden for an hour: 0.5 and 5 in a hundred.
@pytest.mark.parametrize(("failed", "age_s"), [(0.005, 0.0), (0.05, 600.0)])
def test_the_age_leaves_out_stragglers_but_not_failures(failed: float, age_s: float) -> None:
    bench = bench_of(Queue(hidden_s=3600.0), Callee(0.1, failed=failed))
    bench.run(100.0, 600.0)
    assert bench.own(HIDDEN) > 100.0

    bench.run(0.0, 600.0)

    assert bench["kept"] == pytest.approx(age_s, abs=30.0)


def test_pollers_begin_with_five_and_gain_300_a_minute() -> None:
    # quotas.csv: lambda.sqs_esm_initial 5, sqs_esm_ramp 300/min, sqs_esm_max 1250.
    stage = Queue(pollers=1250.0, first_pollers=5.0, ramp_per_s=5.0)
    bench = bench_of(stage, Callee(10.0))
    assert bench.own(POLLERS) == 5.0

    bench.run(1000.0, 60.0)
    assert bench.own(POLLERS) == pytest.approx(305.0)
    bench.run(1000.0, 189.0)
    assert bench.own(POLLERS) == pytest.approx(1250.0)
    bench.run(1000.0, 60.0)
    assert bench.own(POLLERS) == 1250.0


def test_pollers_that_have_nothing_to_do_go_again() -> None:
    bench = bench_of(Queue(pollers=1250.0, first_pollers=5.0, ramp_per_s=5.0), Callee(10.0))
    bench.run(50.0, 600.0)
    assert bench.own(POLLERS) > 400.0

    bench.run(0.0, 3600.0)

    assert bench.own(POLLERS) == 5.0


# The share of messages that fail every one of m attempts is b^m.
@pytest.mark.parametrize("dt", [1.0, 60.0])
@pytest.mark.parametrize(
    ("failed", "attempts"), [(0.5, 3.0), (0.15, 2.0), (0.3, 5.0), (0.95, 3.0), (1.0, 3.0)]
)
def test_messages_that_fail_every_time_are_given_up(
    failed: float, attempts: float, dt: float
) -> None:
    bench = bench_of(Queue(hidden_s=30.0, attempts=attempts), Callee(0.1, failed))

    bench.run(10.0, 4 * 3600.0, dt)
    bench.run(0.0, 3600.0, dt)

    assert bench.own(DEAD) / bench["offered"] == pytest.approx(failed**attempts, rel=1e-4)
    assert bench["waiting"] == pytest.approx(0.0, abs=1e-3)


def test_without_an_end_a_message_comes_back_until_it_is_handled() -> None:
    bench = bench_of(Queue(hidden_s=30.0), Callee(0.1, failed=0.5))
    bench.run(10.0, 600.0)

    bench.answer(response_s=0.1, failed=0.0)
    bench.run(0.0, 3600.0)

    assert bench.own(DEAD) == 0.0
    assert bench["passed"] == pytest.approx(6000.0)


def test_a_message_that_failed_is_hidden_for_its_time() -> None:
    bench = bench_of(Queue(hidden_s=300.0), Callee(0.1, failed=1.0))
    bench.step(100.0, 1.0)
    bench.answer(response_s=0.1, failed=0.0)
    bench.v[bench.port.calls[0].failed] = 1.0
    bench.step(0.0, 1.0)
    bench.answer(response_s=0.1, failed=0.0)
    assert bench.own(1) == pytest.approx(100.0, rel=0.01)

    bench.run(0.0, 300.0)

    assert bench["passed"] == pytest.approx(100.0 * (1.0 - math.exp(-1.0)), rel=0.02)


def test_messages_older_than_their_time_expire() -> None:
    bench = bench_of(workers(1.0, keep_s=600.0), Callee(10.0))

    bench.run(10.0, 3600.0)

    assert bench.own(EXPIRED) > 0.0
    assert bench["refused"] == pytest.approx(bench.own(EXPIRED))
    assert messages_left(bench) == pytest.approx(bench["offered"])


def test_a_share_that_fails_at_any_pace_slows_nothing_down() -> None:
    bench = bench_of(Queue(hidden_s=30.0, attempts=3.0), Callee(0.1, failed=0.5))

    bench.run(10.0, 4 * 3600.0)

    assert bench["kept"] < 60.0
    assert bench["waiting"] < 300.0


@pytest.mark.parametrize("dt", [1.0, 10.0, 60.0])
@pytest.mark.parametrize("rps", [20.0, 50.0, 200.0, 5000.0])
def test_a_callee_with_too_little_room_is_not_flooded(rps: float, dt: float) -> None:
    # It takes ten a second and refuses the rest; the others come again and again.
    bench = bench_of(Queue(hidden_s=30.0), Callee(0.1))
    step, call, handed = bench.stage.bind(bench.port, bench.v, dt), bench.port.calls[0], 0.0
    for _ in range(round(7200 / dt)):
        bench.offer(rps * dt)
        before = bench.called()
        step()
        handed = (bench.called() - before) / dt
        bench.v[call.failed] = max(0.0, 1.0 - 10.0 / handed) if handed > 0.0 else 0.0

    assert handed == pytest.approx(11.0, rel=0.02)
    assert bench["passed"] == pytest.approx(10 * 7200, rel=0.02)


def test_busy_pollers_hand_over_full_batches() -> None:
    bench = bench_of(workers(2.0, batch=10.0), Callee(1.0))
    call = bench.port.calls[0]
    step = bench.stage.bind(bench.port, bench.v, 1.0)
    for _ in range(1800):
        bench.offer(30.0)
        before = (bench.called(), bench.called_work())
        step()
        batches, items = bench.called() - before[0], bench.called_work() - before[1]
        # The handler takes 0.2 s for each item.
        bench.v[call.response] = 0.2 * items / batches if batches else 0.2

    # Two at once, ten items of 0.2 s: ten a second.
    assert items == pytest.approx(10.0, rel=0.01)
    assert items / batches == pytest.approx(10.0, rel=0.01)


def test_idle_pollers_hand_over_one_by_one() -> None:
    bench = bench_of(workers(100.0, batch=10.0), Callee(0.1))

    bench.run(5.0, 600.0)

    assert bench.called_work() / bench.called() == pytest.approx(1.0, rel=0.01)


def test_a_window_collects_a_batch() -> None:
    bench = bench_of(workers(1.0, batch=100.0, window_s=5.0), Callee(0.01))

    bench.run(4.0, 600.0)

    # One poller that waits five seconds finds twenty, and the one it began with.
    assert bench.called_work() / bench.called() == pytest.approx(21.0, rel=0.05)


def test_messages_in_flight_are_those_not_yet_settled() -> None:
    # quotas.csv: sqs.inflight_standard 120,000. Little: 1,000/s of 60 s.
    bench = bench_of(Queue(in_flight=120_000.0), Callee(60.0))

    bench.run(1000.0, 600.0)

    assert bench.gauge("in_flight") == pytest.approx(0.5)


def test_a_rate_bounds_what_is_handed_over() -> None:
    bench = bench_of(Queue(rate_per_s=300.0), Callee(0.1))

    bench.run(500.0, 60.0)

    assert bench.called() == pytest.approx(300 * 60)
    assert bench.own(BACKLOG) == pytest.approx(200 * 60)


@pytest.mark.parametrize("calls", [1.0, 3.0])
def test_every_subscriber_gets_every_message(calls: float) -> None:
    bench = bench_of(Queue(), Callee(0.1, calls=calls), Callee(0.2))

    bench.run(10.0, 60.0)

    assert bench.called(0) == pytest.approx(calls * 600)
    assert bench.called(1) == pytest.approx(600)


def test_a_sojourn_is_the_age() -> None:
    stage = workers(5.0)
    bench = bench_of(stage, Callee(1.0))
    bench.run(8.0, 600.0)

    assert stage.sojourn(bench.port, bench.v).mean_s == bench["kept"]
