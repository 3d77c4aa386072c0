"""Single requests at one stage: when they come, and what becomes of each.

References
----------
.. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 2.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.base import FloatArray, Stage

BoolArray = NDArray[np.bool_]
Which = NDArray[np.intp] | BoolArray | slice


def pick(values: FloatArray, which: Which) -> FloatArray:
    """Return some of the values; where all are one number in memory, so is the result.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Often one number that was broadcast.
    which : ndarray of int or of bool, or slice
        Places, or which of them.

    Returns
    -------
    ndarray
        As ``values[which]``.
    """
    if isinstance(which, slice) or values.strides != (0,) or not len(values):
        return values[which]
    count = int(np.count_nonzero(which)) if which.dtype == np.bool_ else len(which)
    return np.broadcast_to(values[0], (count,))


def join(parts: Sequence[FloatArray]) -> FloatArray:
    """Return values one after the other; where all are one number, so is the result.

    Parameters
    ----------
    parts : sequence of ndarray
        At least one.

    Returns
    -------
    ndarray
        As `numpy.concatenate` gives it.
    """
    filled = [part for part in parts if len(part)] or [parts[0]]
    if len(filled) == 1:
        return filled[0]
    one = filled[0][0]
    if all(part.strides == (0,) and part[0] == one for part in filled):
        return np.broadcast_to(one, (sum(map(len, filled)),))
    return np.concatenate(filled)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Requests in the order in which they come; all arrays have shape (n,).

    `times` are when they come, sorted [s]; `work` is what each takes of the stage's own
    resource [units]; `beyond` is the time that its callees take, while which it stays [s].
    """

    times: FloatArray
    work: FloatArray
    beyond: FloatArray

    def some(self, which: Which) -> Arrivals:
        """Return some of the requests.

        Parameters
        ----------
        which : ndarray of int or bool, or slice
            Their places.

        Returns
        -------
        Arrivals
            In the same order.
        """
        return Arrivals(self.times[which], pick(self.work, which), pick(self.beyond, which))

    @classmethod
    def at(cls, times: FloatArray) -> Arrivals:
        """Return requests of one unit of work each, that call nothing.

        Parameters
        ----------
        times : ndarray, shape (n,)
            Sorted times. [s]

        Returns
        -------
        Arrivals
            All of them.
        """
        return cls(times, np.ones_like(times), np.zeros_like(times))


@dataclass(frozen=True, slots=True)
class Departures:
    """What became of each request, in the order of the arrivals; all arrays have shape (n,).

    `begins` is when its service began and `ends` when it left, both the time of its arrival for
    one that was refused at once [s].
    """

    begins: FloatArray
    ends: FloatArray
    refused: BoolArray
    cold: BoolArray


@dataclass(frozen=True, slots=True)
class Chance:
    """What is left to chance in each request at a stage, drawn before anything is served.

    `size` is its service time over the stage's mean, with mean one [-]; `luck` is even between
    0 and 1 and decides where it goes [-]. Both have shape (n,).
    """

    size: FloatArray
    luck: FloatArray

    @classmethod
    def draw(cls, count: int, cv: float, rng: np.random.Generator, *, needs_luck: bool) -> Chance:
        """Draw for `count` requests; sizes are lognormal with coefficient of variation `cv`.

        Parameters
        ----------
        count : int
            Requests. [count]
        cv : float
            Coefficient of variation of the service; 0 for a constant. [-]
        rng : numpy.random.Generator
            Where chance comes from.
        needs_luck : bool
            Whether to draw `luck`; else it is 0.

        Returns
        -------
        Chance
            Arrays of shape (count,).
        """
        size = np.broadcast_to(1.0, (count,))
        if cv > 0.0:
            variance = math.log1p(cv * cv)
            # As `rng.lognormal` draws them, and quicker.
            size = rng.standard_normal(count)
            size *= math.sqrt(variance)
            size -= variance / 2
            np.exp(size, out=size)
        luck = rng.random(count) if needs_luck else np.broadcast_to(0.0, (count,))
        return cls(size, luck)

    def at(self, which: Which) -> Chance:
        """Return what some of the requests drew.

        Parameters
        ----------
        which : ndarray of int or bool, or slice
            Their places.

        Returns
        -------
        Chance
            In the same order.
        """
        return Chance(pick(self.size, which), pick(self.luck, which))


class Server(Protocol):
    """A stage at work on single requests; what it remembers is where the last ones left it."""

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        """Return what becomes of requests that come after all those before.

        Parameters
        ----------
        arrivals : Arrivals
            Requests, sorted by time.
        chance : Chance
            What each drew, in the same order.

        Returns
        -------
        Departures
            In the order of the arrivals.
        """
        ...

    def fork(self) -> Self:
        """Return a copy that goes its own way.

        Returns
        -------
        Server
            Of the same state.
        """
        ...


def let_through(times: FloatArray, stay: FloatArray, passed: BoolArray | None) -> Departures:
    """Return departures of requests that begin when they come; those not `passed` are refused.

    Parameters
    ----------
    times : ndarray, shape (n,)
        When they come. [s]
    stay : ndarray, shape (n,)
        How long each stays. [s]
    passed : ndarray of bool, shape (n,), or None
        Who is let in; None for all.

    Returns
    -------
    Departures
        None of them cold; refused ones leave when they come.
    """
    nobody = np.zeros(len(times), dtype=np.bool_)
    if passed is None:
        return Departures(times, times + stay, nobody, nobody)
    return Departures(times, np.where(passed, times + stay, times), ~passed, nobody)


def chance_of(stage: Stage, count: int, rng: np.random.Generator) -> Chance:
    """Draw what is left to chance in `count` requests at a stage.

    Parameters
    ----------
    stage : Stage
        How much its service varies, and whether luck says where a request goes.
    count : int
        Requests. [count]
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Chance
        Arrays of shape (count,).
    """
    cv = float(getattr(stage, "cv", 0.0))
    return Chance.draw(count, cv, rng, needs_luck=stage.NEEDS_LUCK)


def serve_alone(stage: Stage, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
    """Return what becomes of requests at a stage that has seen none before.

    Parameters
    ----------
    stage : Stage
        The stage.
    arrivals : Arrivals
        The requests.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Departures
        In the order of the arrivals.
    """
    return stage.server().serve(arrivals, chance_of(stage, len(arrivals.times), rng))
