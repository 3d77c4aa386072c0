"""Single requests through graphs of stages, beside what must come out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.requests.graph_standing import Client
from apps.engine.stages.base import FloatArray
from apps.engine.stages.cache import Cache
from apps.engine.stages.clock import Clock
from apps.engine.stages.credits import Credits
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.shared import Shared
from apps.engine.stages.station import Station
from tests.engine.requests.graphs import Graph, Loop, Part, graph_of

PLENTY = 1e9


def pool(own_s: float, limit: float = math.inf, **more: float) -> Pool:
    return Pool(limit=limit, own_s=own_s, ramp_per_s=PLENTY, **{"cv": 0.0, **more})


def poisson(rate: float, seconds: float, seed: int = 1) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.sort(rng.uniform(0.0, seconds, rng.poisson(rate * seconds)))


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    rate=st.floats(5.0, 60.0),
    limit=st.sampled_from([2.0, 5.0, math.inf]),
    patience=st.sampled_from([0.3, 30.0]),
    span=st.sampled_from([20, 150, 4000]),
)
def test_passes_agree_with_the_event_loop(
    seed: int, rate: float, limit: float, patience: float, span: int
) -> None:
    """Gate 40/s, pool, one server of 35 ms: throttled, refused, given up, cold, and times."""
    times = poisson(rate, 40.0, seed)
    loop = Loop(40.0, 20.0, limit, 0.1, 5.0, 0.035, patience)
    loop.run(times)
    out = graph_of(
        Part("gate", Gate(40.0, 20.0, cv=0.0), [("pool", 1.0, 1.0, 1)]),
        Part("pool", pool(0.1, limit, idle_s=5.0), [("db", 1.0, 0.035, 1)]),
        Part("db", Station(1.0, own_s=0.0, cv=0.0, patience_s=patience)),
    ).run(times, 40.0, span_requests=span)
    counts = [
        out.of("gate", "door").refused.sum(),
        out.of("pool", "door").refused.sum(),
        out.of("pool", "door").cold.sum(),
        out.of("db", "door").refused.sum(),
    ]
    assert out.unsettled == 0
    assert counts == [len(x) for x in (loop.throttled, loop.refused, loop.cold, loop.given_up)]
    np.testing.assert_allclose(
        np.sort(out.entries[0].seconds()), np.sort(loop.seconds), rtol=1e-5, atol=1e-6
    )


def shop() -> Graph:
    return graph_of(
        Part("gate", Gate(60.0, 100.0), [("pool", 1.0, 1.0, 1)]),
        Part("pool", pool(0.1, 5.0, init_s=0.3), [("table", 2.5, 1.0, 3)], sends=["queue"]),
        Part(
            "queue",
            Queue(5.0, 5.0, batch=10.0, hidden_s=5.0, attempts=3.0),
            [("worker", 1.0, 1.0, 1)],
        ),
        Part("worker", pool(0.02, 3.0, cv=0.5), [("table", 1.0, 1.0, 3)]),
        Part("table", Credits(90.0, own_s=0.005, hold_s=20.0)),
    )


def test_nothing_is_lost_on_the_way() -> None:
    """Too much for every stage, with retries: integers add up, none is left unsettled."""
    times = poisson(80.0, 60.0)
    out = shop().run(times, 60.0)
    gate, first, queue, worker, table = (
        out.of(name, "door") for name in ("gate", "pool", "queue", "worker", "table")
    )
    assert out.unsettled == 0
    assert out.entries[0].arrived.sum() == gate.offered.sum() == len(times)
    assert first.offered.sum() == gate.passed
    assert queue.offered.sum() == first.passed
    assert queue.passed + queue.waiting + queue.dead == queue.offered.sum()
    assert min(gate.refused.sum(), first.refused.sum(), table.refused.sum()) > 50
    first_calls = table.offered.sum() - table.retried
    assert first_calls == pytest.approx(2.5 * first.passed + queue.offered.sum(), rel=0.05)
    assert table.retried > 50
    assert worker.offered.sum() > 0
    well = len(out.entries[0].seconds())
    assert well + out.entries[0].failed.sum() == len(times)


def test_length_of_the_spans_changes_little() -> None:
    times = poisson(50.0, 60.0)
    short, long = (shop().run(times, 60.0, span_requests=n) for n in (50, 1000))
    for name in ("gate", "pool", "worker"):
        a, b = short.of(name, "door"), long.of(name, "door")
        assert a.passed == pytest.approx(b.passed, rel=0.02)
    assert short.entries[0].percentiles_s(50, 95) == pytest.approx(
        long.entries[0].percentiles_s(50, 95), rel=0.05
    )


def test_retries_multiply_the_calls() -> None:
    """Half of the calls fail by their key, at most two retries: 1 + 1/2 + 1/4 attempts each."""
    times = np.arange(0.0, 2000.0, 0.1)
    out = graph_of(
        Part("pool", pool(0.01), [("table", 1.0, 1.0, 3)]),
        Part("table", Credits(PLENTY, own_s=0.0, hot_share=0.5, hot_per_s=1e-3)),
    ).run(times, 2000.0)
    offered = out.of("table", "door").offered.sum()
    sigma = math.sqrt((1 + 0.25 * 4 + 0.25 * 9 - 1.75**2) / len(times))  # crude, from above
    assert offered / len(times) == pytest.approx(1.75, abs=3.0 * sigma)
    assert out.entries[0].failed.sum() / len(times) == pytest.approx(0.125, abs=0.01)


def test_clients_come_back_and_give_up() -> None:
    """With two attempts each, and all refused, every request is made twice."""
    times = np.arange(0.0, 1000.0, 0.1)
    out = graph_of(Part("gate", Gate(1e-6, 0.5))).run(
        times, 1000.0, client=Client(attempts=2, delay_s=3.0)
    )
    entry = out.entries[0]
    assert entry.arrived.sum() == len(times)
    assert entry.returned == pytest.approx(len(times), rel=0.05)
    assert entry.failed.sum() == pytest.approx(len(times), rel=0.01)
    assert out.of("gate", "door").offered.sum() == len(times) + entry.returned


def test_calls_follow_each_other_and_routers_choose() -> None:
    times = np.arange(0.0, 2000.0, 0.5)
    out = graph_of(
        Part("api", Delay(0.0), [("a", 0.25, 1.0, 1), ("b", 0.75, 1.0, 1)], is_router=True),
        Part("a", pool(0.1), [("one", 1.0, 1.0, 1), ("two", 1.0, 1.0, 1)]),
        Part("b", pool(0.1), [("two", 1.5, 1.0, 1)]),
        Part("one", Delay(0.2, cv=0.0)),
        Part("two", Delay(0.4, cv=0.0)),
    ).run(times, 2000.0)
    seconds = np.round(out.entries[0].seconds(), 4)
    shares = {value: (seconds == value).mean() for value in (0.7, 0.5, 0.9)}
    assert shares[0.7] == pytest.approx(0.25, abs=0.03)
    assert shares[0.5] == pytest.approx(0.375, abs=0.03)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_cache_passes_only_its_misses_on() -> None:
    out = graph_of(
        Part("cdn", Cache(0.9, own_s=0.01, cv=0.0), [("origin", 1.0, 1.0, 1)]),
        Part("origin", Delay(1.0, cv=0.0)),
    ).run(np.arange(0.0, 1000.0, 0.1), 1000.0)
    assert out.of("origin", "door").offered.sum() / 10_000 == pytest.approx(0.1, abs=0.01)
    assert out.entries[0].percentiles_s(50, 99) == pytest.approx((0.01, 1.01), rel=1e-4)


def test_message_that_always_fails_ends_as_a_dead_letter() -> None:
    """Three attempts, ten seconds apart; nothing is handled."""
    out = graph_of(
        Part("tick", Clock(), sends=["queue"]),
        Part("queue", Queue(hidden_s=10.0, attempts=3.0), [("worker", 1.0, 1.0, 1)]),
        Part("worker", pool(0.01, limit=0.5)),
    ).run(np.arange(0.0, 50.0), 100.0)
    assert out.of("queue", "door").dead == 50
    assert out.of("queue", "door").passed == out.of("queue", "door").waiting == 0
    assert out.of("worker", "door").offered.sum() == 150


def test_busy_workers_take_batches_and_make_calls_for_each_message() -> None:
    """Two pollers, 20 ms a message, 300 messages a second: batches of up to ten."""
    times = poisson(80.0, 200.0)
    out = graph_of(
        Part("tick", Clock(), sends=["queue"]),
        Part("queue", Queue(2.0, 2.0, batch=10.0), [("worker", 1.0, 1.0, 1)]),
        Part("worker", pool(0.02), [("table", 1.0, 1.0, 1)]),
        Part("table", Delay(0.001, cv=0.0)),
    ).run(times, 200.0)
    worker, table = out.of("worker", "door"), out.of("table", "door")
    assert worker.offered.sum() < 0.9 * len(times)
    assert table.offered.sum() == out.of("queue", "door").passed


def test_quotas_are_shared() -> None:
    """Two gates of one account rate of 50/s; two pools of ten environments in all."""
    times = poisson(80.0, 200.0)
    out = graph_of(
        Part("rate", Shared(50.0, burst=10.0)),
        Part("count", Shared(6.0)),
        Part("api", Delay(0.0), [("a", 0.5, 1.0, 1), ("b", 0.5, 1.0, 1)], is_router=True),
        Part("a", Gate(PLENTY, PLENTY), [("f", 1.0, 1.0, 1)], quotas=["rate"]),
        Part("b", Gate(PLENTY, PLENTY), [("g", 1.0, 1.0, 1)], quotas=["rate"]),
        Part("f", pool(0.1), quotas=["count"]),
        Part("g", pool(0.1), quotas=["count"]),
    ).run(times, 200.0, door="api")
    passed = out.of("a", "door").passed + out.of("b", "door").passed
    assert passed == pytest.approx(50.0 * 200.0, rel=0.01)
    blocked = out.of("f", "door").refused.sum() + out.of("g", "door").refused.sum()
    assert 0.09 < blocked / passed < 0.20  # Erlang B of 5 in 6 is 0.19; smoothed arrivals less


def test_connections_that_are_all_held_refuse() -> None:
    """Four, held while a request runs, under two erlang.

    Those who are denied stay for half as long as others: more are refused than if they left at
    once (Erlang B), fewer than if they stayed as long (the tail of Poisson's law).
    """
    times = poisson(20.0, 2000.0)
    out = graph_of(
        Part("pool", pool(0.05), [("db", 1.0, 0.05, 1)]),
        Part("db", Station(math.inf, 0.0, connections=4.0, cv=0.0), holds=[("pool", 1.0, True)]),
    ).run(times, 2000.0)
    lost = out.of("db", "door").refused.sum() / len(times)
    assert 0.0952 < lost < 0.1429
    free = graph_of(
        Part("pool", pool(0.05), [("db", 1.0, 0.05, 1)]),
        Part("db", Station(math.inf, 0.0, connections=40.0, cv=0.0), holds=[("pool", 1.0, True)]),
    ).run(times, 2000.0)
    assert free.of("db", "door").refused.sum() == 0
