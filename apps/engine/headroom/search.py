"""The most users: a secant on the fullest limit, and a bracket of half a per cent."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from apps.engine.fluid.day import MINUTES, Record, run_day
from apps.engine.fluid.model import Gauge, Model
from apps.engine.headroom.beyond import LIMIT_BEYOND as LIMIT_BEYOND
from apps.engine.headroom.case import Case
from apps.engine.headroom.judge import Judge, Violation
from apps.engine.stages.credits import Credits
from apps.engine.stages.queue import Queue
from apps.engine.stages.shared import Shared

FEWEST = 1e-3
# A smaller share of what was offered is rounding, not a refusal.
_REFUSED = 1e-6
# How far a probe goes up, or down, when the fullest limit does not say it.
_SOFTLY = 0.97
_LEAST_FEEL, _FEEL, _FALL = 1.04, 1.25, 2.0
GaugeKey = tuple[str, str, str]


class Stopped(Exception):
    """The person who asked does not want the answer any more."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One number of users tried: whether it held, and how full every limit became.

    `fullness` is use over the use at which the limit begins to matter; `peaks` the minute.
    `refusing` are the limits at whose stage something was refused.
    """

    daily_users: float
    violation: Violation | None
    fullness: Mapping[GaugeKey, float]
    uses: Mapping[GaugeKey, float]
    peaks: Mapping[GaugeKey, int]
    refusing: frozenset[GaugeKey]
    # The fullest of the limits that fill in proportion to the users, and whether what is beyond
    # it waits, or draws on what was saved, before anything is refused.
    fullest: float
    is_soft: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The end of a search: the last number that held, and the first that did not."""

    holds: Probe | None
    breaks: Probe | None
    gauges: Mapping[GaugeKey, Gauge] = field(default_factory=dict)

    @property
    def daily_users(self) -> float | None:
        """Most daily users; None where nothing binds up to 10^8."""
        if self.breaks is None:
            return None
        return self.holds.daily_users if self.holds else FEWEST


def find_most(
    case: Case,
    judge: Judge,
    start: float,
    *,
    tolerance: float = 0.005,
    go_on: Callable[[], bool] = lambda: True,
) -> Found:
    """Return the most daily users that a design holds.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    judge : Judge
        The targets.
    start : float
        A first guess. [daily users]
    tolerance : float
        Width of the bracket, relative. [-]
    go_on : callable
        Asked before each probe; raises Stopped when it answers False.

    Returns
    -------
    Found
        The bracket.

    Raises
    ------
    Stopped
        If `go_on` answers False.

    Notes
    -----
    Most limits fill in proportion to users, so the fullest of them says where the end is; the
    bracket is then closed by bisection. A probe stops at the first target that it misses.
    """
    holds: Probe | None = None
    breaks: Probe | None = None
    before: Probe | None = None
    gauges: dict[GaugeKey, Gauge] = {}
    guess = min(max(start, FEWEST), LIMIT_BEYOND)
    for _ in range(40):
        if not go_on():
            raise Stopped
        probe, model = try_users(case, judge, guess)
        gauges = gauges or {gauge.key: gauge for gauge in model.gauges}
        if probe.violation is None:
            before, holds = holds, probe
            if guess >= LIMIT_BEYOND:
                break
        else:
            breaks = probe
        if _is_closed(holds, breaks, tolerance):
            break
        guess = _next_guess(holds, breaks, before, tolerance)
    return Found(holds, breaks, gauges)


def _is_closed(holds: Probe | None, breaks: Probe | None, tolerance: float) -> bool:
    if breaks is None:
        return False
    low = holds.daily_users if holds else FEWEST
    return breaks.daily_users <= low * (1.0 + tolerance) or breaks.daily_users <= FEWEST


def _next_guess(
    holds: Probe | None, breaks: Probe | None, before: Probe | None, tolerance: float
) -> float:
    """Return what to try next: where the fullest limit points to, kept inside the bracket."""
    if breaks is None:
        return _ahead(holds, before, tolerance) if holds else LIMIT_BEYOND
    if holds is None:
        return max(breaks.daily_users / max(breaks.fullest, _FALL), FEWEST)
    return _between(holds, breaks, tolerance)


def _ahead(holds: Probe, before: Probe | None, tolerance: float) -> float:
    """Return what to try while nothing has broken yet: a secant, where two numbers have held."""
    if holds.fullest >= (_SOFTLY if holds.is_soft else 1.0):
        # It held although a limit is full, as a queue's reader does: feel further ahead, the
        # bolder the more it holds beyond what is full.
        least = _LEAST_FEEL if holds.is_soft else 1.0 + 2.4 * tolerance
        ahead = min(_FEEL, max(least, 1.0 + 3.0 * (holds.fullest - 1.0)))
        return min(holds.daily_users * ahead, LIMIT_BEYOND)
    rise = 1.0 / holds.fullest if holds.fullest > 1e-6 else 1e6
    if before is not None and holds.fullest > before.fullest > 0.0:
        # What is kept idle beside what is busy fills more slowly than the users come.
        slope = (holds.fullest - before.fullest) / (holds.daily_users - before.daily_users)
        secant = 1.0 + (1.0 - holds.fullest) / (slope * holds.daily_users)
        rise = min(max(rise, secant), rise**2)
    step = min(max(rise * (1.0 - 0.4 * tolerance), 1.0 + 0.8 * tolerance), 1e6)
    return min(holds.daily_users * step, LIMIT_BEYOND)


def _between(holds: Probe, breaks: Probe, tolerance: float) -> float:
    """Return what to try inside the bracket."""
    low, high = holds.daily_users, breaks.daily_users
    late = _pointed_by_age(breaks)
    if late is not None and not (holds.is_soft and late <= math.sqrt(low * high)):
        late = None  # A step that takes less away than halving does would go on for ever.
    if late is not None:
        pointed = late
    elif holds.fullest > 0.3:
        pointed = low / holds.fullest
    elif breaks.fullest > 1.2:
        pointed = high / breaks.fullest
    else:
        pointed = math.sqrt(low * high)
    first, last = low * (1.0 + 0.6 * tolerance), high / (1.0 + 0.6 * tolerance)
    if first < pointed < last and (holds.fullest < 0.97 or late is not None):
        return pointed
    if late is not None and low <= pointed <= first:
        return min(low * (1.0 + 0.9 * tolerance), math.sqrt(low * high))
    # What points to the end, or beyond, says at least that it is not near the beginning.
    return math.pow(low * high**3, 0.25) if pointed >= last else math.sqrt(low * high)


def _pointed_by_age(breaks: Probe) -> float | None:
    """Return where a queue that grew too old on an even day holds for the whole of it.

    With a rate r of what comes and c of what is taken, the oldest grows by 1 - c/r a second. None
    where messages were late for another reason, or not on an even day.
    """
    late = breaks.violation
    if late is None or late.target != "queue_age_s":
        return None
    allowed_min = late.allowed / 60.0
    if not 2.0 * allowed_min < late.minute < MINUTES - 1:
        return None
    taken = breaks.daily_users * (1.0 - allowed_min / late.minute)
    return taken / (1.0 - allowed_min / MINUTES)


def try_users(case: Case, judge: Judge, daily_users: float) -> tuple[Probe, Model]:
    """Run a day with so many users, up to the first target that it misses.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    judge : Judge
        The targets.
    daily_users : float
        Users a day. [users/day]

    Returns
    -------
    probe : Probe
        What was missed, and how full every limit became. [-]
    model : Model
        In the state that the run ended with.
    """
    model = case.model(daily_users)
    found: list[Violation] = []

    def watch(minute: int, record: Record) -> bool:
        violation = judge.of_minute(record, model, minute)
        if violation is not None:
            found.append(violation)
        return violation is None

    record = run_day(
        model, case.doors(model), case.rates(daily_users), retry=case.retry, probe=watch
    )
    violation = found[0] if found else judge.of_day(record, model)
    if violation is None:
        busiest = case.rates(daily_users).busiest_minute()
        violation = judge.of_bill(model, daily_users, busiest)
    return summary(model, record, daily_users, violation), model


def summary(model: Model, record: Record, daily_users: float, violation: Violation | None) -> Probe:
    """Return how full every limit became in a run, as far as it went.

    Parameters
    ----------
    model : Model
        The model after a run.
    record : Record
        What the run left behind.
    daily_users : float
        Users a day. [users/day]
    violation : Violation or None
        The target that the run missed.

    Returns
    -------
    Probe
        Highest use [-] of every gauge, and its minute.
    """
    uses, peaks, fullness = {}, {}, {}
    # Minutes that were taken at once share one row.
    firsts = [k for k, row in enumerate(record.uses) if not k or row is not record.uses[k - 1]]
    rows = [record.uses[k] for k in firsts]
    for gauge in model.gauges:
        column = [row[gauge.slot] for row in rows]
        highest = max(range(len(column)), key=column.__getitem__)
        uses[gauge.key] = column[highest]
        peaks[gauge.key] = firsts[highest]
        fullness[gauge.key] = gauge.fullness(column[highest])
    refusing = frozenset(gauge.key for gauge in model.gauges if _refuses(model, gauge))
    growing = [gauge for gauge in model.gauges if gauge.limit.grows]
    top = max(growing, key=lambda gauge: fullness[gauge.key], default=None)
    fullest = fullness[top.key] if top else 0.0
    is_soft = top is not None and isinstance(top.placed.stage, Queue | Credits)
    return Probe(daily_users, violation, fullness, uses, peaks, refusing, fullest, is_soft)


def _refuses(model: Model, gauge: Gauge) -> bool:
    """Say whether the stage of a gauge refused, or a member of the quota that it is."""
    stages = [gauge.placed]
    if isinstance(gauge.placed.stage, Shared):
        members = {hold.slot for hold in gauge.placed.port.holds}
        stages = [item for item in model.placed if item.port.wanted in members]
    v = model.v
    return any(v[s.port.refused] > _REFUSED * v[s.port.offered] for s in stages)
