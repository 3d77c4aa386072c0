from __future__ import annotations

import numpy as np
import pytest

from apps.engine.fluid.day import Record, run_day
from apps.engine.fluid.model import Model
from tests.engine.worlds import case, shop

SALE = [{"name": "sale", "at": "20:00", "ramp_s": 60, "hold_s": 900, "factor": 10}]


def test_a_calm_day_takes_few_steps_and_serves_all() -> None:
    _, record = case().run(10_000)

    assert record.refined_minutes == 0
    assert np.sum(record.failed) == 0.0
    assert len(record.uses) == 1440


def test_rush_is_stepped_finely() -> None:
    _, calm = case().run(5e6)
    _, record = case(events=SALE).run(5e6)

    # The ramp, the minute after it and the end of the sale, on top of the busy minutes.
    assert record.refined_minutes >= calm.refined_minutes + 3


def test_adaptive_steps_serve_what_fixed_seconds_serve() -> None:
    crowd = case(shop(reserved_concurrency=20), events=SALE)
    rates = crowd.rates(120_000)
    span = range(1170, 1230)  # 19:30 to 20:30, around the sale.

    _, adaptive = crowd.run(120_000, minutes=span, rates=rates)
    model = crowd.model()
    fixed = run_day(model, crowd.doors(model), rates, minutes=span, step_s=1)

    assert adaptive.refined_minutes < 60
    arrived = np.sum(fixed.arrived)
    assert np.sum(fixed.failed) > 0.01 * arrived
    assert np.sum(adaptive.failed) == pytest.approx(np.sum(fixed.failed), abs=2e-4 * arrived)


def test_probe_stops_the_day() -> None:
    model = case().model()
    seen: list[int] = []

    def probe(minute: int, record: Record) -> bool:
        seen.append(minute)
        return minute < 60

    start = case()
    record = run_day(model, start.doors(model), start.rates(1000), probe=probe)

    assert record.stopped_at == seen[-1] >= 60
    assert len(record.uses) == seen[-1] + 1


def test_reserved_concurrency_refuses_what_erlang_b_says() -> None:
    flat = {"day": {"preset": "flat", "minute_peak_factor": 1}, "bots": {"share_of_requests": 0}}
    design = case(shop(reserved_concurrency=10), **flat)

    model, record = design.run(_users_for_load(design, 10.0))

    pool = model.door("Checkout", "invoke").port
    refused = model.v[pool.refused] / model.v[pool.offered]
    load = model.v[pool.wanted]
    assert 5.0 < load < 20.0
    assert refused == pytest.approx(_erlang_b(load, 10), rel=0.02)
    assert np.sum(record.failed) / np.sum(record.arrived) == pytest.approx(refused, rel=1e-6)


def test_clients_that_come_again_offer_more() -> None:
    once = case(shop(reserved_concurrency=5))
    often = case(shop(reserved_concurrency=5), client={"attempts": 3})

    calm, _ = once.run(2e5, minutes=range(1200, 1260))
    pushed, record = often.run(2e5, minutes=range(1200, 1260))

    def offered(model: Model) -> float:
        return model.v[model.door("Api", "request").port.offered]

    assert offered(pushed) > 1.2 * offered(calm)
    assert sum(record.returned) > 0.0


def test_slow_callee_holds_its_callers_longer() -> None:
    quick, slow = case(), case(assume={"Orders": {"latency_ms": 500}})

    fast, _ = quick.run(1e5, minutes=range(1200, 1215))
    held, _ = slow.run(1e5, minutes=range(1200, 1215))

    gain = slow.arrivals[0].rate(1e5)[1210 * 60]
    before = fast.v[fast.door("Checkout", "invoke").port.held]
    after = held.v[held.door("Checkout", "invoke").port.held]
    assert after - before == pytest.approx(gain * 0.495, rel=0.05)


def _users_for_load(design: object, load: float) -> float:
    """Return the daily users whose requests, at about 62 ms each, keep `load` busy."""
    return load / 0.0615 * 86_400 / 19.44


def _erlang_b(load: float, servers: int) -> float:
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


@pytest.mark.parametrize("attempts", [1, 3])
def test_what_failed_in_a_crowd_does_not_fail_after_it(attempts: int) -> None:
    """The crowd is gone at once, and the evening after it is even: one long step would do."""
    crowd = [{"name": "crowd", "at": "20:00", "ramp_s": 60, "hold_s": 300, "factor": 4}]
    design = case(shop(reserved_concurrency=8), events=crowd, client={"attempts": attempts})

    model, record = design.run(50_000, minutes=range(1140, 1260))

    pool = model.door("Checkout", "invoke").port
    failed, refused = np.sum(record.failed), model.v[pool.refused]
    assert refused > 1000.0
    assert failed + np.sum(record.returned) == pytest.approx(refused, rel=0.02)


def test_worker_of_a_queue_has_no_more_environments_than_hand_overs() -> None:
    """Five pollers: chance alone would bring more at once, had each message a call of its own."""
    model, _ = case().run(60_000, minutes=range(600, 720))

    worker = model.door("Mailer", "invoke").port
    queue = model.door("Mails", "send")
    pollers = next(q for q in model.queues() if q.component == queue.component).port.own + 2
    assert worker.feeders == (pollers,)
    assert model.v[pollers] == 5.0
    assert 4.0 < model.v[worker.kept] <= 5.0
    assert model.door("Checkout", "invoke").port.feeders == ()


def test_environments_of_a_rush_go_as_in_fixed_seconds() -> None:
    rush = [{"name": "rush", "at": "20:00", "ramp_s": 60, "hold_s": 120, "factor": 12}]
    design = case(events=rush)
    span = range(1170, 1260)

    model, adaptive = design.run(5_000, minutes=span)
    fixed = design.model(5_000)
    run_day(fixed, design.doors(fixed), design.rates(5_000), minutes=span, step_s=1)

    assert adaptive.refined_minutes < 20
    kept_s = model.door("Checkout", "invoke").port.own + 2
    assert model.v[kept_s] == pytest.approx(fixed.v[kept_s], rel=0.01)
