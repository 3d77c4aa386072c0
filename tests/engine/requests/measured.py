"""What was measured on AWS Lambda, and what a life cycle makes of the same traffic."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.engine.requests.life_estimate import Use
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun

Floats = NDArray[np.float64]

EXPERIMENTS = Path(__file__).with_name("aws_lambda_experiments.csv")
TRACES = Path(__file__).resolve().parents[4] / "shared" / "engine" / "traces"
# The experiments count an environment for so long after its last request.
COUNTED_S = 600.0


@dataclass(frozen=True)
class Experiments:
    """Twenty rows: what was asked, and what was measured; all arrays have shape (20,)."""

    rate_per_s: Floats
    warm_s: Floats
    cold_s: Floats
    cold_share: Floats
    cold_share_error: Floats
    environments: Floats


def read_experiments() -> Experiments:
    with EXPERIMENTS.open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))

    def column(name: str) -> Floats:
        return np.array([float(row[name]) for row in rows])

    return Experiments(
        column("arrival_rate_per_s"),
        column("warm_service_s"),
        column("cold_service_s"),
        column("p_cold"),
        column("p_cold_se"),
        column("mean_environments"),
    )


def modelled(life: Life, requests: int, seed: int) -> tuple[Floats, Floats]:
    """Return cold shares and environments of the twenty, from so many requests each.

    Each has a seed of its own, so that their errors do not add up.
    """
    rows, rules = read_experiments(), Rules(replace(life, count_idle_s=COUNTED_S))
    cold, environments = [], []
    for row, (rate, warm_s, cold_s) in enumerate(
        zip(rows.rate_per_s, rows.warm_s, rows.cold_s, strict=True)
    ):
        chance, run = np.random.default_rng([seed, row]), PoolRun(rules)
        times = np.cumsum(chance.standard_exponential(requests)) / rate
        run.serve(times, np.full(requests, warm_s), np.full(requests, cold_s))
        totals = run.totals(float(times[-1]))
        cold.append(totals.cold_share)
        environments.append(totals.mean_environments)
    return np.array(cold), np.array(environments)


def errors(model: Iterable[float], truth: Floats) -> Floats:
    """Return absolute errors in per cent of the truth."""
    return 100.0 * np.abs(np.asarray(model) - truth) / truth


def traces() -> list[Path]:
    return sorted(TRACES.glob("*.csv.gz"))


def read_uses(path: Path) -> list[Use]:
    """Return the requests of a trace, sorted by their start, as the client saw them."""
    names = ("client_start_time", "client_elapsed_time", "is_cold")
    with gzip.open(path, "rt") as file:
        rows = [row for row in csv.DictReader(file) if all(row[name] for name in names)]
    uses = [
        Use(
            float(row[names[0]]),
            float(row[names[0]]) + float(row[names[1]]),
            row[names[2]] == "True",
            row["inst_id"] + row["vm_id"],
        )
        for row in rows
    ]
    return sorted(uses, key=lambda use: use.start_s)


def read_trace(path: Path) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return when requests came, how long they took as the client saw it, and which were cold."""
    uses = read_uses(path)
    start = np.array([use.start_s for use in uses])
    lasted = np.array([use.end_s for use in uses]) - start
    return start - start[0], lasted, np.array([use.is_cold for use in uses])


def replayed(path: Path, life: Life) -> tuple[int, int]:
    """Return how many are cold in the last three quarters: in the model, and measured."""
    times, lasted, is_cold = read_trace(path)
    warm = np.where(is_cold, np.median(lasted[~is_cold]), lasted)
    cold = np.where(is_cold, lasted, lasted[is_cold].mean())
    new, _ = PoolRun(Rules(life)).serve(times, warm, cold)
    late = times[-1] / 4.0
    return int((times[new] > late).sum()), int((times[is_cold] > late).sum())
