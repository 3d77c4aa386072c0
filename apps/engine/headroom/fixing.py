"""What one change buys: the same search once the first limit is lifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apps.engine.headroom.case import LIFT, Case
from apps.engine.headroom.causes import FirstLimit, label_of
from apps.engine.headroom.culprit import breaking_gauge
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.search import Found, GaugeKey, find_most

# Width of the bracket: what a change buys is no promise, and two digits of it are shown.
_TOLERANCE = 0.1


@dataclass(frozen=True, slots=True)
class Fix:
    """The users that are held once the first limit does not bind, and what ends them then.

    `daily_users` is None where nothing binds any more.
    """

    daily_users: float | None
    component: str | None
    limit: str | None
    label: str | None
    gauge: GaugeKey | None


def fix_of(
    case: Case, judge: Judge, found: Found, first: FirstLimit | None, go_on: Callable[[], bool]
) -> Fix | None:
    """Return what lifting the first limit buys, run anew.

    Parameters
    ----------
    case : Case
        The design.
    judge : Judge
        Its targets.
    found : Found
        The bracket of its most users.
    first : FirstLimit or None
        What ends them.
    go_on : callable
        Asked before each probe; raises Stopped when it answers False.

    Returns
    -------
    Fix or None
        None where the first limit is a bare target, which no lifted limit moves.
    """
    if first is None or first.gauge is None or found.breaks is None:
        return None
    lifted = case.lifting(first.gauge, LIFT)
    start = found.breaks.daily_users * _next_is_near(found, first.gauge)
    after = find_most(lifted, judge, start, tolerance=_TOLERANCE, go_on=go_on)
    if after.breaks is None:
        return Fix(None, None, None, None, None)
    gauge = breaking_gauge(lifted, judge, after)
    if gauge is not None:
        limit = gauge.limit
        return Fix(after.daily_users, gauge.component, limit.id, limit.label, gauge.key)
    missed = after.breaks.violation
    if missed is None:
        return Fix(after.daily_users, None, None, None, None)
    target = f"target.{missed.target}"
    return Fix(after.daily_users, missed.component, target, label_of(missed.target), None)


def _next_is_near(found: Found, first: GaugeKey) -> float:
    """Return how many times as many users fill the next limit, by how full it is now."""
    probe = found.holds or found.breaks
    filled = probe.fullness.items() if probe is not None else ()
    growing = [full for key, full in filled if key != first and found.gauges[key].limit.grows]
    fullest = max(growing, default=0.0)
    return min(max(1.0 / fullest, 1.01), 1e3) if fullest > 0.0 else 1e3
