"""Which limit ends it: the one without which the same day would hold."""

from __future__ import annotations

from apps.engine.fluid.day import Record, run_day
from apps.engine.fluid.model import Gauge
from apps.engine.headroom.case import LIFT, Case
from apps.engine.headroom.judge import Judge, Violation
from apps.engine.headroom.search import Found, GaugeKey, Probe
from apps.engine.stages.credits import Credits
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue

# A limit at least this full when the design breaks is what may have broken it.
_FULL = 0.75
_MOST_TRIED = 6
# A limit is lifted so far that it cannot bind, and the day is run with so many more users: the
# next limit may be near, so the second time with hardly any more.
_FURTHER, _HARDLY = 1.25, 1.01
# What refuses depends on the minutes before; what waits, or draws on what was saved, on the day.
_BEFORE = 45


def breaking_gauge(case: Case, judge: Judge, found: Found) -> Gauge | None:
    """Return the limit that the design broke at; None for a bare target.

    Parameters
    ----------
    case : Case
        The design.
    judge : Judge
        Its targets.
    found : Found
        The bracket of its most users.

    Returns
    -------
    Gauge or None
        None where no limit is at fault, as with a path that is slow in itself.

    Notes
    -----
    What stands out may be the victim: a slow or limited callee fills the pools of its callers,
    and retries fill what lies between. So each limit that may be at fault is lifted in turn, the
    likeliest first, and the same minutes are run again with more users than broke them.
    """
    probe = found.breaks or found.holds
    if probe is None or not probe.fullness:
        return None
    likely = _likely(found, probe)
    violation = probe.violation
    if violation is not None and violation.target == "monthly_usd":
        return None
    if violation is None:
        return found.gauges[likely[0]] if likely else None
    for more in (_FURTHER, _HARDLY):
        for key in likely[:_MOST_TRIED]:
            if _holds_without(case, judge, key, more * probe.daily_users, violation):
                return found.gauges[key]
    is_full = bool(likely) and probe.fullness[likely[0]] >= _FULL
    is_refused = bool(likely) and likely[0] in probe.refusing
    return found.gauges[likely[0]] if is_full or is_refused else None


def _likely(found: Found, probe: Probe) -> list[GaugeKey]:
    """Return the limits that may be at fault, the likeliest first.

    First the fullest of those that refused something. A queue that gave messages up is seldom
    the cause; saved credits above their rate refuse nothing.
    """

    def rank(key: GaugeKey) -> tuple[bool, bool, float, GaugeKey]:
        stage = found.gauges[key].placed.stage
        refuses = key in probe.refusing and not isinstance(stage, Queue)
        is_calm = not isinstance(stage, Credits) or refuses
        return (not refuses, not is_calm, -probe.fullness[key], key)

    return [key for key in sorted(probe.fullness, key=rank) if _may_bind(found, probe, key)]


def _may_bind(found: Found, probe: Probe, key: GaugeKey) -> bool:
    if probe.violation is None:
        return True
    gauge = found.gauges[key]
    # Once a victim refuses, its cause is no longer asked for much: it was full before.
    before = found.holds.fullness.get(key, 0.0) if found.holds else 0.0
    if max(before, probe.fullness[key]) >= _FULL / 2.0:
        return True
    # These peak within seconds, between two looks at them.
    is_scaling = isinstance(gauge.placed.stage, Pool) and gauge.limit.gauge == "scaling"
    is_brief = is_scaling or not gauge.limit.grows
    return (is_brief and key in probe.refusing) or probe.uses[key] >= 1.0


def _holds_without(
    case: Case, judge: Judge, key: GaugeKey, daily_users: float, violation: Violation
) -> bool:
    """Say whether the minutes up to a violation hold so many users once a limit is lifted."""
    lifted = case.lifting(key, LIFT)
    model = lifted.model(daily_users)
    remembers = any(isinstance(item.stage, Credits | Queue) for item in model.placed)
    first = 0 if remembers else max(0, violation.minute - _BEFORE)
    seen: list[Violation] = []

    def watch(minute: int, record: Record) -> bool:
        missed = judge.of_minute(record, model, minute)
        if missed is not None:
            seen.append(missed)
        return missed is None

    record = run_day(
        model,
        lifted.doors(model),
        lifted.rates(daily_users),
        retry=lifted.retry,
        probe=watch,
        minutes=range(first, violation.minute + 1),
    )
    return not seen and judge.of_day(record, model) is None
