"""Single requests through a whole design, against its own books, theory and the fluid day."""

from __future__ import annotations

import numpy as np
import pytest

from apps.engine.requests.graph import Simulated, simulate_requests
from apps.engine.requests.graph_source import poisson
from apps.engine.requests.graph_standing import Client
from apps.engine.stages.erlang import erlang_b
from tests.engine.worlds import case, shop

CALM = {"account": {"lambda_concurrency": 100_000}}


def run(
    rate: float, seconds: int, *, seed: int = 1, client: Client | None = None, **function: object
) -> Simulated:
    design = case(shop(**function), **CALM)
    model = design.model()
    rng = np.random.default_rng(seed)
    return simulate_requests(
        model,
        design.doors(model),
        poisson(np.full((1, seconds), rate), 0.0, rng),
        rng,
        start_s=0.0,
        end_s=float(seconds),
        client=client,
    )


def test_every_request_is_booked_where_it_went() -> None:
    found = run(40.0, 900)

    arrived = int(found.entries[0].arrived.sum())
    assert found.unsettled == 0
    assert arrived == pytest.approx(36_000, abs=600)
    for stage in (("Api", "request"), ("Checkout", "invoke"), ("Orders", "write")):
        assert int(found.of(*stage).offered.sum()) == arrived
        assert int(found.of(*stage).refused.sum()) == 0
    sent = int(found.of("Mails", "send").offered.sum())
    handled = round(found.of("Mailer", "invoke").units)
    assert arrived - sent < 40  # under way at the end
    assert 0 <= sent - handled < 400


def test_limit_refuses_as_erlang_b_says() -> None:
    found = run(60.0, 1500, reserved_concurrency=5)

    pool = found.of("Checkout", "invoke")
    offered, refused = int(pool.offered.sum()), int(pool.refused.sum())
    # What is busy, and would have been with those refused.
    load = pool.busy_s / 1500.0 / (1.0 - refused / offered)
    assert refused / offered == pytest.approx(float(erlang_b(load, 5)), rel=0.08)
    assert int(found.entries[0].failed.sum()) == refused
    assert pool.peak == 5


def test_clients_that_come_again_offer_more() -> None:
    once = run(60.0, 90, reserved_concurrency=3)
    often = run(60.0, 90, reserved_concurrency=3, client=Client(attempts=3, delay_s=1.0))

    assert often.of("Api", "request").offered.sum() > 1.2 * once.of("Api", "request").offered.sum()
    assert often.entries[0].returned > 0
    assert once.entries[0].returned == 0


def test_same_seed_same_requests() -> None:
    one, other = run(20.0, 300, seed=5), run(20.0, 300, seed=5)

    assert np.array_equal(one.entries[0].arrived, other.entries[0].arrived)
    assert one.of("Checkout", "invoke").busy_s == other.of("Checkout", "invoke").busy_s


def test_fluid_day_and_single_requests_agree() -> None:
    """An hour of a calm day: what each stage is offered, keeps and is busy with."""
    design = case(shop(), **CALM)
    users = 40.0 / design.peak_rps(1.0)
    minutes = range(1200, 1260)
    model, record = design.run(users, minutes=minutes)
    rates = design.rates(users).seconds[:, 1140 * 60 : 1260 * 60]
    rng = np.random.default_rng(3)

    found = simulate_requests(
        design.model(),
        design.doors(model),
        poisson(rates, 1140 * 60.0, rng),
        rng,
        start_s=1200 * 60.0,
        end_s=1260 * 60.0,
        warm_up_s=3600.0,
    )

    arrived = float(np.sum(record.arrived))
    assert found.entries[0].arrived.sum() == pytest.approx(arrived, rel=0.02)
    pool, port = found.of("Checkout", "invoke"), model.door("Checkout", "invoke").port
    assert pool.busy_s == pytest.approx(model.v[port.units], rel=0.02)
    assert pool.kept.mean() == pytest.approx(model.v[port.own + 2] / 3600.0, rel=0.05)
