"""The life cycle of environments, read off what a function's requests met."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from apps.engine.stages.arrivals import BoolArray
from apps.engine.stages.base import FloatArray

# Rounds of fitting one parameter after the other; three are more than enough.
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Use:
    """One request: its environment, from when to when, and whether that was new.

    `environment` is empty where it is not known; `init_s` is what the cold start added. [s]
    """

    start_s: float
    end_s: float
    is_cold: bool
    environment: str = ""
    init_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sights:
    """When environments were seen alive or dead; all arrays have shape (n,).

    `gaps` is how long each had been idle, `ages` how old it was when that began [s], `last` is
    whether it was the only one, and `alive` whether it was used.
    """

    gaps: FloatArray
    ages: FloatArray
    last: BoolArray
    alive: BoolArray


@dataclass(frozen=True, slots=True)
class Fitted:
    """A parameter: its value [s], and how many sights speak for and against it.

    `value_s` is None where nothing says how long it is: nobody was seen dead, or nobody alive.
    """

    value_s: float | None
    seen: int
    contrary: int


@dataclass(frozen=True, slots=True)
class FittedLife:
    """The three parameters of `Life`, fitted."""

    last: Fitted
    others: Fitted
    max_age: Fitted


def fit_life(uses: Iterable[Use]) -> FittedLife:
    """Fit the life cycle to the requests of one function.

    Parameters
    ----------
    uses : iterable of Use
        Its requests, in any order; all of them, else deaths are seen where there are none.

    Returns
    -------
    FittedLife
        Idle limit of the last environment, of others, and maximum age.

    Notes
    -----
    A request uses the environment that was used last. So those that it passes over, or that a
    cold start leaves idle, are dead, if nothing uses them later. Each parameter is where the
    fewest sights are on the wrong side, given the two others: alive above it, or dead below it
    with no other reason. Environments older than the first request are left out, for their age
    is not known.

    References
    ----------
    .. [1] https://github.com/pacslab/simfaas, traces of AWS Lambda, for the order and the life.
    """
    sights = sights_of(sorted(uses, key=lambda use: (use.start_s, use.end_s)))
    nothing = Fitted(None, 0, 0)
    life = FittedLife(nothing, nothing, nothing)
    for _ in range(_ROUNDS):
        idle_limit = np.where(sights.last, _bound(life.last), _bound(life.others))
        young = sights.ages < _bound(life.max_age)
        awake = sights.gaps <= idle_limit
        fitted = FittedLife(
            _threshold(sights.gaps, sights.alive, young & sights.last),
            _threshold(sights.gaps, sights.alive, young & ~sights.last),
            _threshold(sights.ages, sights.alive, awake),
        )
        if fitted == life:
            break
        life = fitted
    return life


def _bound(fitted: Fitted) -> float:
    return math.inf if fitted.value_s is None else fitted.value_s


def _threshold(values: FloatArray, alive: BoolArray, where: BoolArray) -> Fitted:
    """Return the value above which most are dead and below which most are alive."""
    values, alive = values[where], alive[where]
    if alive.all() or not alive.any():
        return Fitted(None, len(values), 0)
    order = np.argsort(values, kind="stable")
    values, alive = values[order], alive[order]
    # Wrong if the threshold lies before each value: the dead below it, and the living above.
    dead_below = np.concatenate(([0], np.cumsum(~alive)))
    alive_above = alive.sum() - np.concatenate(([0], np.cumsum(alive)))
    wrong = dead_below + alive_above
    best = np.flatnonzero(wrong == wrong.min())
    # Of many places that are as good, the middle one; never beyond what was seen.
    place = int(best[len(best) // 2])
    if place == len(values):
        return Fitted(None, len(values), int(wrong[place]))
    below = float(values[place - 1]) if place else 0.0
    return Fitted((below + float(values[place])) / 2.0, len(values), int(wrong[place]))


@dataclass(slots=True)
class _Environment:
    born_s: float
    is_born_here: bool
    uses_left: int
    released_s: float = 0.0


def sights_of(uses: Sequence[Use]) -> Sights:
    """Return when environments were seen alive or dead.

    Parameters
    ----------
    uses : sequence of Use
        The requests of one function, sorted by start.

    Returns
    -------
    Sights
        One for each use of an idle environment, and one for each death that was noticed; arrays
        of shape (n,). [s]
    """
    named = uses if all(use.environment for use in uses) else _named(uses)
    counts: dict[str, int] = {}
    for use in named:
        counts[use.environment] = counts.get(use.environment, 0) + 1
    known: dict[str, _Environment] = {}
    stack: list[_Environment] = []
    busy: list[_Environment] = []
    seen: list[tuple[float, float, bool, bool]] = []
    for use in named:
        now = use.start_s
        ended = sorted((e for e in busy if e.released_s <= now), key=lambda e: e.released_s)
        busy = [each for each in busy if each.released_s > now]
        stack += ended
        one = known.get(use.environment)
        if one is None:
            one = _Environment(now, use.is_cold, counts[use.environment])
            known[use.environment] = one
        seen += _looked_at(stack, one, now, bool(busy))
        one.uses_left -= 1
        one.released_s = use.end_s
        busy.append(one)
    gaps, ages, last, alive = zip(*seen, strict=True) if seen else ((), (), (), ())
    return Sights(
        np.array(gaps, np.float64),
        np.array(ages, np.float64),
        np.array(last, np.bool_),
        np.array(alive, np.bool_),
    )


def _looked_at(
    stack: list[_Environment], used: _Environment, now: float, is_other_busy: bool
) -> list[tuple[float, float, bool, bool]]:
    """Return what a request shows of idle environments, and take them off the stack.

    It looks from the top down to the one that it uses, or to the bottom.
    """
    seen = []
    place = stack.index(used) if used in stack else 0
    for each in reversed(stack[place:]):
        # One that is used later was alive all the same: the order is not always kept.
        if each is not used and each.uses_left:
            continue
        is_last = len(stack) == 1 and not is_other_busy
        if each.is_born_here:
            gap, age = now - each.released_s, each.released_s - each.born_s
            seen.append((gap, age, is_last, each is used))
        stack.remove(each)
    return seen


def _named(uses: Sequence[Use]) -> list[Use]:
    """Name environments where logs do not: the one used last, if the request was not cold."""
    named: list[Use] = []
    idle: list[tuple[float, str]] = []
    busy: list[tuple[float, str]] = []
    for number, use in enumerate(uses):
        idle += sorted(each for each in busy if each[0] <= use.start_s)
        busy = [each for each in busy if each[0] > use.start_s]
        if use.is_cold:
            idle.clear()
        name = idle.pop()[1] if idle else f"environment {number}"
        busy.append((use.end_s, name))
        named.append(replace(use, environment=name))
    return named
