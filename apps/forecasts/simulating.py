"""One pool of environments, simulated as the command line asks for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from apps.engine.requests.one_pool import PERCENTILES, Simulated
from apps.engine.requests.services import Service, service_of
from apps.engine.requests.streams import Stream, Trace, poisson
from apps.engine.stages.base import FloatArray
from apps.engine.stages.mru.exact import steady_pool
from apps.engine.stages.mru.life import MEASURED, Life
from apps.engine.stages.mru.rules import Rules
from apps.facts.reader import packaged_facts

SCHEMA: Final = "headroom/simulate/1"
# Above this a run takes more than some minutes.
MOST_REQUESTS: Final = 100_000_000
MOST_AT_ONCE: Final = 1_000_000
MOST_TRACE_BYTES: Final = 500_000_000
DAY_S: Final = 86_400.0
WARM_S: Final = 1.0
# Lambda counts its scaling in environments in so many seconds.
RAMP_S: Final = 10.0


class BadQuestion(ValueError):
    """What was asked cannot be simulated; the text says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be simulated."""

    stream: Stream
    service: Service
    rules: Rules
    horizon_s: float
    seed: int


def question_of(options: dict[str, Any]) -> Question:
    """Return the question in the command's options. Raises BadQuestion."""
    _check(options)
    stream, horizon_s = _arrivals(options)
    expected = stream.expected(horizon_s)
    if not expected <= MOST_REQUESTS:
        raise BadQuestion(
            f"That are about {expected:,.0f} requests; at most {MOST_REQUESTS:,} are simulated. "
            "Lower --rate or --duration-s."
        )
    service = service_of(options["service"], _warm_s(options), _cold_s(options), options["cv"])
    return Question(stream, service, rules_of(options), horizon_s, options["seed"])


def _check(options: dict[str, Any]) -> None:
    above = ("rate", "warm_s", "cold_s", "duration_s", "ramp", "cv")
    for name in (*above, "idle_limit_s", "max_concurrency"):
        value, flag = options[name], "--" + name.replace("_", "-")
        if value is None:
            continue
        if not math.isfinite(value):
            raise BadQuestion(f"{flag} must be a finite number.")
        if value < 0.0 or (value == 0.0 and name in above):
            bound = "more than 0" if name in above else "at least 0"
            raise BadQuestion(f"{flag} must be {bound}, not {value:g}.")
    if (options["max_concurrency"] or 0.0) > MOST_AT_ONCE:
        raise BadQuestion(f"--max-concurrency must be at most {MOST_AT_ONCE:,}.")
    if options["seed"] < 0:
        raise BadQuestion(f"--seed must be at least 0, not {options['seed']}.")
    if (options["rate"] is None) == (options["trace"] is None):
        raise BadQuestion("Say when requests come: either --rate, or --trace with their times.")
    if options["idle_limit_s"] is not None and options["life"] is not None:
        raise BadQuestion("Give either --idle-limit-s or --life, not both.")


def _warm_s(options: dict[str, Any]) -> float:
    return WARM_S if options["warm_s"] is None else float(options["warm_s"])


def _cold_s(options: dict[str, Any]) -> float:
    cold_s = options["cold_s"]
    return _warm_s(options) if cold_s is None else float(cold_s)


def _arrivals(options: dict[str, Any]) -> tuple[Stream, float]:
    """Return when requests come, and until when they are looked at. [s]"""
    duration_s = options["duration_s"]
    if options["trace"] is None:
        return poisson(options["rate"]), duration_s or DAY_S
    times = read_times(options["trace"])
    try:
        stream = Trace(times)
    except ValueError as error:
        raise BadQuestion(f"{options['trace']}: {error}") from error
    # The last request comes before the horizon.
    return stream, duration_s or float(np.nextafter(times[-1], math.inf))


def read_times(path: Path) -> FloatArray:
    """Return the numbers in a file, one a line, in seconds. Raises BadQuestion."""
    try:
        if path.stat().st_size > MOST_TRACE_BYTES:
            raise BadQuestion(f"{path}: at most {MOST_TRACE_BYTES:,} bytes are read.")
        text = path.read_text()
    except OSError as error:
        raise BadQuestion(f"{path}: {(error.strerror or 'unreadable').lower()}.") from error
    except UnicodeDecodeError as error:
        raise BadQuestion(f"{path}: is not text.") from error
    lines = text.split()
    try:
        times = np.array(lines, dtype=np.float64)
    except ValueError as error:
        raise BadQuestion(f"{path}: must hold one time in seconds a line.") from error
    if not len(times):
        raise BadQuestion(f"{path}: holds no times.")
    return times


def rules_of(options: dict[str, Any]) -> Rules:
    """Return how the pool behaves: as Lambda was measured, or with one idle limit as asked.

    With an idle limit of its own the pool is the one of the textbooks, so that new
    environments are bounded only where `--ramp` says so.
    """
    facts = packaged_facts("us-east-1")
    limit, ramp = options["max_concurrency"], options["ramp"]
    if limit is None:
        limit = facts.quota("lambda.concurrent_executions")
    if ramp is None and options["idle_limit_s"] is None:
        ramp = facts.quota("lambda.concurrency_scaling_rate")
    ramp = math.inf if ramp is None else ramp
    return Rules(life_of(options), limit, ramp / RAMP_S, ramp)


def life_of(options: dict[str, Any]) -> Life:
    """Return the life cycle of the options, by default the measured one. Raises BadQuestion."""
    if options["idle_limit_s"] is not None:
        return Life.single(options["idle_limit_s"])
    if options["life"] is None:
        return MEASURED
    try:
        last_s, others_s, max_age_s = (float(part) for part in options["life"].split(","))
        return Life(last_s, others_s, max_age_s, source="as given")
    except ValueError as error:
        raise BadQuestion(
            "--life must be three times in seconds, such as 640,1000,7000: the idle limit of the "
            "last environment, that of the others, and the maximum age."
        ) from error


def answer_of(question: Question, result: Simulated) -> dict[str, Any]:
    """Return the answer as JSON has it."""
    totals, latency = result.totals, result.latency
    times = {f"p{share}": latency.percentile_s(share / 100.0) for share in PERCENTILES}
    times |= {"mean": latency.mean_s, "max": latency.most_s}
    life = question.rules.life
    return {
        "schema": SCHEMA,
        "requests": totals.requests,
        "cold_starts": totals.cold,
        "refused": totals.refused,
        "cold_start_share": totals.cold_share,
        "refused_share": totals.refused_share,
        "mean_environments": totals.mean_environments,
        "mean_busy": totals.mean_busy,
        "latency_ms": {name: 1000.0 * value for name, value in times.items()},
        "duration_s": totals.horizon_s,
        "life": {
            "last_s": life.last_s,
            "others_s": life.others_s,
            "max_age_s": life.max_age_s if math.isfinite(life.max_age_s) else None,
            "source": life.source,
        },
        "seed": question.seed,
    }


def exact_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return the equilibrium that theory gives for these options. Raises BadQuestion."""
    if options["rate"] is None or options["idle_limit_s"] is None:
        raise BadQuestion("--exact needs --rate and --idle-limit-s: theory knows one idle limit.")
    if options["service"] != "exponential" or options["ramp"] is not None:
        raise BadQuestion("--exact knows exponential durations, and no --ramp.")
    steady = steady_pool(options["rate"], _warm_s(options), options["idle_limit_s"])
    return {
        "cold_start_share": steady.cold_share,
        "mean_environments": steady.mean_environments,
        "mean_busy": steady.mean_busy,
        "note": "in equilibrium, without a limit, cold requests as long as warm ones",
    }
