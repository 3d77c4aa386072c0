"""The day as flows: against fixed seconds, single requests and Erlang, and how fast it is."""

from __future__ import annotations

import importlib.util
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from apps.engine.fluid.balance import worst
from apps.engine.fluid.day import Record, run_day
from apps.engine.fluid.model import Model
from apps.engine.graph import Architecture
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.search import find_most
from apps.engine.stages.base import Sojourn
from apps.engine.stages.erlang import erlang_b, erlang_c
from apps.engine.stages.pool import Pool
from apps.engine.stages.station import Station
from tests.bench.designs import CROWD, SALE, fifteen, rows
from tests.bench.pools import DAYS, HOUR_S, Hours, PoolDay, by_requests
from tests.bench.run import Row
from tests.engine.stages.bench import Bench, bench_of
from tests.engine.worlds import case, shop

_SKETCH = Path(__file__).resolve().parents[3] / "shared" / "engine" / "fluid_sketch.py"
_SEEDS, _ENOUGH = 6, 30.0


def measure() -> list[Row]:
    """Return every figure of the fluid tier."""
    return [*_adaptive(), *_pools(), *_erlang(), *_books(), *_speed(), *_growth()]


def _row(name: str, value: float, most: float, unit: str = "relative") -> Row:
    off, goal = float(value), f"at most {most:g}"
    return {"name": name, "value": off, "unit": unit, "goal": goal, "ok": abs(off) <= most}


DESIGNS: tuple[tuple[str, Callable[[], Architecture], dict[str, Any], float], ...] = (
    ("shop at its limit, crowd", lambda: shop(reserved_concurrency=20), {"events": CROWD}, 1.2e5),
    (
        "shop at its limit, crowd, clients come again",
        lambda: shop(reserved_concurrency=20),
        {"events": CROWD, "client": {"attempts": 3}},
        1.2e5,
    ),
    ("a limit met in a crowd only", lambda: shop(reserved_concurrency=8), {"events": CROWD}, 5e4),
    ("15 components, sale", fifteen, {"events": SALE}, 1e5),
    ("15 components, overloaded", fifteen, {"events": SALE}, 1e6),
    (
        "15 components, overloaded, clients come again",
        fifteen,
        {"events": SALE, "client": {"attempts": 3}},
        1e6,
    ),
    ("15 components, far overloaded", fifteen, {"events": SALE}, 1e7),
)


def _adaptive() -> Iterator[Row]:
    """Compare a day in steps as long as each moment allows with one in steps of a second."""
    for name, design, asked, users in DESIGNS:
        made = case(design(), **asked)
        rates = made.rates(users)
        model, record = made.run(users, rates=rates)
        fixed = made.model()
        truth = run_day(fixed, made.doors(fixed), rates, retry=made.retry, step_s=1)
        arrived = float(np.sum(truth.arrived))
        off = abs(float(np.sum(record.failed) - np.sum(truth.failed))) / arrived
        yield _row(f"adaptive against 1 s, failed: {name}", off, 1e-4, "of arrivals")
        for meter, most in (("environment_s", 0.01), ("cold_starts", 0.04)):
            value = _meter(model, meter) / _meter(fixed, meter) - 1.0
            yield _row(f"adaptive against 1 s, {meter}: {name}", value, most)


def _meter(model: Model, name: str) -> float:
    pools = [item for item in model.placed if isinstance(item.stage, Pool)]
    return sum(item.stage.meters(item.port, model.v)[name] for item in pools)


def _pools() -> Iterator[Row]:
    """Compare the pool with single requests on days that do not stand still."""
    for day in DAYS:
        runs = [by_requests(day, seed) for seed in range(_SEEDS)]
        fluid, slow = _by_flow(day)
        pool, cold, refused, requests = (
            np.mean([getattr(run, name) for run in runs], axis=0)
            for name in ("pool", "cold", "refused", "requests")
        )
        yield _row(f"environments, {day.name}", fluid.pool.sum() / pool.sum() - 1.0, 0.02)
        for hour in np.flatnonzero(cold >= _ENOUGH):
            value = float(fluid.cold[hour] / cold[hour] - 1.0)
            yield _row(f"cold starts of hour {hour}, {day.name}", value, 0.15)
        off = float((fluid.refused.sum() - refused.sum()) / requests.sum())
        share = float(refused.sum() / requests.sum())
        yield _row(f"refused, {day.name}", off / max(share, 0.01), 0.02)
        true = np.mean([np.percentile(run.durations, (50, 95, 99)) for run in runs], axis=0)
        drawn = np.percentile(slow, (50, 95, 99))
        for k, (rank, most) in enumerate(((50, 0.03), (95, 0.05), (99, 0.08))):
            yield _row(f"p{rank}, {day.name}", float(drawn[k] / true[k] - 1.0), most)


def _by_flow(day: PoolDay, dt: float = 5.0) -> tuple[Hours, np.ndarray[Any, Any]]:
    """Return the day as flows, and durations drawn from its hours by weight."""
    stage = Pool(day.limit, day.own_s, day.init_s, idle_s=day.idle_s, cv=day.cv)
    bench, rng = bench_of(stage), np.random.default_rng(1)
    step, hours, durations = stage.bind(bench.port, bench.v, dt), [_counts(bench)], []
    for place, rate in enumerate(day.rates.reshape(-1, int(dt)).mean(axis=1).tolist(), start=1):
        bench.offer(rate * dt)
        step()
        sojourn: Sojourn = stage.sojourn(bench.port, bench.v)
        durations.append(sojourn.sample(max(1, round(rate * dt)), rng))
        if place * dt % HOUR_S == 0:
            hours.append(_counts(bench))
    pool, cold, refused, offered = np.diff(np.array(hours), axis=0).T
    return Hours(pool / HOUR_S, cold, refused, offered, offered), np.concatenate(durations)


def _counts(bench: Bench) -> list[float]:
    meters = bench.stage.meters(bench.port, bench.v)
    return [meters["environment_s"], meters["cold_starts"], bench["refused"], bench["offered"]]


def _erlang() -> Iterator[Row]:
    """Compare refusals and waits with Erlang B and C, from 0.7 to 1.3 of the servers."""
    for servers in (5, 20, 100, 1000):
        off = 0.0
        for use in np.arange(0.7, 1.301, 0.05).tolist():
            bench = bench_of(Pool(float(servers), 0.5, ramp_per_s=1e6))
            bench.run(2.0 * use * servers, 600.0)
            before, offered = bench["refused"], bench["offered"]
            bench.run(2.0 * use * servers, 600.0)
            share = (bench["refused"] - before) / (bench["offered"] - offered)
            true = float(erlang_b(use * servers, servers))
            off = max(off, abs(share - true) / max(true, 1e-4))
        yield _row(f"blocking of {servers} servers against Erlang B", off, 0.02)
    for servers in (1, 4, 32):
        off = 0.0
        for use in np.arange(0.7, 0.991, 0.05).tolist():
            bench = bench_of(Station(float(servers), 0.0, patience_s=math.inf))
            bench.run(100.0 * use * servers, 3600.0, each=0.01)
            true = erlang_c(use * servers, servers) * 0.01 / (servers * (1.0 - use))
            off = max(off, abs(bench["response"] - 0.01 - true) / true)
        yield _row(f"mean wait before {servers} servers against Erlang C", off, 0.02)


def _books() -> Iterator[Row]:
    for name, design, asked, users in DESIGNS[3:6]:
        made = case(design(), **asked)
        model, off = made.model(), 0.0
        doors = made.doors(model)

        def probe(minute: int, record: Record) -> bool:
            nonlocal off
            off = max(off, worst(model, doors, record))  # noqa: B023 - called in this turn only
            return True

        run_day(model, doors, made.rates(users), retry=made.retry, probe=probe)
        yield _row(f"books of every minute: {name}", off, 1e-12)


def _best_ms(run: Callable[[], object], times: int = 5) -> float:
    spent = []
    for _ in range(times):
        start = time.process_time()
        run()
        spent.append(1e3 * (time.process_time() - start))
    return min(spent)


def _yardstick_ms() -> float | None:
    """Return the time of the sketch's fixed day here; None where it is not at hand."""
    if not _SKETCH.exists():
        return None
    spec = importlib.util.spec_from_file_location("fluid_sketch", _SKETCH)
    if spec is None or spec.loader is None:
        return None
    sketch = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sketch)
    profile = sketch.day_profile()
    return _best_ms(lambda: sketch.simulate(profile, sketch.DESIGN, adaptive=False))


def _speed() -> Iterator[Row]:
    """Time a calm day, one in which every minute is fine, compiling, and a search."""
    made, yardstick = case(fifteen(), events=SALE), _yardstick_ms()
    judge = Judge(made, 1)
    calm, busy = made.rates(1e5), made.rates(1e7)
    figures = (
        ("a typical day of 15 components", _best_ms(lambda: made.run(1e5, rates=calm)), 15.0),
        ("a day of fine minutes", _best_ms(lambda: made.run(1e7, rates=busy), 3), 400.0),
        ("the most users", _best_ms(lambda: find_most(made, judge, 1e5)), 300.0),
        ("compiling 15 components", _best_ms(made.model), math.inf),
    )
    for name, spent, goal in figures:
        yield {"name": name, "value": spent, "unit": "ms"}
        if yardstick and goal < math.inf:
            yield _row(f"{name}, of the yardstick", spent / yardstick, goal / 70.0, "ratio")


def _growth() -> Iterator[Row]:
    """Time a day of up to 200 components: by component it must not grow."""
    spent = {}
    for count in (7, 25, 50, 100):
        made = case(rows(count))
        rates = made.rates(1e4)
        spent[count] = _best_ms(lambda: made.run(1e4, rates=rates), 3) / (2 * count + 1)  # noqa: B023
        yield {
            "name": f"a day of {2 * count + 1} components",
            "value": spent[count],
            "unit": "ms each",
        }
    yield _row("201 components against 15, by component", spent[100] / spent[7], 1.3, "ratio")
