"""Single requests at FIFO stations and through whole designs: speed, oracles, and the flows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.fluid.day import run_day
from apps.engine.graph import Architecture
from apps.engine.headroom.case import Case
from apps.engine.latency import over_day
from apps.engine.requests.graph import Simulated, poisson, simulate_requests
from apps.engine.requests.graph_span import Client
from apps.engine.stages.base import FloatArray
from apps.engine.stages.fifo import Fifo, lanes
from apps.engine.stages.pool import Pool
from tests.engine.worlds import case, component, link

if TYPE_CHECKING:
    from tests.bench.run import Row

CROWD = [{"name": "crowd", "at": "20:00", "ramp_s": 60, "hold_s": 300, "factor": 4}]
# SimPy on M/M/100 on a like machine, as measured for the goals. [1/s]
SIMPY_PER_S = 92_000.0
DAY_S, RPS = 86_400, 100.0
FROM_HOUR, TO_HOUR = 18, 22


def measure() -> list[Row]:
    """Return one row for each figure: name, value, unit, and where there is one the goal."""
    return [*_speed(), *_oracles(), *_against_flows()]


def _row(name: str, value: float, unit: str, most: float | None = None, note: str = "") -> Row:
    row: Row = {"name": name, "value": value, "unit": unit}
    if most is not None:
        row["goal"], row["ok"] = f"at most {most:g}", bool(abs(value) <= most)
    if note:
        row["note"] = note
    return row


def _best_s(work: Callable[[], object], times: int = 3) -> float:
    best = math.inf
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def _speed() -> Iterator[Row]:
    rng = np.random.default_rng(1)
    count = 1_000_000
    times, service = np.cumsum(rng.exponential(1 / 90, count)), rng.exponential(1.0, count)
    rate = count / _best_s(lambda: Fifo(100).serve(times, service))
    side = (100, 2_000)
    t = np.cumsum(rng.exponential(1 / 3, side), axis=1)
    s = rng.exponential(1.0, side)
    laned = t.size / _best_s(lambda: lanes(t, s, 4))
    for name, value, least in (
        ("FIFO, 100 servers, one trace", rate / SIMPY_PER_S, 35.0),
        ("FIFO, 4 servers, 100 replications in lanes", laned / SIMPY_PER_S, 80.0),
    ):
        row = _row(f"{name}: speed over SimPy's", value, "×")
        row["goal"], row["ok"] = f"at least {least:g}", value >= least
        yield row
    yield from _day("", "a day of 8.64 million requests through 5 nodes")
    yield from _day("sqs_queue", "the same with a queue whose pollers are 82 % busy")


def _day(queue: str, name: str) -> Iterator[Row]:
    out: list[Simulated] = []
    seconds = _best_s(lambda: out.append(five_nodes(queue)), 2)
    found = out[-1]
    arrived = int(found.entries[0].arrived.sum())
    lost = arrived - int(found.of("Shop", "invoke").offered.sum())
    yield _row(f"{name}: CPU", seconds * DAY_S * RPS / arrived, "s", 6.0)
    yield _row(f"{name}: not settled", found.unsettled, "spans", 0.0)
    yield _row(f"{name}: taken by the API, never seen by its function", lost, "requests", 0.0)


def five_nodes(queue: str = "", seconds: int = DAY_S) -> Simulated:
    """Send 8.64 million requests through an API, a function, a database, a table, and a worker.

    The worker takes them from Lambda's own queue of events, or from a queue with five pollers.
    """
    handed = (
        link("Shop", "Mails", "send", mode="async", calls=1.0),
        link("Mails", "Mailer", "invoke", mode="stream", settings={"batch": 10}),
    )
    design = Architecture(
        components=(
            component("Api", "http_api", throttle_rate_rps=1000.0, throttle_burst=2000.0),
            component("Shop", "lambda_function", memory_mb=1024),
            component("Db", "rds_instance", instance_class="db.r6g.xlarge"),
            component("Orders", "dynamodb_table"),
            *((component("Mails", queue),) if queue else ()),
            component("Mailer", "lambda_function", memory_mb=512),
        ),
        links=(
            link("Api", "Shop", "invoke"),
            link("Shop", "Db", "query", calls=1.0),
            link("Shop", "Orders", "write", calls=1.0),
            *(handed if queue else (link("Shop", "Mailer", "event", mode="async", calls=1.0),)),
        ),
    )
    world = case(design)
    model, rng = world.model(), np.random.default_rng(1)
    source = poisson(np.full((1, seconds), RPS), 0.0, rng)
    return simulate_requests(
        model, world.doors(model), source, rng, start_s=0.0, end_s=float(seconds)
    )


def _oracles() -> Iterator[Row]:
    """Ten million requests each, in the relative difference from theory."""
    rng, count = np.random.default_rng(2), 10_000_000

    def come(rate: float) -> FloatArray:
        return np.cumsum(rng.exponential(1 / rate, count))

    times, service = come(90.0), rng.exponential(1.0, count)
    wait = Fifo(100).serve(times, service)[0] - times
    for name, value, exact in (
        ("mean wait", wait.mean(), 0.021694048090637),
        ("P(wait > 0.2 s)", (wait > 0.2).mean(), 0.02935970142895),
        ("p99 wait", np.percentile(wait, 99), 0.30770379413869),
    ):
        yield _row(f"M/M/100: {name}", 100 * (value / exact - 1), "%", 3.0)
    times, service = come(22.0), rng.exponential(1.0, count)
    begins, lost = Fifo(20, 50).serve(times, service)
    yield _row("M/M/20/50: blocking", 100 * (lost.mean() / 0.093951856861766 - 1), "%", 0.5)
    queue = 22.0 * float(np.where(lost, 0.0, begins - times).mean())
    yield _row("M/M/20/50: mean queue", 100 * (queue / 21.261675459226 - 1), "%", 0.5)
    times, service = come(55.0), rng.exponential(1.0, count)
    lost = Fifo(50).serve(times, service, rng.exponential(2.0, count))[1]
    yield _row("Erlang A: give up", 100 * (lost.mean() / 0.10208019462594 - 1), "%", 0.5)


def designs() -> dict[str, tuple[Case, float]]:
    """Return small designs with a flash crowd, and how many users come."""
    table = (component("Api", "http_api"), component("Shop", "lambda_function", memory_mb=512))
    plain = Architecture(
        components=(*table, component("Orders", "dynamodb_table")),
        links=(link("Api", "Shop", "invoke"), link("Shop", "Orders", "write", calls=1.0)),
    )
    reserved = Architecture(
        components=(
            component("Api", "http_api"),
            component("Shop", "lambda_function", memory_mb=512, reserved_concurrency=8),
            component("Orders", "dynamodb_table"),
        ),
        links=plain.links,
    )
    gated = Architecture(
        components=(
            component("Api", "http_api", throttle_rate_rps=60.0, throttle_burst=60.0),
            *table[1:],
            component("Db", "rds_instance", instance_class="db.r6g.large"),
        ),
        links=(link("Api", "Shop", "invoke"), link("Shop", "Db", "query", calls=2.0)),
    )
    return {
        "gate, pool, table": (case(plain, events=CROWD), 50_000.0),
        "pool at its limit": (case(reserved, events=CROWD), 50_000.0),
        "gate at its limit, database": (case(gated, events=CROWD), 50_000.0),
    }


def _against_flows() -> Iterator[Row]:
    for name, (world, users) in designs().items():
        yield from compare(name, world, users)


def compare(name: str, world: Case, users: float, runs: int = 3) -> Iterator[Row]:
    """Return how far the flows are off in the evening hours, by stage and percentile. [%]"""
    model = world.model()
    record = run_day(
        model,
        world.doors(model),
        world.rates(users),
        retry=world.retry,
        keep_states=True,
        minutes=range(FROM_HOUR * 60, TO_HOUR * 60),
    )
    results = [_requests(world, users, seed) for seed in range(runs)]
    for item in model.placed:
        books = [run.of(*item.key) for run in results]
        offered = float(np.mean([book.offered.sum() for book in books]))
        if not offered:
            continue
        p, where = item.port, f"{name}: {item.component}"
        yield _row(f"{where} offered", 100 * (model.v[p.offered] / offered - 1), "%", 2.0)
        refused = float(np.mean([book.refused.sum() for book in books]))
        off = 100 * (model.v[p.refused] - refused) / offered
        yield _row(f"{where} refused, of offered", off, "%", 2.0, f"{refused:.0f} of {offered:.0f}")
        if isinstance(item.stage, Pool):
            kept = float(np.mean([book.kept.mean() for book in books]))
            hours = (TO_HOUR - FROM_HOUR) * 3600
            pool = model.v[p.own + 2] / hours
            yield _row(f"{where} pool", 100 * (pool / kept - 1), "%", 2.0, f"{kept:.2f}")
            cold = float(np.mean([book.cold.sum() for book in books]))
            off = 100 * (model.v[p.own + 3] / max(cold, 1e-9) - 1)
            yield _row(
                f"{where} cold starts", off, "%", 15.0 if cold >= 30 else None, f"{cold:.0f}"
            )
    seconds = np.concatenate([run.entries[0].seconds() for run in results])
    shares = [[0.0]] * (FROM_HOUR * 60) + record.arrived
    rng = np.random.default_rng(9)
    drawn = over_day(
        model, world.doors(model), record.snapshots, shares, rng, count=40_000, moments=40
    )
    if drawn is not None:
        seen = np.percentile(seconds, (50, 95, 99)) * 1000.0
        values = (drawn.p50_ms, drawn.p95_ms, drawn.p99_ms)
        for share, flow, exact, most in zip((50, 95, 99), values, seen, (3, 5, 8), strict=True):
            off = 100 * (flow / exact - 1)
            yield _row(f"{name}: p{share}", off, "%", float(most), f"{exact:.1f} ms")


def _requests(world: Case, users: float, seed: int) -> Simulated:
    model, rng = world.model(), np.random.default_rng(seed)
    first = FROM_HOUR * 3600 - 900
    rates = world.rates(users).seconds[:, first : TO_HOUR * 3600]
    return simulate_requests(
        model,
        world.doors(model),
        poisson(rates, float(first), rng),
        rng,
        start_s=float(first + 900),
        end_s=float(TO_HOUR * 3600),
        client=Client(world.retry.attempts, world.retry.delay_s),
        warm_up_s=900.0,
    )
