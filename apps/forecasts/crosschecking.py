"""The busiest minute of a design from the command line: requests beside flows, as JSON or text."""

from __future__ import annotations

import math
from typing import Any

from apps.engine.headroom.crosscheck import MinuteCheck, Pair, StageCheck

SCHEMA = "headroom/simulate-design/1"
_RANKS = ("p50", "p95", "p99")


def as_json(check: MinuteCheck, seed: int) -> dict[str, Any]:
    """Return the check of a minute as others read it; times in ms, counts by minute."""
    return {
        "schema": SCHEMA,
        "minute": clock(check.minute),
        "stages": [_stage(stage) for stage in asked(check)],
        "latency_ms": [
            {
                "component": component,
                "role": role,
                **{name: _pair(pair, 1e3) for name, pair in zip(_RANKS, ranks, strict=True)},
            }
            for (component, role), ranks in zip(check.entries, check.percentiles, strict=True)
        ],
        "seed": seed,
    }


def as_text(check: MinuteCheck, seed: int) -> str:
    """Return the check of a minute as lines of at most 80 columns."""
    lines = [
        f"{clock(check.minute)}, the busiest minute: every request, and in brackets the flows",
        f"{'':<34}{'offered':>20}{'refused':>12}{'kept':>14}",
    ]
    for stage in asked(check):
        name, kept = f"{stage.key[0]} {stage.key[1]}"[:33], stage.kept
        lines.append(
            f"{name:<34}{_told(stage.offered, '.0f'):>20}{_told(stage.refused, '.0f'):>12}"
            f"{_told(kept, '.1f') if kept else '':>14}"
        )
    for (component, role), ranks in zip(check.entries, check.percentiles, strict=True):
        told = zip(_RANKS, ranks, strict=True)
        times = ", ".join(f"{name} {_told(pair, '.0f', 1e3)} ms" for name, pair in told)
        lines.append(f"{component} {role}: {times}")
    return "\n".join([*lines, f"seed {seed}; a count of n is as much as its root off by chance"])


def clock(minute: int) -> str:
    """Return a minute of the day as hours and minutes."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def asked(check: MinuteCheck) -> list[StageCheck]:
    """Return the stages that anybody asked."""
    return [s for s in check.stages if s.offered.flow > 0.5 or s.offered.requests]


def _stage(stage: StageCheck) -> dict[str, Any]:
    component, role, index = stage.key
    return {
        "component": component,
        "role": role,
        "stage": index,
        "offered": _pair(stage.offered),
        "refused": _pair(stage.refused),
        "cold_starts": _pair(stage.cold),
        "environments": _pair(stage.kept) if stage.kept else None,
    }


def _pair(pair: Pair, scale: float = 1.0) -> dict[str, float | None]:
    off = pair.difference
    return {
        "requests": pair.requests * scale,
        "flows": pair.flow * scale,
        "difference": off if math.isfinite(off) else None,
    }


def _told(pair: Pair, form: str, scale: float = 1.0) -> str:
    return f"{pair.requests * scale:{form}} ({pair.flow * scale:{form}})"
