"""The flows of some hours beside the single requests of the same hours, design by design."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.engine.fluid.day import Record
from apps.engine.fluid.model import Model, Placed
from apps.engine.graph import Architecture, Component, Link
from apps.engine.headroom.case import Case
from apps.engine.latency import over_day
from apps.engine.requests.graph import Simulated, simulate_requests
from apps.engine.requests.graph_books import StageBook
from apps.engine.requests.graph_source import poisson
from apps.engine.requests.graph_standing import Client
from apps.engine.stages.pool import Pool
from tests.engine.worlds import case, component, link, shop

if TYPE_CHECKING:
    from tests.bench.run import Row

CROWD = [{"name": "crowd", "at": "20:00", "ramp_s": 60, "hold_s": 300, "factor": 4}]
RUSH = [{"name": "rush", "at": "20:00", "ramp_s": 60, "hold_s": 120, "factor": 12}]
FROM_HOUR, TO_HOUR = 18, 22
HOURS_S = 3600.0 * (TO_HOUR - FROM_HOUR)
# Fewer than so many are not compared: their own chance is larger than the goal.
ENOUGH_COLD, ENOUGH_REFUSED = 30, 2000
RUNS = 4


def measure() -> list[Row]:
    """Return one row for each figure: name, value, unit, and where there is one the goal."""
    return [
        row for name, (world, users) in designs().items() for row in compare(name, world, users)
    ]


def _row(name: str, value: float, most: float | None, note: str = "") -> Row:
    row: Row = {"name": name, "value": value, "unit": "%"}
    if most is not None:
        row["goal"], row["ok"] = f"at most {most:g}", bool(abs(value) <= most)
    if note:
        row["note"] = note
    return row


def _api(
    function: dict[str, Any], *more: Component, links: Sequence[Link], **api: Any
) -> Architecture:
    return Architecture(
        components=(
            component("Api", "http_api", **api),
            component("Shop", "lambda_function", memory_mb=512, **function),
            *more,
        ),
        links=(link("Api", "Shop", "invoke"), *links),
    )


def designs() -> dict[str, tuple[Case, float]]:
    """Return small designs with a flash crowd, and how many users come."""
    table, write = component("Orders", "dynamodb_table"), link("Shop", "Orders", "write", calls=1.0)
    plain, limited = (_api(f, table, links=[write]) for f in ({}, {"reserved_concurrency": 8}))
    # Answers that a timeout cuts are failures for one and long answers for the other.
    patient = _api({"timeout_s": 25.0}, table, links=[write])
    slow = {"Shop": {"own_ms": 800.0}}
    gated = _api(
        {},
        component("Db", "rds_instance", instance_class="db.r6g.large"),
        links=[link("Shop", "Db", "query", calls=2.0)],
        throttle_rate_rps=60.0,
        throttle_burst=60.0,
    )
    again = {"client": {"attempts": 3}}
    return {
        "gate, pool, table": (case(plain, events=CROWD), 50_000.0),
        "pool at its limit": (case(limited, events=CROWD), 50_000.0),
        "pool at its limit, clients come again": (case(limited, events=CROWD, **again), 50_000.0),
        "gate at its limit, database": (case(gated, events=CROWD), 50_000.0),
        "slow function, rush": (case(patient, events=RUSH, assume=slow), 5_000.0),
        "queue and worker, rush": (case(shop(), events=RUSH), 20_000.0),
    }


def compare(name: str, world: Case, users: float) -> Iterator[Row]:
    """Return how far the flows are off in the evening hours, by stage and percentile. [%]"""
    model, record = world.run(users, keep_states=True, minutes=range(FROM_HOUR * 60, TO_HOUR * 60))
    results = [_requests(world, users, seed) for seed in range(RUNS)]
    for item in model.placed:
        books = [run.of(*item.key) for run in results]
        if sum(book.offered.sum() for book in books):
            yield from _stage(f"{name}: {item.component}", model, item, books)
    yield from _percentiles(name, world, model, record, results)


def _stage(where: str, model: Model, item: Placed, books: list[StageBook]) -> Iterator[Row]:
    v, p = model.v, item.port
    offered, refused, cold = (
        float(np.mean([getattr(book, name).sum() for book in books]))
        for name in ("offered", "refused", "cold")
    )
    yield _row(f"{where} offered", 100 * (v[p.offered] / offered - 1), 2.0)
    if refused >= ENOUGH_REFUSED:
        off = 100 * (v[p.refused] / refused - 1)
        yield _row(f"{where} refused", off, 2.0, f"{refused:.0f} of {offered:.0f}")
    else:
        off = 100 * (v[p.refused] - refused) / offered
        yield _row(f"{where} refused, of offered", off, 2.0, f"{refused:.0f} of {offered:.0f}")
    if isinstance(item.stage, Pool):
        kept = float(np.mean([book.kept.mean() for book in books]))
        off = 100 * (v[p.own + 2] / HOURS_S / kept - 1)
        yield _row(f"{where} pool", off, 2.0, f"{kept:.2f}")
        off = 100 * (v[p.own + 3] / max(cold, 1e-9) - 1)
        yield _row(
            f"{where} cold starts", off, 15.0 if cold >= ENOUGH_COLD else None, f"{cold:.0f}"
        )


def _percentiles(
    name: str, world: Case, model: Model, record: Record, results: list[Simulated]
) -> Iterator[Row]:
    seconds = np.concatenate([run.entries[0].seconds() for run in results])
    shares = [[0.0]] * (FROM_HOUR * 60) + record.arrived
    rng = np.random.default_rng(9)
    drawn = over_day(
        model, world.doors(model), record.snapshots, shares, rng, count=40_000, moments=40
    )
    if drawn is None:
        return
    seen = np.percentile(seconds, (50, 95, 99)) * 1000.0
    values = (drawn.p50_ms, drawn.p95_ms, drawn.p99_ms)
    for share, flow, exact, most in zip((50, 95, 99), values, seen, (3, 5, 8), strict=True):
        off = 100 * (flow / exact - 1)
        yield _row(f"{name}: p{share}", off, float(most), f"{exact:.1f} ms")


def _requests(world: Case, users: float, seed: int) -> Simulated:
    model, rng = world.model(users), np.random.default_rng(seed)
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
