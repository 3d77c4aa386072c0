"""What stands in place of a stage while something is wrong with it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.base import Stage
from apps.engine.stages.cache import Cache
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from apps.engine.stages.poison import Poisoned
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.refusing import Refusing
from apps.engine.stages.shared import Shared
from apps.engine.stages.station import Station
from tests.engine.stages.bench import Callee, bench_of, dts, rates


@given(rates, dts)
def test_all_are_refused_and_counted(offers: list[float], dt: float) -> None:
    bench = bench_of(Refusing())

    for rate in offers:
        bench.step(rate * dt, dt)
        assert bench["failed"] == (1.0 if rate * dt > 1e-12 else 0.0)

    assert bench["passed"] == 0.0
    assert bench["refused"] == pytest.approx(sum(offers) * dt)


def test_who_waited_is_refused_too() -> None:
    bench = bench_of(Refusing())
    bench.v[bench.port.waiting] = 7.0

    bench.step(3.0, 1.0)

    assert bench["refused"] == 10.0
    assert bench["waiting"] == 0.0


@pytest.mark.parametrize(
    "stage", [Delay(0.2), Cache(0.5, 0.2), Gate(10.0, 10.0, 0.2), Pool(10.0, 0.2)]
)
def test_slower_stage_takes_so_many_times_as_long(stage: Stage) -> None:
    assert getattr(stage.slowed(4.0), "own_s") == pytest.approx(0.8)  # noqa: B009


def test_stage_without_time_of_its_own_is_not_slowed() -> None:
    for stage in (Shared(10.0), Delay(0.0), Queue()):
        assert stage.slowed(5.0) is stage


@given(st.floats(1.0, 50.0), st.floats(0.0, 1.0))
def test_slow_servers_do_so_much_less(factor: float, use: float) -> None:
    slow, usual = bench_of(Station(4.0, 0.001).slowed(factor)), bench_of(Station(4.0, 0.001))
    for bench in (slow, usual):
        bench.run(100.0 * use, 60.0, each=0.002)

    assert slow.gauge("servers") == pytest.approx(factor * usual.gauge("servers"))


def test_fewer_servers_have_fewer_connections() -> None:
    left = Station(6.0, 0.001, connections=300.0).without(1.0 / 3.0)

    assert left.servers == pytest.approx(4.0)
    assert left.connections == pytest.approx(200.0)
    assert Station(math.inf, 0.001).without(0.5) == Station(math.inf, 0.001)


def test_services_of_a_region_lose_no_servers() -> None:
    for stage in (Gate(10.0, 10.0), Delay(0.1), Queue(), Pool(10.0, 0.1)):
        assert stage.without(0.5) is stage


def test_emptied_pool_keeps_the_rest() -> None:
    bench = bench_of(Pool(math.inf, 0.1))
    bench.run(50.0, 600.0)
    before = bench["kept"]

    bench.stage.emptied(bench.port, bench.v, 0.25)

    assert bench["kept"] == pytest.approx(0.75 * before)


def test_stopped_queue_hands_over_nothing_and_keeps_all() -> None:
    bench = bench_of(Queue(pollers=5.0, first_pollers=5.0).stopped(), Callee(0.1))

    bench.run(10.0, 60.0)

    assert bench["waiting"] == pytest.approx(600.0)
    assert bench.called() == 0.0


def poisoned(queue: Queue, count: float, seconds: float) -> tuple[float, float]:
    """Return what waits and the age of the oldest after some time with poisoned messages."""
    bench = bench_of(queue, Callee(0.05))
    bench.run(10.0, 60.0)
    bench.stage = bad = Poisoned.of(queue, count, bench.v)
    bad.begin(bench.port, bench.v)
    bench.run(10.0, seconds)
    return bench["waiting"], bench["kept"]


def test_poisoned_message_spoils_its_batches_only_while_it_lasts() -> None:
    queue = Queue(pollers=2.0, first_pollers=2.0, batch=10.0, window_s=1.0, attempts=3.0)

    waiting, _ = poisoned(queue, 1.0, 30.0)

    assert 1.0 < waiting < 60.0
    assert Poisoned.of(queue, 1.0, [0.0]).lasts_s == 90.0


def test_poisoned_record_holds_back_the_share_of_its_shard() -> None:
    queue = Queue(pollers=4.0, first_pollers=4.0, batch=100.0, is_ordered=True, keep_s=86_400.0)

    waiting, age = poisoned(queue, 1.0, 600.0)

    assert waiting == pytest.approx(10.0 * 600.0 / 4.0, rel=0.05)
    assert age == pytest.approx(600.0)
