"""One pool, request by request: how fast, beside SimFaaS and a C loop measured in the same run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.requests.laws import Service, poisson
from apps.engine.requests.pool import simulate_pool
from apps.engine.stages.mru.exact import exact_pool
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from tests.bench.others import rates

if TYPE_CHECKING:
    from tests.bench.run import Row

SERVICE_S, COLD_S, IDLE_S = 2.016, 2.163, 600.0
# Arrivals a second, requests, and the goal as a multiple of SimFaaS.
POOLS = ((0.9, 500_000, 30), (10.0, 4_000_000, 200), (100.0, 10_000_000, 1000),
         (1000.0, 10_000_000, 6500))  # fmt: skip
C_GOAL = 0.8
SOURCE = Path(__file__).with_name("heap_loop.c")


def measure() -> list[Row]:
    """Return speeds and ratios."""
    rows: list[Row] = []
    others = rates()
    for rate, count, goal in POOLS:
        ours = max(_ours(rate, count) for _ in range(3))
        rows.append({"name": f"requests a second of CPU, {rate:g}/s", "value": ours, "unit": "1/s"})
        theirs = others.get(f"simfaas {rate:g}/s")
        if theirs:
            ratio = ours / theirs
            rows.append(_goal(f"of SimFaaS, {rate:g}/s", ratio, goal))
        loop = _c_loop(rate, count)
        if loop and rate >= 100.0:
            rows.append(_goal(f"of a gcc -O2 heap loop, {rate:g}/s", ours / loop, C_GOAL))
    rows.append(_exact())
    rows += _against_theory()
    return rows


def _goal(name: str, ratio: float, goal: float) -> Row:
    return {
        "name": name,
        "value": ratio,
        "unit": "ratio",
        "goal": f"at least {goal:g}",
        "ok": ratio >= goal,
    }


def _ours(rate: float, count: int) -> float:
    arriving, serving = np.random.default_rng(1).spawn(2)
    start = time.process_time()
    result = simulate_pool(
        poisson(rate, count / rate, arriving),
        Service(SERVICE_S, COLD_S),
        Rules(Life.single(IDLE_S)),
        serving,
        expected=float(count),
    )
    return result.totals.requests / (time.process_time() - start)


def _c_loop(rate: float, count: int) -> float | None:
    """Return requests per CPU second of the C loop; None without a compiler."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "heap_loop"
        subprocess.run([compiler, "-O2", "-o", program, SOURCE, "-lm"], check=True, timeout=60)
        arguments = [str(value) for value in (rate, SERVICE_S, IDLE_S, count)]
        runs = [
            subprocess.run(
                [program, *arguments], check=True, timeout=120, capture_output=True, text=True
            ).stdout
            for _ in range(3)
        ]
    return max(float(run.split()[0]) for run in runs)


def _exact() -> Row:
    spent = []
    for _ in range(5):
        start = time.process_time()
        exact_pool(100.0, 2.0, 600.0)
        spent.append(1000.0 * (time.process_time() - start))
    return {
        "name": "exact pool of 200 busy environments",
        "value": min(spent),
        "unit": "ms",
        "goal": "at most 20",
        "ok": min(spent) <= 20.0,
    }


def _against_theory() -> list[Row]:
    """Return how far 10 million requests lie from the exact pool, the beginning left out."""
    exact = exact_pool(10.0, SERVICE_S, 60.0)
    totals = []
    for until_s in (1e4, 1e6):
        arriving, serving = np.random.default_rng(3).spawn(2)
        totals.append(
            simulate_pool(
                poisson(10.0, until_s, arriving),
                Service(SERVICE_S, SERVICE_S),
                Rules(Life.single(60.0)),
                serving,
                expected=10.0 * until_s,
                horizon_s=until_s,
            ).totals
        )
    first, whole = totals
    cold = (whole.cold - first.cold) / (whole.requests - first.requests)
    kept = (whole.environment_s - first.environment_s) / (whole.horizon_s - first.horizon_s)
    errors = (("cold share", cold / exact.cold_share, 0.02),
              ("environments", kept / exact.environments, 0.001))  # fmt: skip
    return [
        {
            "name": f"{name} of 10 million requests against theory",
            "value": abs(ratio - 1.0),
            "unit": "relative",
            "goal": f"at most {most:g}",
            "ok": abs(ratio - 1.0) <= most,
        }
        for name, ratio, most in errors
    ]
