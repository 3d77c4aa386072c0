"""One Lambda pool from the command line: what was asked, and the answer as JSON or text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apps.engine.facts import Facts
from apps.engine.requests.laws import Law, Service, poisson
from apps.engine.requests.pool import PoolResult, simulate_pool
from apps.engine.stages.mru.exact import exact_pool
from apps.engine.stages.mru.life import MEASURED, Life
from apps.engine.stages.mru.rules import Rules

SCHEMA = "headroom/simulate/1"
# More would take minutes; the shares are as exact with fewer.
MOST_REQUESTS = 3e8
MOST_TRACE_BYTES = 500_000_000
_LONGEST_S = 1e10


class BadQuestion(ValueError):
    """What was asked cannot be simulated; the message is a sentence for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One pool: rates in 1/s, times in s; `idle_limit_s` None for the measured life cycle."""

    rate: float
    warm_s: float
    cold_s: float
    idle_limit_s: float | None
    max_concurrency: float
    duration_s: float
    ramp_per_10_s: float
    service: Law
    cv: float
    seed: int
    own_life: Life | None = None

    def __post_init__(self) -> None:
        for name, value, least in (
            ("rate", self.rate, 1e-12),
            ("warm-s", self.warm_s, 1e-9),
            ("cold-s", self.cold_s, 1e-9),
            ("idle-limit-s", self.idle_limit_s or 0.0, 0.0),
            ("duration-s", self.duration_s, 1e-9),
            ("cv", self.cv, 0.0),
        ):
            if not least <= value <= _LONGEST_S:
                raise BadQuestion(f"--{name} must be a number of at least {least:g}, not {value}.")
        if self.own_life and self.idle_limit_s is not None:
            raise BadQuestion("Give either --idle-limit-s or --life, not both.")
        if not self.max_concurrency >= 1.0:
            raise BadQuestion("--max-concurrency must be at least 1.")
        if not self.ramp_per_10_s >= 0.0 or self.seed < 0:
            raise BadQuestion("--ramp and --seed must be at least 0.")
        if self.rate * self.duration_s > MOST_REQUESTS:
            raise BadQuestion(
                f"{self.rate * self.duration_s:,.0f} requests would take minutes: at most "
                f"{MOST_REQUESTS:,.0f} are simulated. Ask for a shorter --duration-s."
            )

    @property
    def life(self) -> Life:
        """The life cycle of idle environments."""
        if self.own_life:
            return self.own_life
        return MEASURED if self.idle_limit_s is None else Life.single(self.idle_limit_s)

    @property
    def rules(self) -> Rules:
        """How the pool behaves; a ramp of 0 stands for none."""
        ramp = self.ramp_per_10_s or math.inf
        return Rules(self.life, self.max_concurrency, ramp / 10.0, ramp)


def usual_ramp(facts: Facts) -> float:
    """Return the environments that a function may add in 10 s. [count]"""
    return facts.quota("lambda.concurrency_scaling_rate")


def read_life(text: str) -> Life:
    """Return the life cycle in a text such as 640,925,7200. Raises BadQuestion."""
    try:
        last_s, others_s, max_age_s = (float(part) for part in text.split(","))
        return Life(last_s, others_s, max_age_s, source="--life, as given")
    except ValueError as error:
        raise BadQuestion(
            "--life must be three times in seconds, such as 640,925,7200: the idle limit of the "
            "last environment, that of the others, and the maximum age."
        ) from error


def read_trace(path: Path) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the arrival times in a file, one number a line, from the first one on. [s]

    Raises
    ------
    BadQuestion
        If the file is missing, too large, or holds something else.
    """
    try:
        if path.stat().st_size > MOST_TRACE_BYTES:
            raise BadQuestion(f"{path} is larger than {MOST_TRACE_BYTES:,} bytes.")
        times = np.loadtxt(path, dtype=np.float64, ndmin=1, comments="#")
    except OSError as error:
        raise BadQuestion(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BadQuestion(f"{path} must hold one arrival time in seconds a line.") from error
    if times.ndim != 1 or not len(times) or not np.isfinite(times).all():
        raise BadQuestion(f"{path} must hold one arrival time in seconds a line.")
    times.sort()
    return np.asarray(times - times[0])


def answer(question: Question, trace: np.ndarray[Any, np.dtype[np.float64]] | None) -> Answer:
    """Simulate a pool with Poisson arrivals, or with those of a trace."""
    arriving, serving = np.random.default_rng(question.seed).spawn(2)
    service = Service(question.warm_s, question.cold_s, question.service, question.cv)
    if trace is not None:
        parts = np.array_split(trace, 1 + len(trace) // 65_536)
        count = float(len(trace))
        result = simulate_pool(parts, service, question.rules, serving, expected=count)
        return Answer(question, result, is_trace=True)
    result = simulate_pool(
        poisson(question.rate, question.duration_s, arriving),
        service,
        question.rules,
        serving,
        expected=question.rate * question.duration_s,
        horizon_s=question.duration_s,
    )
    return Answer(question, result, is_trace=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the pool did."""

    question: Question
    result: PoolResult
    is_trace: bool

    def as_json(self) -> dict[str, Any]:
        totals, result, life = self.result.totals, self.result, self.question.life
        return {
            "schema": SCHEMA,
            "requests": totals.requests,
            "cold_starts": totals.cold,
            "cold_start_share": totals.cold_share,
            "refused": totals.refused,
            "refused_share": totals.refused_share,
            "mean_environments": totals.mean_environments,
            "mean_busy": totals.mean_busy,
            "latency_ms": {
                name: None if math.isnan(value) else 1000.0 * value
                for name, value in (
                    ("mean", result.mean_s),
                    ("p50", result.p50_s),
                    ("p95", result.p95_s),
                    ("p99", result.p99_s),
                )
            },
            "exact": self.exact(),
            "life": {
                "last_s": life.last_s,
                "others_s": life.others_s,
                "max_age_s": None if math.isinf(life.max_age_s) else life.max_age_s,
                "source": life.source,
                "source_date": life.source_date,
            },
            "duration_s": totals.horizon_s,
            "seed": self.question.seed,
        }

    def exact(self) -> Mapping[str, float] | None:
        """Return the exact means where theory has them: Poisson, one idle limit, no refusal."""
        asked = self.question
        if self.is_trace or not asked.idle_limit_s or self.result.totals.refused:
            return None
        pool = exact_pool(asked.rate, asked.warm_s, asked.idle_limit_s)
        return {"cold_start_share": pool.cold_share, "mean_environments": pool.environments}

    def as_text(self) -> str:
        row = self.as_json()
        times = row["latency_ms"]
        lines = [
            f"{row['requests']:,} requests in {row['duration_s']:,.0f} s",
            f"cold starts    {row['cold_starts']:,} ({row['cold_start_share']:.4%})",
            f"refused        {row['refused']:,} ({row['refused_share']:.4%})",
            f"environments   {row['mean_environments']:.4g} on average, "
            f"{row['mean_busy']:.4g} of them busy",
        ]
        if times["p50"] is not None:
            lines.append(
                f"response       p50 {times['p50']:,.0f} ms, p95 {times['p95']:,.0f} ms, "
                f"p99 {times['p99']:,.0f} ms"
            )
        if row["exact"]:
            lines.append(
                f"in theory      {row['exact']['cold_start_share']:.4%} cold, "
                f"{row['exact']['mean_environments']:.4g} environments in the steady state, "
                "where cold requests last as long as warm ones"
            )
        lines.append(f"idle life from {row['life']['source']}; seed {row['seed']}")
        return "\n".join(lines)
