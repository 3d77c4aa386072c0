"""What stages share: calls that are made again, and times that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.base import Lane, Port, Sojourn, Stage, caller
from apps.engine.stages.delay import Delay
from tests.engine.stages.bench import Callee, bench_of, shares


def test_retries_multiply_the_attempts() -> None:
    # Oracle 23: half fail, at most two retries: 1 + p + p² = 1.75 attempts.
    bench = bench_of(Delay(), Callee(0.1, failed=0.5, attempts=3))

    wait, good = caller(bench.port, bench.v)(1000.0)

    assert bench.called() == pytest.approx(1750.0)
    assert bench.v[bench.port.calls[0].retried] == pytest.approx(750.0)
    assert wait == pytest.approx(1.75 * 0.1)
    assert good == pytest.approx(1.0 - 0.5**3)


def test_each_retry_waits_for_its_pause() -> None:
    bench = bench_of(Delay(), Callee(0.1, failed=1.0, attempts=3, backoff_s=0.5))

    wait, good = caller(bench.port, bench.v)(10.0)

    assert bench.called() == pytest.approx(30.0)
    assert wait == pytest.approx(3 * 0.1 + 2 * 0.5)
    assert good == 0.0


def test_what_never_fails_is_never_made_again() -> None:
    bench = bench_of(Delay(), Callee(0.1, calls=4.0, units=2.5, attempts=3))

    wait, good = caller(bench.port, bench.v)(10.0)

    assert bench.called() == 40.0
    assert bench.called_work() == 100.0
    assert (wait, good) == (0.4, 1.0)


def test_calls_of_one_request_follow_each_other_and_all_must_be_well() -> None:
    bench = bench_of(Delay(), Callee(0.1, failed=0.1), Callee(0.2, failed=0.2, calls=2.0))

    wait, good = caller(bench.port, bench.v)(10.0)

    assert wait == pytest.approx(0.1 + 2 * 0.2)
    assert good == pytest.approx(0.9 * 0.8**2)


def test_a_call_of_some_requests_fails_only_those() -> None:
    bench = bench_of(Delay(), Callee(0.1, failed=0.5, calls=0.2))

    wait, good = caller(bench.port, bench.v)(10.0)

    assert wait == pytest.approx(0.02)
    assert good == pytest.approx(0.9)


def test_a_router_sends_each_request_along_one_way() -> None:
    ways = (Callee(0.1, failed=0.4, calls=0.25), Callee(0.3, failed=0.0, calls=0.75))
    bench = bench_of(Delay(), *ways, is_router=True)

    wait, good = caller(bench.port, bench.v)(100.0)

    assert (bench.called(0), bench.called(1)) == (25.0, 75.0)
    assert wait == pytest.approx(0.25 * 0.1 + 0.75 * 0.3)
    assert good == pytest.approx(1.0 - 0.25 * 0.4)


def test_a_router_asks_its_authorizer_on_every_way() -> None:
    ways = (Callee(0.1, failed=0.4), Callee(0.05, failed=0.5, calls=1.0, is_extra=True))
    bench = bench_of(Delay(), *ways, is_router=True)

    wait, good = caller(bench.port, bench.v)(100.0)

    assert wait == pytest.approx(0.15)
    assert good == pytest.approx(0.6 * 0.5)


@given(st.lists(st.tuples(shares, st.floats(0.0, 20.0), st.booleans()), max_size=5))
def test_a_router_never_fails_more_than_it_is_asked(ways: list[tuple[float, float, bool]]) -> None:
    callees = [Callee(0.1, failed, calls=n, is_extra=extra) for failed, n, extra in ways]
    bench = bench_of(Delay(), *callees, is_router=True)

    _, good = caller(bench.port, bench.v)(10.0)

    assert -1e-12 <= good <= 1.0


@given(shares, st.integers(1, 10), st.floats(0.0, 5.0), st.floats(0.0, 1e6))
def test_attempts_lie_between_one_and_all(
    failed: float, attempts: int, calls: float, ok: float
) -> None:
    bench = bench_of(Delay(), Callee(0.1, failed, calls=calls, attempts=attempts))

    wait, good = caller(bench.port, bench.v)(ok)

    made = ok * calls
    assert made * (1.0 - 1e-9) <= bench.called() <= made * attempts * (1.0 + 1e-9)
    assert bench.called() == pytest.approx(made + bench.v[bench.port.calls[0].retried])
    assert -1e-12 <= good <= 1.0
    assert wait >= 0.0


def test_times_have_their_mean_and_their_tail() -> None:
    rng = np.random.default_rng(11)
    sojourn = Sojourn(0.2, cv=0.66, wait_share=0.3, wait_s=1.0, cold_share=0.01, cold_s=5.0)

    times = sojourn.sample(400_000, rng)

    assert times.mean() == pytest.approx(0.2 + 0.3 + 0.05, rel=0.01)
    plain = Sojourn(0.2, cv=0.66).sample(400_000, rng)
    assert plain.std() / plain.mean() == pytest.approx(0.66, rel=0.02)
    assert (Sojourn(0.2).sample(5, rng) == 0.2).all()


def test_a_port_has_a_slot_for_everything() -> None:
    port = Port.at(10, 3)

    assert (port.inn, port.own, port.gauge) == (10, 24, 3)


def test_a_stage_by_itself_does_nothing() -> None:
    bench = bench_of(Delay())

    with pytest.raises(NotImplementedError):
        Stage().bind(bench.port, bench.v, 1.0)
    with pytest.raises(NotImplementedError):
        Stage().sojourn(bench.port, bench.v)
    assert Stage().meters(bench.port, bench.v) == {}
    assert Lane("call", (Delay(),)).emits
