from __future__ import annotations

import numpy as np
import pytest

from apps.engine.graph import Architecture
from apps.engine.latency import Percentiles, draw, over_day
from apps.engine.stages.base import Sojourn
from tests.engine.worlds import case, component, link, shop


def _times(architecture: Architecture, count: int = 40_000, **more: object) -> np.ndarray:
    design = case(architecture, **more)
    model, _ = design.run(10_000, minutes=range(600, 605))
    rng = np.random.default_rng(1)
    return draw(model, design.doors(model)[0], model.v, count, rng, with_cold=False)


def test_mean_of_a_chain_is_the_sum_of_its_steps() -> None:
    known = {"Checkout": {"own_ms": 100}, "Orders": {"latency_ms": 10}, "Api": {"latency_ms": 5},
             "Mails": {"latency_ms": 20}}  # fmt: skip

    times = _times(shop(), assume=known)

    assert times.mean() == pytest.approx(0.135, rel=0.02)


def test_lognormal_service_has_its_percentiles() -> None:
    """A p99 of four medians: sigma = ln 4 / 2.326, mean = median × exp(sigma²/2)."""
    sigma = np.log(4) / 2.326
    cv = float(np.sqrt(np.expm1(sigma**2)))

    times = Sojourn(0.1, cv).sample(400_000, np.random.default_rng(2))

    assert np.percentile(times, 99) / np.median(times) == pytest.approx(4.0, rel=0.02)
    assert times.mean() == pytest.approx(0.1, rel=0.01)


def test_cold_starts_move_the_tail_by_their_share() -> None:
    times = Sojourn(0.1, 0.0, cold_share=0.05, cold_s=2.0).sample(100_000, np.random.default_rng(3))

    assert (times > 1.0).mean() == pytest.approx(0.05, rel=0.05)


def test_router_takes_one_way_and_not_all() -> None:
    design = Architecture(
        components=(
            component("Api", "http_api"),
            component("Fast", "lambda_function"),
            component("Slow", "lambda_function", timeout_s=10),
        ),
        links=(link("Api", "Fast", "invoke"), link("Api", "Slow", "invoke")),
    )
    known = {"Fast": {"own_ms": 10, "duration_p99_ratio": 1.001},
             "Slow": {"own_ms": 1000, "duration_p99_ratio": 1.001}}  # fmt: skip

    times = _times(design, assume=known)

    assert (times > 0.5).mean() == pytest.approx(0.5, abs=0.02)


def test_an_authorizer_is_waited_for_on_every_way() -> None:
    design = Architecture(
        components=(
            component("Api", "http_api"),
            component("Answer", "lambda_function"),
            component("Check", "lambda_function"),
        ),
        links=(
            link("Api", "Answer", "invoke"),
            link("Api", "Check", "invoke", calls=1.0, settings={"is_extra": True}),
        ),
    )
    known = {"Api": {"latency_ms": 0}, "Answer": {"own_ms": 100}, "Check": {"own_ms": 40}}

    times = _times(design, assume=known)

    assert times.mean() == pytest.approx(0.14, rel=0.02)


def test_a_call_made_half_the_time_counts_half_the_time() -> None:
    design = Architecture(
        components=(component("Api", "http_api"), component("Fn", "lambda_function"),
                    component("Table", "dynamodb_table")),
        links=(link("Api", "Fn", "invoke"), link("Fn", "Table", "read", calls=0.5)),
    )  # fmt: skip
    known = {"Table": {"latency_ms": 1000}, "Fn": {"own_ms": 1}, "Api": {"latency_ms": 1}}

    times = _times(design, assume=known)

    assert (times > 0.1).mean() == pytest.approx(0.5, abs=0.02)


def test_timeout_ends_the_wait() -> None:
    times = _times(shop(timeout_s=1), assume={"Checkout": {"own_ms": 3000}})

    assert times.max() < 1.2


def test_day_mixes_requests_and_does_not_average_percentiles() -> None:
    design = case()
    model, record = design.run(10_000, keep_states=True)
    doors = design.doors(model)
    rng = np.random.default_rng(4)

    day = over_day(model, doors, record.snapshots, record.arrived, rng)

    assert day is not None
    assert day.p50_ms < day.p95_ms < day.p99_ms
    assert over_day(model, [], record.snapshots, record.arrived, rng) is None


def test_same_seed_draws_the_same() -> None:
    design = case()
    model, record = design.run(10_000, keep_states=True)

    def once() -> Percentiles | None:
        rng = np.random.default_rng(5)
        return over_day(model, design.doors(model), record.snapshots, record.arrived, rng)

    assert once() == once()


def test_a_call_that_fails_is_made_again_after_a_pause() -> None:
    """Half fail, three attempts: 1 + 1/2 + 1/4 calls, and a pause of 0.5 s before each new one."""
    design = case(shop())
    model, _ = design.run(10_000, minutes=range(600, 605))
    (call,) = [c for c in model.door("Checkout", "invoke").port.calls if c.attempts > 1][:1]
    calm = draw(model, design.doors(model)[0], model.v, 40_000, np.random.default_rng(1))
    model.v[call.failed] = 0.5

    times = draw(model, design.doors(model)[0], model.v, 40_000, np.random.default_rng(1))

    longer = 0.75 * (call.backoff_s + model.v[call.response])
    assert times.mean() - calm.mean() == pytest.approx(longer, rel=0.05)
    assert (times > calm.max()).mean() > 0.01
