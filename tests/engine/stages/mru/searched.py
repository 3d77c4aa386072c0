"""A pool that searches all its environments at every request, with limits, ramp and all."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.mru.rules import Rules


@dataclass(slots=True)
class Environment:
    free_s: float
    born_s: float
    is_provisioned: bool = False
    number: int = -1


@dataclass(slots=True)
class Searched:
    cold: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    # Which environment served, by the number of its first request; -1 where refused.
    served_by: list[int] = field(default_factory=list)
    environment_s: float = 0.0


def searched_pool(
    times: NDArray[np.float64], warm: NDArray[np.float64], cold: NDArray[np.float64], rules: Rules
) -> Searched:
    """Search all environments at every request; the horizon is the last arrival."""
    everything = [Environment(-1e9, 0.0, True) for _ in range(rules.ready)]
    seen, horizon = Searched(), float(times[-1])
    tokens, then = rules.saved, 0.0
    for i, now in enumerate(times.tolist()):
        _drop_old(everything, now, rules, seen, horizon)
        one, lasts = _free(everything, now, rules, seen, horizon), float(warm[i])
        if one is None:
            full = sum(each.free_s > now for each in everything) + 1 > rules.limit
            if not full:
                tokens, then = min(rules.saved, tokens + rules.ramp_per_s * (now - then)), now
            if full or tokens < 1.0 - 1e-9:
                seen.refused.append(i)
                seen.durations.append(0.0)
                seen.served_by.append(-1)
                continue
            one, lasts = Environment(now, now, number=i), float(cold[i])
            tokens -= 1.0
            seen.cold.append(i)
            everything.append(one)
        one.free_s = now + lasts
        seen.durations.append(lasts)
        seen.served_by.append(one.number)
    for each in everything:
        _count(each, rules, seen, horizon)
    return seen


def _drop_old(
    everything: list[Environment], now: float, rules: Rules, seen: Searched, horizon: float
) -> None:
    for each in [*everything]:
        is_old = each.free_s - each.born_s >= rules.life.max_age_s
        if each.free_s <= now and is_old and not each.is_provisioned:
            everything.remove(each)
            _count(each, rules, seen, horizon)


def _free(
    everything: list[Environment], now: float, rules: Rules, seen: Searched, horizon: float
) -> Environment | None:
    while True:
        idle = [each for each in everything if each.free_s <= now]
        for each in idle:
            if each.is_provisioned:
                return each
        if not idle:
            return None
        top = max(idle, key=lambda each: (each.free_s, each.born_s))
        life = rules.life
        if now - top.free_s <= (life.last_s if len(everything) == 1 else life.others_s):
            return top
        everything.remove(top)
        _count(top, rules, seen, horizon)


def _count(each: Environment, rules: Rules, seen: Searched, horizon: float) -> None:
    if each.is_provisioned:
        seen.environment_s += horizon
    else:
        seen.environment_s += min(each.free_s + rules.life.counted_s, horizon) - each.born_s
