"""Single requests at FIFO stations and through whole designs: speed, and oracles."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.graph import Architecture
from apps.engine.requests.graph import Simulated, simulate_requests
from apps.engine.requests.graph_source import poisson
from apps.engine.stages.base import FloatArray
from apps.engine.stages.fifo import Fifo, lanes
from tests.engine.worlds import case, component, link

if TYPE_CHECKING:
    from tests.bench.run import Row

# SimPy on M/M/100 on a like machine, as measured for the goals. [1/s]
SIMPY_PER_S = 92_000.0
DAY_S, RPS = 86_400, 100.0


def measure() -> list[Row]:
    """Return one row for each figure: name, value, unit, and where there is one the goal."""
    return [*_speed(), *_oracles()]


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
    yield from _day("sqs_queue", "the same, a queue whose pollers are 82 % busy for the table")


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

    The worker takes them from Lambda's own queue of events. With a queue, which has five pollers,
    there is no table, so that the nodes are five again.
    """
    handed = (
        link("Shop", "Mails", "send", mode="async", calls=1.0),
        link("Mails", "Mailer", "invoke", mode="stream", settings={"batch": 10}),
    )
    written = (
        link("Shop", "Orders", "write", calls=1.0),
        link("Shop", "Mailer", "event", mode="async", calls=1.0),
    )
    design = Architecture(
        components=(
            component("Api", "http_api", throttle_rate_rps=1000.0, throttle_burst=2000.0),
            component("Shop", "lambda_function", memory_mb=1024),
            component("Db", "rds_instance", instance_class="db.r6g.xlarge"),
            component("Mails", queue) if queue else component("Orders", "dynamodb_table"),
            component("Mailer", "lambda_function", memory_mb=512),
        ),
        links=(
            link("Api", "Shop", "invoke"),
            link("Shop", "Db", "query", calls=1.0),
            *(handed if queue else written),
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
