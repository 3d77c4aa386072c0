"""What a pool remembers: its concurrency over the last idle life, in a few slots.

References
----------
.. [1] N. Mahmoudi, H. Khazaei, "SimFaaS: A Performance Simulator for Serverless Computing
   Platforms", CLOSER 2021 (measurements on AWS Lambda): environments live on idle for a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from apps.engine.stages.base import State
from apps.engine.stages.environments import ROUNDING, law, ratio_key

# A moment is forgotten when its generation is: at the idle limit, give or take a half of one.
GENERATIONS = 5
# Number of the table, seconds into this generation, weight of this one, the others, mean weight
# of them all, environments, and their growth with that weight.
KEY, CLOCK, NOW, PAST, WHOLE = 0, 1, 2, 3, 3 + GENERATIONS
POOL, GROWTH, SLOTS = WHOLE + 1, WHOLE + 2, WHOLE + 3
# So much of an idle limit is remembered, so that with what comes late it is a whole one.
SPAN = GENERATIONS / (GENERATIONS + 0.5)
# A table is kept until the duration is so many roundings away from where it was made.
SLACK = 0.75
NEVER, ALIKE, FAR = -500.0, 0.5, 30.0

Observe = Callable[[float, float], tuple[float, float]]


def start(at: int, v: State) -> None:
    """Begin with a pool that was never used.

    Parameters
    ----------
    at : int
        The first of the memory's slots.
    v : list of float
        The flat state, which is written.
    """
    v[at + KEY] = -1.0
    v[at + POOL] = v[at + GROWTH] = 0.0
    for slot in range(at + NOW, at + WHOLE + 1):
        v[slot] = NEVER


def shrink(at: int, v: State, left: float) -> None:
    """Leave only a share of the environments, as if so much less had been asked for.

    Parameters
    ----------
    at : int
        The first of the memory's slots.
    v : list of float
        The flat state, which is written.
    left : float
        Share that is left. [-]
    """
    if left <= 0.0 or v[at + KEY] < 0.0:
        start(at, v)
        return
    rule = law(int(v[at + KEY]))
    for slot in range(at + NOW, at + WHOLE + 1):
        if v[slot] > NEVER:
            v[slot] = rule.weight(left * rule.mean(v[slot]))
    v[at + POOL], v[at + GROWTH] = rule.pool(v[at + WHOLE])


def remember(at: int, v: State, dt: float, idle_s: float) -> Observe:
    """Return a function that adds a step to the memory of a pool.

    Parameters
    ----------
    at : int
        The first of the memory's slots.
    v : list of float
        The flat state.
    dt : float
        Length of a step. [s]
    idle_s : float
        An environment idle for longer is gone. [s]

    Returns
    -------
    callable
        (mean concurrency [count], mean duration [s]) → (environments [count], how many begin in
        the step [count]).

    Notes
    -----
    The pool P is that of the mean weight A over the last idle limit T, see `environments.law`.
    A step of weight w adds ``w dt / T`` and what is older than T is forgotten. While A goes
    evenly from A0 to A1, ``w dt / T (P1 - P0) / (A1 - A0)`` environments begin, and what P1 - P0
    is less ends. Weights are kept as logarithms.

    References
    ----------
    .. [1] N. Mahmoudi, H. Khazaei, "SimFaaS: A Performance Simulator for Serverless Computing
       Platforms", CLOSER 2021, whose traces of AWS Lambda show the order of reuse and the idle
       limit.
    """
    whole, kept, growth = at + WHOLE, at + POOL, at + GROWTH
    key, mine, least, most = at + KEY, -2.0, 0.0, 0.0
    weight, _, pool = law(0)
    advance, exp, expm1 = _advancing(at, v, dt, idle_s), math.exp, math.expm1
    part = math.log(dt / (idle_s * SPAN))

    def observe(mean: float, lasts: float) -> tuple[float, float]:
        nonlocal mine, least, most, weight, pool
        if v[key] != mine or not least < lasts < most:
            mine, least, most = _tune(at, v, idle_s, lasts)
            weight, _, pool = law(int(mine))
        now = weight(mean)
        before, had, had_growth = v[whole], v[kept], v[growth]
        v[whole] = total = advance(now)
        environments, v[growth] = pool(total)
        v[kept] = environments
        rise, change, share = total - before, environments - had, exp(now + part - total)
        if -ALIKE < rise < ALIKE:
            begun = share * (had_growth + v[growth]) / 2.0 * (1.0 + rise / 2.0)
        else:
            begun = share * change / -expm1(-rise) if rise > -FAR else 0.0
        return environments, change + (begun - change) * SPAN

    return observe


def _advancing(at: int, v: State, dt: float, idle_s: float) -> Callable[[float], float]:
    """Return a function that takes in the weight of a step and answers with the mean weight."""
    clock, now, first, end = at + CLOCK, at + NOW, at + PAST, at + PAST + GENERATIONS
    length = idle_s * SPAN / GENERATIONS
    part, norm = math.log(dt / length), math.log(GENERATIONS)
    exp, log, log1p = math.exp, math.log, math.log1p

    def turn(weight: float, spent: float) -> float:
        """Close this generation, and as many more as the step fills; return the clock."""
        missing = 1.0 - v[clock] / length
        full = weight + log(missing) if missing > 0.0 else NEVER
        older, passed = v[now], int(spent / length)
        top, low = (full, older) if full > older else (older, full)
        fresh = [weight] * (passed - 1) + [top + log1p(exp(low - top))]
        v[first:end] = (fresh + v[first:end])[:GENERATIONS]
        spent -= passed * length
        v[now] = weight + log(spent / length) if spent > 1e-9 else NEVER
        return spent

    def advance(weight: float) -> float:
        spent = v[clock] + dt
        if spent < length:
            step, had = weight + part, v[now]
            v[now] = had + log1p(exp(step - had)) if had > step else step + log1p(exp(had - step))
        else:
            spent = turn(weight, spent)
        v[clock] = spent
        past = v[now:end]
        top, oldest = max(past), past.pop()
        total = exp(oldest - top) * (1.0 - spent / length)
        for one in past:
            total += exp(one - top)
        return top + log(total) - norm

    def forget_all(weight: float) -> float:
        """Take in a step that lasts longer than the memory."""
        v[clock], v[now], v[first:end] = 0.0, NEVER, [weight] * GENERATIONS
        return weight

    return forget_all if dt >= idle_s else advance


def _tune(at: int, v: State, idle_s: float, lasts: float) -> tuple[float, float, float]:
    """Use the table of the duration, and say between which durations it is good.

    The memory is carried over as the concurrencies that its weights stand for.
    """
    had, ratio = v[at + KEY], idle_s / max(lasts, 1e-9)
    key = ratio_key(ratio)
    if had >= 0.0:
        exact = math.log(max(ratio, 1.0)) / ROUNDING
        key = int(had) if abs(exact - had) <= SLACK else key
        if key != had:
            _carry_over(at, v, int(had), key)
    v[at + KEY] = float(key)
    least = math.exp(-(key + SLACK) * ROUNDING) * idle_s
    most = math.exp(-(key - SLACK) * ROUNDING) * idle_s if key else math.inf
    return float(key), least, most


def _carry_over(at: int, v: State, had: int, key: int) -> None:
    old, new = law(had), law(key)
    for slot in range(at + NOW, at + WHOLE + 1):
        if v[slot] > NEVER:
            v[slot] = new.weight(old.mean(v[slot]))
    v[at + POOL], v[at + GROWTH] = new.pool(v[at + WHOLE])
