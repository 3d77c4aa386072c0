"""Queues, message by message."""

from __future__ import annotations

import math

import numpy as np
import pytest

from apps.engine.stages.arrivals import Arrivals
from apps.engine.stages.base import FloatArray
from apps.engine.stages.queue import Queue


def messages(times: FloatArray, lasts_s: float) -> Arrivals:
    return Arrivals(times, np.ones_like(times), np.full_like(times, lasts_s))


def test_free_pollers_take_each_message_as_it_comes() -> None:
    times = np.arange(0.0, 50.0, 0.5)
    done = Queue(pollers=5.0, first_pollers=5.0, batch=10.0).serve(
        messages(times, 2.0), np.random.default_rng(1)
    )
    np.testing.assert_array_equal(done.begins, times)


def test_busy_pollers_take_what_lies_together() -> None:
    """One poller of a second each, 4 messages a second: from the second hand-over on, four."""
    times = np.arange(40) / 4.0
    queue = Queue(pollers=1.0, first_pollers=1.0, batch=10.0)
    begins, edges = queue.pollers_at_work().deliver(times, np.ones(40), math.inf)
    assert np.diff(edges)[:4].tolist() == [1, 4, 4, 4]
    assert begins[:4].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_rest_stays_for_later() -> None:
    times = np.zeros(10)
    pollers = Queue(pollers=2.0, first_pollers=2.0).pollers_at_work()
    begins, edges = pollers.deliver(times, np.ones(10), 3.0)
    assert begins.tolist() == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    begins, _ = pollers.deliver(times[edges[-1] :], np.ones(10), math.inf)
    assert begins.tolist() == [3.0, 3.0, 4.0, 4.0]


def test_window_collects() -> None:
    times = np.arange(1, 401) / 10.0
    queue = Queue(pollers=1.0, first_pollers=1.0, batch=100.0, window_s=2.0)
    _, edges = queue.pollers_at_work().deliver(times, np.zeros(400), math.inf)
    assert np.diff(edges)[:-1].mean() == pytest.approx(21.0, abs=1.0)


def test_window_ends_when_the_batch_is_full() -> None:
    times = np.arange(1, 101) / 10.0
    queue = Queue(pollers=1.0, first_pollers=1.0, batch=5.0, window_s=60.0)
    begins, edges = queue.pollers_at_work().deliver(times, np.zeros(100), math.inf)
    assert np.diff(edges).tolist() == [5] * 20
    assert begins[0] == pytest.approx(0.5)


def test_pollers_are_added_while_messages_wait() -> None:
    """Five at first and five a second more: all 50 at work after about nine seconds."""
    times = np.zeros(20_000)
    queue = Queue(pollers=50.0, first_pollers=5.0, ramp_per_s=5.0)
    begins, _ = queue.pollers_at_work().deliver(times, np.ones(20_000), 30.0)
    per_s = np.bincount(begins.astype(int))
    assert per_s[0] <= 12
    assert per_s[4] == pytest.approx(25, abs=6)
    assert (per_s[12:] == 50).all()


def test_rate_paces_the_hand_over() -> None:
    times = np.zeros(1000)
    done = Queue(rate_per_s=100.0).serve(messages(times, 0.0), np.random.default_rng(1))
    assert done.begins[-1] == pytest.approx(9.99)


def test_added_pollers_are_taken_away_when_nothing_waits_any_more() -> None:
    queue = Queue(pollers=100.0, first_pollers=2.0, ramp_per_s=5.0)
    pollers = queue.pollers_at_work()
    rush, calm = np.linspace(0.0, 2.0, 200), np.arange(200.0, 300.0)
    pollers.deliver(rush, np.full(200, 1.0), math.inf)
    pollers.deliver(calm, np.full(100, 0.1), math.inf)
    # Ten at once, a second each: two begin at once and the others when one is added or is free.
    again, _ = pollers.deliver(np.full(10, 400.0), np.ones(10), math.inf)
    assert (again == 400.0).sum() == 2
