"""Pools in a few plain lines each: what every faster way is held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from apps.engine.stages.mru.life import Life


class Seen(NamedTuple):
    """Indices of cold and refused requests, and the time integral of environments [s]."""

    cold: list[int]
    refused: list[int]
    environment_s: float


def most_recently_used(
    arrivals: Sequence[float],
    warm: Sequence[float],
    cold: Sequence[float],
    life: Life,
    limit: float = math.inf,
) -> Seen:
    """Serve from a stack of (release, birth), with the whole life cycle."""
    horizon = arrivals[-1]
    busy: list[tuple[float, float]] = []
    idle: list[tuple[float, float]] = []
    new, refused, alive = [], [], 0.0
    for i, now in enumerate(arrivals):
        while busy and busy[0][0] <= now:
            release, born = heappop(busy)
            if release - born < life.max_age_s:
                idle.append((release, born))
            else:
                alive += min(release + life.counted_s, horizon) - born
        birth = None
        while idle:
            release, born = idle.pop()
            longest = life.last_s if not idle and not busy else life.others_s
            if now - release <= longest:
                birth = born
                break
            alive += min(release + life.counted_s, horizon) - born
        if birth is None and len(busy) >= limit:
            refused.append(i)
            continue
        if birth is None:
            new.append(i)
        lasts = cold[i] if birth is None else warm[i]
        heappush(busy, (now + lasts, now if birth is None else birth))
    for release, born in idle + busy:
        alive += min(release + life.counted_s, horizon) - born
    return Seen(new, refused, alive)


def newest_created(
    arrivals: Sequence[float],
    warm: Sequence[float],
    cold: Sequence[float],
    idle_s: float,
    limit: float = math.inf,
) -> Seen:
    """Serve from the environment that was born last, as SimFaaS does."""
    horizon = arrivals[-1]
    busy: list[tuple[float, float]] = []
    idle: list[tuple[float, float]] = []  # (minus birth, release)
    new, refused, alive = [], [], 0.0
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
            alive += min(release + idle_s, horizon) + negative
        if birth is None and len(busy) >= limit:
            refused.append(i)
            continue
        if birth is None:
            new.append(i)
        lasts = cold[i] if birth is None else warm[i]
        heappush(busy, (now + lasts, now if birth is None else birth))
    for negative, release in idle:
        alive += min(release + idle_s, horizon) + negative
    for release, born in busy:
        alive += min(release + idle_s, horizon) - born
    return Seen(new, refused, alive)
