"""One day through a model, in steps of 900 s down to 1 s, as fine as each moment needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from apps.engine.fluid.blocks import (
    EVEN,
    EVEN_BELOW,
    FAR,
    JUMP,
    LEAP,
    MINUTE_S,
    MINUTES,
    NEAR,
    RESTING,
    SHORT_S,
    SMOOTH,
    Rates,
)
from apps.engine.fluid.model import Model, Placed
from apps.engine.fluid.returning import Retry
from apps.engine.fluid.run import Record, Run

__all__ = ["MINUTES", "Probe", "Record", "Retry", "run_day"]

_NEVER_AGAIN = Retry()
# A minute's probe: (minute, record) → go on?
Probe = Callable[[int, "Record"], bool]
# Two hours that are run before the day begins, so that it begins in its own state.
_WARM_UP_BLOCKS, _WARM_UP_MINUTES, _FEWEST = 8, 10, 5
# Less than this many seconds of arrivals waiting is no backlog, but messages on their way back.
_CALM_S = 1.0
# Steps of a minute whose answers must settle first; the rest of the minute is one more. [s]
SETTLING_S = (1.0, 1.0, 2.0, 4.0, 8.0, 16.0)
_SETTLED = 1e-3
# Rates that changed by less since the last minute leave the answers as they were.
_STILL = 0.01


def run_day(
    model: Model,
    entries: Sequence[Placed],
    rates: Rates,
    *,
    retry: Retry = _NEVER_AGAIN,
    probe: Probe | None = None,
    keep_states: bool = False,
    minutes: range = range(MINUTES),
    step_s: int | None = None,
) -> Record:
    """Run one day, or the given minutes of it, and return its record.

    Parameters
    ----------
    model : Model
        The compiled design, as `compile_model` returned it; it is used up by the run.
    entries : sequence of Placed
        The door of each entry, in the order of `rates`.
    rates : Rates
        Requests a second at each entry. [1/s]
    retry : Retry
        What clients do after a refusal.
    probe : callable, optional
        Asked after each block with (minute, record); the run stops when it answers False.
    keep_states : bool
        Keep the whole state every five minutes, for latency.
    minutes : range
        The minutes to run.
    step_s : int, optional
        Length of every step, instead of as long as each moment allows; divides 60. [s]

    Returns
    -------
    Record
        One row a minute of what happened.

    Notes
    -----
    Up to 15 minutes take one step where their rates are even, nothing waits, no gauge can
    pass 85 %, and a rush is so long ago: what stages answered in it, and the environments that
    it left, would count for all of the step. A minute with even rates at a full gauge takes short
    steps until every stage answers its callers as it did the step before, and one for the rest
    of it. While rates move, steps take 10 s; where a rush begins, 1 s. The day begins in the
    steady state of its first minute.
    """
    run = Run(model, entries, retry)
    _settle(run, rates, minutes.start)
    run.record.waiting_before = [model.v[item.port.waiting] for item in model.placed]
    run.record.pending_before = [model.v[item.port.inn] for item in model.placed]
    minute, restless = minutes.start, model.restless()
    while minute < minutes.stop:
        if step_s:
            taken = _in_steps(run, rates.within(minute, step_s), step_s)
        elif model.changes.falls_in(minute):
            taken = _changing_minute(run, rates, minute)
        else:
            end = model.changes.free_until(minute, minutes.stop)
            taken = _advance(run, rates, minute, restless, end)
        if keep_states:
            _keep_state(run, rates, range(minute + -minute % 5, minute + taken, 5))
        minute += taken
        if probe is not None and not probe(minute - 1, run.record):
            run.record.stopped_at = minute - 1
            break
    run.record.clients_waiting = run.clients_waiting()
    return run.record


def _keep_state(run: Run, rates: Rates, minutes: range) -> None:
    state = tuple(run.model.v) if minutes else ()
    for minute in minutes:
        run.record.snapshots.append((minute, sum(rates.minutes[minute]), state))


def _settle(run: Run, rates: Rates, minute: int) -> None:
    """Bring the model to the steady state of the first minute, and zero what only counts.

    What gathered before everything had scaled to that minute is taken away once.
    """
    model = run.model
    _warm_up(run, rates.minutes[minute], _WARM_UP_BLOCKS, 900.0)
    for slot in model.restless():
        model.v[slot] = 0.0
    for queue in model.queues():
        model.v[queue.port.kept] = 0.0
    _warm_up(run, rates.minutes[minute], _WARM_UP_MINUTES, 60.0)
    run.forget()


def _warm_up(run: Run, rates: Sequence[float], steps: int, dt: float) -> None:
    """Make so many steps, without those that would change nothing any more."""
    v, uses = run.model.v, run.model.uses
    for made in range(1, steps + 1):
        before = v[:uses] + run.answers()
        run.step(rates, dt)
        if made >= _FEWEST and _is_alike(before, v[:uses] + run.answers()):
            break


def _is_alike(before: list[float], now: list[float]) -> bool:
    """Say whether numbers stayed what they were, but for a thousandth."""
    for was, is_ in zip(before, now, strict=True):
        change = is_ - was if is_ > was else was - is_
        if change > 1e-6 and change > _SETTLED * (is_ + was):
            return False
    return True


def _advance(run: Run, rates: Rates, minute: int, restless: tuple[int, ...], end: int) -> int:
    """Advance by as many minutes in one step as the moment allows; return the minutes taken."""
    v = run.model.v
    if _jumps(rates, minute, LEAP) or (_jumps(rates, minute, JUMP) and not run.is_well()):
        run.quiet_minutes = 0
    waits = 0.0
    for slot in restless:
        waits += v[slot]
    if waits <= _CALM_S * rates.total[minute] + 1e-6:
        length = _longest(rates, minute, run.highest_use(), end)
        if length and not run.quiet_minutes:
            return _until_settled(run, rates.minutes[minute])
        if length:
            length = length if run.quiet_minutes >= RESTING else 1
            run.quiet_minutes += length
            run.settled_at = None
            blocks = rates.blocks[length]
            run.step(blocks.means[minute].tolist(), float(length * MINUTE_S))
            run.close(length, run.uses(blocks.peak[minute]), run.oldest())
            return length
    run.record.refined_minutes += 1
    spread = rates.blocks[1].spread[minute]
    if spread <= EVEN and not _leaps(rates, minute):
        return _until_settled(run, rates.minutes[minute])
    run.settled_at = None
    if _leaps(rates, minute):
        return _in_steps(run, rates.within(minute, 1), 1)
    length_s = SHORT_S if spread <= SMOOTH else 1
    return _in_steps(run, rates.within(minute, length_s), length_s)


def _longest(rates: Rates, minute: int, highest: float, end: int) -> int:
    """Return how many minutes can be one step: even ones, with no use near its limit."""
    if _leaps(rates, minute):
        return 0
    before = rates.total[minute - 1] or 1e-12
    for length, blocks in rates.blocks.items():
        if minute + length > end:
            continue
        growth, spread = blocks.highest[minute] / before, blocks.spread[minute]
        if growth > LEAP:
            continue
        use = highest * max(growth, 1.0)
        if spread <= EVEN_BELOW and use < NEAR and (spread <= EVEN or use < FAR):
            return length
    return 0


def _leaps(rates: Rates, minute: int) -> bool:
    """Say whether so many more come at once that all must scale, of which no gauge tells."""
    return minute > 0 and rates.highest[minute] > LEAP * rates.highest[minute - 1]


def _jumps(rates: Rates, minute: int, factor: float) -> bool:
    """Say whether so many times as much comes as in the minute before, or as many times less."""
    if minute == 0:
        return False
    now, before = rates.total[minute], rates.total[minute - 1]
    return now > factor * before or before > factor * now


def _until_settled(run: Run, rates: Sequence[float]) -> int:
    """Advance by one minute: until all stages answer as they did, then the rest at once."""
    left, before = float(MINUTE_S), run.answers()
    run.quiet_minutes += 1
    if run.settled_at is not None and run.is_well() and _is_near(run.settled_at, rates):
        run.step(rates, left)
        run.settled_at = rates if _is_alike(before, run.answers()) else None
        _close_at_highest(run, run.model.v[: run.model.uses], run.oldest())
        return 1
    for length_s in SETTLING_S:
        run.step(rates, length_s)
        left -= length_s
        now = run.answers()
        if _is_alike(before, now):
            break
        before = now
    run.settled_at = rates
    highest, oldest = run.model.v[: run.model.uses], run.oldest()
    run.step(rates, left)
    _close_at_highest(run, highest, oldest)
    return 1


def _is_near(before: Sequence[float], now: Sequence[float]) -> bool:
    """Say whether rates are so near to those at which all settled that all stays settled."""
    return all(abs(b - a) <= _STILL * a for a, b in zip(before, now, strict=True))


def _changing_minute(run: Run, rates: Rates, minute: int) -> int:
    """Advance by one minute in which something breaks or is mended, second by second."""
    oldest = run.oldest()
    for second, row in enumerate(rates.within(minute, 1), start=60 * minute):
        run.model.changes.begin_second(run.model, second)
        run.step(row, 1.0)
        oldest = _highest(oldest, run.oldest())
    run.close(1, run.model.v[: run.model.uses], oldest)
    return 1


def _in_steps(run: Run, rows: list[list[float]], length_s: int) -> int:
    """Advance by one minute in steps of some seconds, whose rates are given."""
    uses, often = run.model.uses, max(1, 10 // length_s)
    highest, oldest = [0.0] * uses, run.oldest()
    for place, row in enumerate(rows, start=1):
        run.step(row, float(length_s))
        if place % often == 0 and place < len(rows):
            highest = _highest(highest, run.model.v[:uses])
            oldest = _highest(oldest, run.oldest())
    _close_at_highest(run, highest, oldest)
    run.quiet_minutes = 0
    return 1


def _close_at_highest(run: Run, highest: list[float], oldest: list[float]) -> None:
    """Book a minute, at whose end or before it gauges and ages were highest."""
    now = run.model.v[: run.model.uses]
    run.close(1, _highest(highest, now), _highest(oldest, run.oldest()))


def _highest(some: list[float], others: list[float]) -> list[float]:
    return [a if a > b else b for a, b in zip(some, others, strict=True)]
