"""What must hold for every design: more room never serves less, and units do not matter."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.fluid.blocks import Rates
from apps.engine.fluid.day import Record, run_day
from apps.engine.fluid.model import Model
from apps.engine.graph import Architecture
from apps.engine.headroom.case import Case
from apps.engine.stages.base import FloatArray, Stage
from apps.engine.stages.gate import Gate
from apps.engine.stages.pool import Pool
from apps.engine.stages.shards import Shards
from tests.engine.stages.bench import Bench, bench_of
from tests.engine.worlds import case, shop

EVENING = range(1195, 1215)
SALE = [{"name": "sale", "at": "20:00", "ramp_s": 60, "hold_s": 300, "factor": 5}]
crowds = st.floats(1e3, 3e6)


def run(
    design: Case, users: float, step_s: int | None = None, minutes: range = EVENING
) -> tuple[Model, Record]:
    model = design.model()
    rates, doors = design.rates(users), design.doors(model)
    return model, run_day(model, doors, rates, retry=design.retry, minutes=minutes, step_s=step_s)


def failed_share(record: Record) -> float:
    return float(np.sum(record.failed) / np.sum(record.arrived))


@settings(max_examples=10, deadline=None)
@given(crowds, st.integers(1, 200), st.integers(1, 200))
def test_a_higher_concurrency_never_fails_more(users: float, limit: int, more: int) -> None:
    _, low = run(case(shop(reserved_concurrency=limit), events=SALE), users)
    _, high = run(case(shop(reserved_concurrency=limit + more), events=SALE), users)

    assert failed_share(high) <= failed_share(low) + 1e-4


@settings(max_examples=8, deadline=None)
@given(crowds, st.sampled_from([None, 20]))
def test_half_the_step_gives_the_same_flows(users: float, limit: int | None) -> None:
    design = case(shop(reserved_concurrency=limit), events=SALE)

    _, whole = run(design, users, step_s=2)
    _, half = run(design, users, step_s=1)

    assert failed_share(half) == pytest.approx(failed_share(whole), abs=1e-3)


@settings(max_examples=8, deadline=None)
@given(crowds, st.sampled_from([1, 3]))
def test_long_steps_give_the_flows_of_seconds(users: float, attempts: int) -> None:
    design = case(shop(reserved_concurrency=20), events=SALE, client={"attempts": attempts})
    minutes = range(1140, 1260)

    _, adaptive = run(design, users, minutes=minutes)
    _, fixed = run(design, users, step_s=1, minutes=minutes)

    # Two hours around the sale are a twelfth of a day, of which 1e-4 is asked.
    assert failed_share(adaptive) == pytest.approx(failed_share(fixed), abs=5e-4)


@settings(max_examples=8, deadline=None)
@given(crowds, st.floats(0.0, 1.0))
def test_two_sources_are_one(users: float, share: float) -> None:
    design = case(shop(reserved_concurrency=20), events=SALE)
    rates = design.rates(users).seconds

    def served(parts: list[FloatArray]) -> list[float]:
        model = design.model()
        door = design.doors(model)[0]
        run_day(model, [door] * len(parts), Rates.of(parts), minutes=EVENING)
        return [model.v[item.port.passed] for item in model.placed]

    assert served([rates[0] * share, rates[0] * (1.0 - share)]) == pytest.approx(
        served([rates[0]]), rel=1e-6
    )


@settings(max_examples=8, deadline=None)
@given(crowds)
def test_the_order_of_links_and_components_does_not_matter(users: float) -> None:
    design = shop(reserved_concurrency=20)
    turned = Architecture(components=design.components[::-1], links=design.links[::-1])

    _, first = run(case(design, events=SALE), users)
    _, second = run(case(turned, events=SALE), users)

    assert failed_share(second) == pytest.approx(failed_share(first), rel=1e-9)


@given(
    st.sampled_from([Gate(50.0, 200.0), Shards(4.0, 10.0)]), st.floats(1.0, 5.0), st.floats(2, 9)
)
def test_all_capacities_and_loads_times_k_refuse_the_same_share(
    stage: Stage, use: float, k: float
) -> None:
    wider = dataclasses.replace(
        stage,  # type: ignore[type-var]
        **{
            name: getattr(stage, name) * k
            for name in ("rate_per_s", "burst")
            if hasattr(stage, name)
        },
    )

    narrow, wide = bench_of(stage), bench_of(wider)
    narrow.run(50.0 * use, 120.0)
    wide.run(50.0 * use * k, 120.0)

    assert _refused(wide) == pytest.approx(_refused(narrow), rel=1e-9, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.floats(1.0, 300.0), st.floats(1.0, 100.0), st.floats(0.1, 10.0))
def test_another_unit_of_time_changes_no_count(load: float, limit: float, k: float) -> None:
    stage = Pool(limit, own_s=0.5, idle_s=300.0, ramp_per_s=1e9)
    other = Pool(limit, own_s=0.5 / k, idle_s=300.0 / k, ramp_per_s=1e9)
    ours, theirs = bench_of(stage), bench_of(other)

    ours.run(2.0 * load, 900.0, dt=5.0)
    theirs.run(2.0 * load * k, 900.0 / k, dt=5.0 / k)

    assert theirs["held"] == pytest.approx(ours["held"], rel=1e-5)
    assert theirs["kept"] == pytest.approx(ours["kept"], rel=1e-5)
    assert _refused(theirs) == pytest.approx(_refused(ours), rel=1e-5, abs=1e-9)


def test_nothing_moves_without_traffic_and_at_constant_traffic() -> None:
    bench = bench_of(Pool(math.inf, own_s=0.5))

    bench.run(0.0, 600.0)
    assert bench["held"] == 0.0
    assert bench["kept"] < 1e-12
    bench.run(20.0, 3600.0)
    before = (bench["held"], bench["kept"])
    bench.run(20.0, 3600.0)

    assert (bench["held"], bench["kept"]) == pytest.approx(before, rel=1e-9)


def _refused(bench: Bench) -> float:
    return bench["refused"] / bench["offered"]
