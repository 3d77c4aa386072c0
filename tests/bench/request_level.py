"""How fast one pool is simulated, chance included, beside a loop in C and beside SimFaaS.

SimFaaS's speeds were published of another machine. They are brought to this one by the loop in
C, whose speed there is known too; where SimFaaS is installed it is measured here as well.

Run ``python -m tests.bench.request_level`` for these figures alone.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from apps.engine.requests.one_pool import Simulated, simulate_pool
from apps.engine.requests.services import Exponential
from apps.engine.requests.streams import poisson
from apps.engine.stages.mru.exact import steady_pool
from apps.engine.stages.mru.life import MEASURED, Life
from apps.engine.stages.mru.rules import Rules

C_SOURCE = Path(__file__).with_name("pool.c")
WARM_S, COLD_S, IDLE_S = 2.016, 2.163, 600.0
# Millions of requests per second of CPU, on the machine where both were published.
SIMFAAS = {0.9: 0.088, 10.0: 0.046, 100.0: 0.0105, 1000.0: 0.0016}
C_LOOP = {0.9: 51.1, 10.0: 22.5, 100.0: 15.7, 1000.0: 12.3}
# How many times SimFaaS, and how much of the loop in C, is asked for.
TIMES_SIMFAAS = {0.9: 30.0, 10.0: 200.0, 100.0: 1000.0, 1000.0: 6500.0}
OF_C_LOOP = {100.0: 0.8, 1000.0: 0.8}
REQUESTS = {0.9: 500_000, 10.0: 4_000_000, 100.0: 6_000_000, 1000.0: 6_000_000}
ROUNDS = 3
Row = dict[str, Any]


def run(
    rate: float,
    requests: float,
    rules: Rules,
    *,
    warm_s: float = WARM_S,
    cold_s: float = COLD_S,
    seed: int = 1,
) -> Simulated:
    service, horizon_s = Exponential(warm_s, cold_s), requests / rate
    return simulate_pool(poisson(rate), service, rules, horizon_s=horizon_s, seed=seed)


def headroom_speed(rate: float, requests: int, rules: Rules) -> float:
    """Return millions of requests per second of CPU, percentiles included."""
    start = time.process_time()
    run(rate, requests, rules)
    return requests / (time.process_time() - start) / 1e6


def c_loop(folder: str) -> Path | None:
    """Compile the loop in C, where there is a compiler."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    program = Path(folder) / "pool"
    subprocess.run([compiler, "-O2", "-o", program, C_SOURCE, "-lm"], check=True)
    return program


def c_speed(program: Path, rate: float, requests: int) -> float:
    done = subprocess.run(
        [program, str(rate), str(requests)], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[0]) / 1e6


def installed_simfaas() -> dict[str, float]:
    """Return requests per second of CPU of SimFaaS here; empty where it is not installed."""
    name = "tests.bench.others"
    if importlib.util.find_spec(name) is None:
        return {}
    rates: dict[str, float] = importlib.import_module(name).rates()
    return rates


def measure() -> list[Row]:
    """Return the speeds, the ratios with their goals, and the errors against theory."""
    rows: list[Row] = []
    others, rules = installed_simfaas(), Rules(Life.single(IDLE_S))
    with tempfile.TemporaryDirectory() as folder:
        program = c_loop(folder)
        for rate, requests in REQUESTS.items():
            ours = theirs = 0.0
            # By turns, so that what else the machine does strikes both.
            for _ in range(ROUNDS):
                ours = max(ours, headroom_speed(rate, requests, rules))
                if program is not None:
                    theirs = max(theirs, c_speed(program, rate, requests))
            rows += speed_rows(rate, ours, theirs, others)
    rows.append(row("one pool, life cycle as measured, 100/s",
                    headroom_speed(100.0, 1_000_000, Rules(MEASURED)), "M req/s"))  # fmt: skip
    rows.append(row("one pool, full at its limit of 1,000, 1000/s",
                    headroom_speed(1000.0, 1_000_000, Rules(Life.single(IDLE_S), 1000.0)),
                    "M req/s"))  # fmt: skip
    return rows + list(theory_rows()) + [exact_row()]


def speed_rows(
    rate: float, ours: float, c_loop_here: float, others: dict[str, float]
) -> Iterator[Row]:
    case = f"one pool, {rate:g}/s"
    yield row(case, ours, "M req/s")
    slower = 1.0
    if c_loop_here:
        slower = c_loop_here / C_LOOP[rate]
        yield row(f"{case}, gcc -O2 heap loop without chance", c_loop_here, "M req/s")
        yield row(f"{case}, of the gcc heap loop", ours / c_loop_here, "x", OF_C_LOOP.get(rate))
    published = row(
        f"{case}, of SimFaaS as published", ours / (SIMFAAS[rate] * slower), "x",
        TIMES_SIMFAAS[rate],
    )  # fmt: skip
    yield published | {"note": f"its {SIMFAAS[rate]:g} M req/s times {slower:.2f}, by the C loop"}
    here = others.get(f"simfaas {rate:g}/s")
    if here:
        yield row(f"{case}, of SimFaaS measured here", ours * 1e6 / here, "x", TIMES_SIMFAAS[rate])


def theory_rows() -> Iterator[Row]:
    """Oracles 18c to 18e, ten times a million requests after the pool has filled."""
    for name, rate, mean_s, idle_s in (
        ("18c", 10.0, 2.016, 600.0),
        ("18d", 10.0, 2.016, 60.0),
        ("18e", 100.0, 2.0, 600.0),
    ):
        seen = [batch(seed, rate, mean_s, idle_s) for seed in range(10)]
        steady = steady_pool(rate, mean_s, idle_s)
        kept, cold = zip(*seen, strict=True)
        yield error_row(f"oracle {name}, environments", kept, steady.mean_environments)
        yield error_row(f"oracle {name}, cold starts", cold, steady.cold_share)


def batch(seed: int, rate: float, mean_s: float, idle_s: float) -> tuple[float, float]:
    """Return the mean environments and the cold share of a million requests."""
    rules, filling = Rules(Life.single(idle_s)), 5.0 * idle_s * rate
    first, whole = (
        run(rate, count, rules, warm_s=mean_s, cold_s=mean_s, seed=seed).totals
        for count in (filling, filling + 1e6)
    )
    kept_s = whole.environment_s - first.environment_s
    cold = (whole.cold - first.cold) / (whole.requests - first.requests)
    return kept_s / (whole.horizon_s - first.horizon_s), cold


def exact_row() -> Row:
    spent = []
    for _ in range(5):
        start = time.process_time()
        steady_pool(1000.0, 2.0, 600.0)
        spent.append(1e3 * (time.process_time() - start))
    name, value = "closed form at a load of 2,000", min(spent)
    return {"name": name, "value": value, "unit": "ms", "goal": "at most 20", "ok": value <= 20.0}


def error_row(name: str, values: Sequence[float], truth: float) -> Row:
    mean, error = statistics.fmean(values), statistics.stdev(values) / math.sqrt(len(values))
    off = abs(mean - truth) / error
    made = {
        "name": name,
        "value": off,
        "unit": "std. errors",
        "goal": "at most 3",
        "ok": off <= 3.0,
    }
    share = 100.0 * abs(mean / truth - 1.0)
    return made | {"note": f"{share:.3f} % off; one standard error is {100 * error / truth:.3f} %"}


def row(name: str, value: float, unit: str, least: float | None = None) -> Row:
    made: Row = {"name": name, "value": value, "unit": unit}
    if least is not None:
        made |= {"goal": f"at least {least:g}", "ok": value >= least}
    return made


def main() -> None:
    rows = measure()
    for each in rows:
        mark = {True: "ok", False: "MISS", None: ""}[each.get("ok")]
        figure = f"{each['value']:.4g} {each['unit']}"
        sys.stderr.write(f"{mark:<5}{each['name']:<52}{figure:>18}  {each.get('goal', '')}\n")
    sys.stdout.write(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
