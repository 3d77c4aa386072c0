"""Requests of one origin at one stage, and the calls that they make: the plan of a span."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from apps.engine.requests.graph_masks import and_mask, or_mask
from apps.engine.stages.arrivals import BoolArray, Chance
from apps.engine.stages.base import FloatArray

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """What a later attempt repeats: some of an earlier flow, each after a pause [s]."""

    before: Flow
    rows: Rows
    pause: FloatArray


@dataclass(slots=True, eq=False)
class Flow:
    """Requests of one origin at one stage; all that is left to chance is drawn beforehand.

    `rows` says for each which item of the `parent` it is called for, None for one each; a
    later attempt has what it repeats. `calls` holds by call the first attempts and those that
    repeat them. What is below `times` is found pass by pass:
    when each comes and whether it does, when it makes its calls, when it ends, and how.
    `denied` are those whom a quota refuses, `stay` how long each would hold its part of it.
    Calls are made for each of its `items`; in a block of deliveries `batch_of` says the delivery
    of each message, for the items of who is called.
    """

    place: int
    size: int
    chance: Chance
    base_work: FloatArray
    parent: Flow | None = None
    call: int = -1
    rows: Rows | None = None
    repeat: Repeat | None = None
    calls: list[list[Flow]] = field(default_factory=list)
    sends: list[Flow] = field(default_factory=list)
    is_send: bool = False
    before: int = 0  # attempts that clients made in earlier spans
    tried: BoolArray | None = None
    returns: bool = False  # whether its clients come again after a failure

    times: FloatArray = field(default_factory=lambda: np.empty(0))
    alive: BoolArray | None = None  # None: all
    work: FloatArray = field(default_factory=lambda: np.empty(0))
    items: Rows | None = None
    items_alive: BoolArray | None = None
    batch_of: Rows | None = None
    batch_alive: BoolArray | None = None
    denied: BoolArray | None = None
    stay: FloatArray | None = None
    call_at: FloatArray = field(default_factory=lambda: np.empty(0))
    ends: FloatArray = field(default_factory=lambda: np.empty(0))
    refused: BoolArray | None = None  # None: nobody
    cold: BoolArray | None = None
    bad: BoolArray | None = None
    leads: list[FloatArray | None] = field(default_factory=list)
    beyond: FloatArray | None = None
    good: BoolArray | None = None  # None: all calls came out well

    def present(self) -> BoolArray:
        """Say who comes at all.

        Returns
        -------
        ndarray of bool, shape (n,)
            By request.
        """
        return np.ones(self.size, dtype=np.bool_) if self.alive is None else self.alive

    def served(self) -> BoolArray:
        """Say who comes and is let in.

        Returns
        -------
        ndarray of bool, shape (n,)
            By request.
        """
        here = self.present()
        return here if self.refused is None else here & ~self.refused

    def at_parent(self) -> Rows | None:
        """Return the request of the parent that each belongs to.

        Returns
        -------
        ndarray of int, shape (n,), or None
            None for one each.
        """
        items = self.parent.items if self.parent is not None else None
        if items is None:
            return self.rows
        return items if self.rows is None else items[self.rows]

    def count(self, mask: BoolArray | None) -> int:
        """Return how many of those present a mask names.

        Parameters
        ----------
        mask : ndarray of bool, shape (n,), or None
            Some of the requests; None for nobody.

        Returns
        -------
        int
            Requests. [count]
        """
        if mask is None:
            return 0
        return int(np.count_nonzero(mask if self.alive is None else mask & self.alive))


def come(flow: Flow, goes_on: BoolArray | None) -> tuple[FloatArray, BoolArray | None]:
    """Return when the requests of a flow come, and who does, as their callers stand now.

    Parameters
    ----------
    flow : Flow
        Called by a parent, or repeating an attempt.
    goes_on : ndarray of bool, optional
        Which of the parent's requests make calls at all.

    Returns
    -------
    ndarray, shape (n,)
        When each comes, or would. [s]
    ndarray of bool, shape (n,), or None
        Who comes; None for all.
    """
    repeat, parent = flow.repeat, flow.parent
    if repeat is not None:
        before, rows = repeat.before, repeat.rows
        nobody = np.zeros(flow.size, dtype=np.bool_)
        alive = nobody if before.bad is None else before.bad[rows]
        here = before.alive
        return before.ends[rows] + repeat.pause, alive if here is None else alive & here[rows]
    if parent is None:
        return flow.times, flow.alive
    at_parent, times = flow.at_parent(), parent.call_at
    lead = parent.leads[flow.call] if flow.call >= 0 and parent.leads else None
    if lead is not None:
        times = times + lead
    refused = None if parent.refused is None else ~parent.refused
    alive_or_all = and_mask(and_mask(parent.alive, refused), goes_on)
    if at_parent is not None:
        times = times[at_parent]
        alive_or_all = None if alive_or_all is None else alive_or_all[at_parent]
    if parent.items_alive is not None:
        listed = parent.items_alive if flow.rows is None else parent.items_alive[flow.rows]
        alive_or_all = and_mask(alive_or_all, listed)
    return times, alive_or_all


def answer(flow: Flow) -> None:
    """Gather what the callees of a flow answered: `beyond`, `leads` and `good`.

    Parameters
    ----------
    flow : Flow
        Whose callees have been served; it is written.
    """
    total: FloatArray | None = None
    wrong: BoolArray | None = None
    flow.leads = []
    for attempts in flow.calls:
        flow.leads.append(total)
        took, bad = _of_call(flow, attempts)
        total = took if total is None else total + took
        wrong = or_mask(wrong, bad)
    flow.beyond = total
    flow.good = None if wrong is None else ~wrong


def _of_call(flow: Flow, attempts: list[Flow]) -> tuple[FloatArray, BoolArray | None]:
    """Return the time that one call took of each request, and for which it failed at last."""
    first = attempts[0]
    took = first.ends - first.times
    bad = None if first.bad is None else first.bad.copy()
    if first.alive is not None:
        took = np.where(first.alive, took, 0.0)
        bad = None if bad is None else bad & first.alive
    roots: dict[int, Rows] = {}
    for again in attempts[1:]:
        took, bad = _add_attempt(again, took, bad, roots)
    rows = first.at_parent()
    if rows is None:
        return took, bad
    sums = np.bincount(rows, weights=took, minlength=flow.size)[: flow.size].astype(np.float64)
    if bad is None:
        return sums, None
    failed = np.zeros(flow.size, dtype=np.bool_)
    failed[rows[bad]] = True
    return sums, failed


def _add_attempt(
    again: Flow, took: FloatArray, bad: BoolArray | None, roots: dict[int, Rows]
) -> tuple[FloatArray, BoolArray | None]:
    """Add a later attempt to the times of the call; it fails where its last attempt does."""
    repeat = again.repeat
    if repeat is None:
        return took, bad
    known = roots.get(id(repeat.before))
    origin = repeat.rows if known is None else known[repeat.rows]
    roots[id(again)], present = origin, again.present()
    took = took.copy()
    took[origin] += np.where(present, again.ends - again.times + repeat.pause, 0.0)
    if bad is not None:
        failed = again.bad if again.bad is not None else np.zeros(again.size, dtype=np.bool_)
        bad[origin[present]] = failed[present]
    return took, bad


def root_of(flow: Flow) -> Flow:
    """Return the first attempt of what a flow repeats.

    Parameters
    ----------
    flow : Flow
        An attempt.

    Returns
    -------
    Flow
        The flow itself where it repeats nothing.
    """
    while flow.repeat is not None:
        flow = flow.repeat.before
    return flow


def attempt_of(flow: Flow) -> int:
    """Return which attempt of a call it is, from 1.

    Parameters
    ----------
    flow : Flow
        An attempt.

    Returns
    -------
    int
        From 1; attempts of earlier spans are counted.
    """
    number = 1
    while flow.repeat is not None:
        flow, number = flow.repeat.before, number + 1
    return number + flow.before
