"""Pools in a few plain lines each: what every faster way is held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from apps.engine.stages.mru.life import Life


class Seen(NamedTuple):
    """Indices of cold and refused requests, durations, lives, and the last arrival. [s]

    `lasts` has how long each request took, 0 where refused; `lives` from when to when each
    environment was there, as if nothing came after the last arrival.
    """

    cold: list[int]
    refused: list[int]
    lasts: list[float]
    lives: list[tuple[float, float]]
    horizon_s: float

    @property
    def environment_s(self) -> float:
        """Time integral of environments up to the last arrival. [s]"""
        return sum(min(died, self.horizon_s) - born for born, died in self.lives)


def most_recently_used(
    arrivals: Sequence[float],
    warm: Sequence[float],
    cold: Sequence[float],
    life: Life,
    limit: float = math.inf,
) -> Seen:
    """Serve from a stack of (release, birth), with the whole life cycle."""
    busy: list[tuple[float, float]] = []
    idle: list[tuple[float, float]] = []
    seen = Seen([], [], [], [], arrivals[-1])
    for i, now in enumerate(arrivals):
        while busy and busy[0][0] <= now:
            release, born = heappop(busy)
            if release - born < life.max_age_s:
                idle.append((release, born))
            else:
                seen.lives.append((born, release + life.counted_s))
        birth = None
        while idle:
            release, born = idle.pop()
            longest = life.last_s if not idle and not busy else life.others_s
            if now - release <= longest:
                birth = born
                break
            seen.lives.append((born, release + life.counted_s))
        if birth is None and len(busy) >= limit:
            seen.refused.append(i)
            seen.lasts.append(0.0)
            continue
        if birth is None:
            seen.cold.append(i)
        lasts = cold[i] if birth is None else warm[i]
        seen.lasts.append(lasts)
        heappush(busy, (now + lasts, now if birth is None else birth))
    for release, born in idle + busy:
        seen.lives.append((born, release + life.counted_s))
    return seen


def newest_created(
    arrivals: Sequence[float],
    warm: Sequence[float],
    cold: Sequence[float],
    idle_s: float,
    limit: float = math.inf,
) -> Seen:
    """Serve from the environment that was born last, as SimFaaS does."""
    busy: list[tuple[float, float]] = []
    idle: list[tuple[float, float]] = []  # (minus birth, release)
    seen = Seen([], [], [], [], arrivals[-1])
    for i, now in enumerate(arrivals):
        while busy and busy[0][0] <= now:
            release, born = heappop(busy)
            heappush(idle, (-born, release))
        birth = None
        while idle:
            negative, release = heappop(idle)
            if now - release <= idle_s:
                birth = -negative
                break
            seen.lives.append((-negative, release + idle_s))
        if birth is None and len(busy) >= limit:
            seen.refused.append(i)
            seen.lasts.append(0.0)
            continue
        if birth is None:
            seen.cold.append(i)
        lasts = cold[i] if birth is None else warm[i]
        seen.lasts.append(lasts)
        heappush(busy, (now + lasts, now if birth is None else birth))
    for negative, release in idle:
        seen.lives.append((-negative, release + idle_s))
    for release, born in busy:
        seen.lives.append((born, release + idle_s))
    return seen
