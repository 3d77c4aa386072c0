"""What became of the requests: counts by stage and minute, times by entry."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from apps.engine.requests.graph_flow import Flow
from apps.engine.requests.graph_net import Node
from apps.engine.stages.base import FloatArray

Counts = NDArray[np.int64]
MINUTE_S = 60.0


@dataclass(slots=True)
class StageBook:
    """One stage; counts by minute, in which each request came, have shape (minutes,).

    `retried` are those offered that repeat a call that failed. `busy_s` is the time that
    requests were inside, `peak` the most at once, `kept` the mean environments of each minute.
    `waiting` is what a queue holds in the end, `dead` what it gave up.
    """

    offered: Counts
    refused: Counts
    cold: Counts
    kept: FloatArray
    retried: int = 0
    units: float = 0.0
    busy_s: float = 0.0
    peak: float = 0.0
    waiting: int = 0
    dead: int = 0

    @classmethod
    def blank(cls, minutes: int) -> StageBook:
        """Return an empty book.

        Parameters
        ----------
        minutes : int
            How many it covers. [count]

        Returns
        -------
        StageBook
            All zero.
        """

        def counts() -> Counts:
            return np.zeros(minutes, dtype=np.int64)

        return cls(counts(), counts(), counts(), np.zeros(minutes))

    @property
    def passed(self) -> int:
        """How many went through; what a queue still holds did not. [count]"""
        return int(self.offered.sum() - self.refused.sum()) - self.waiting


@dataclass(slots=True)
class EntryBook:
    """One door: requests by minute, and how long those that were answered well took.

    `arrived` counts each user's request once, `failed` those that were given up in the end,
    `returned` the attempts that clients made again.
    """

    arrived: Counts
    failed: Counts
    returned: int = 0
    _times: list[NDArray[np.float32]] = field(default_factory=list)
    _minutes: list[NDArray[np.int32]] = field(default_factory=list)

    @classmethod
    def blank(cls, minutes: int) -> EntryBook:
        """Return an empty book.

        Parameters
        ----------
        minutes : int
            How many it covers. [count]

        Returns
        -------
        EntryBook
            All zero.
        """
        return cls(np.zeros(minutes, dtype=np.int64), np.zeros(minutes, dtype=np.int64))

    def add_times(self, minute: Counts, seconds: FloatArray) -> None:
        """Book response times.

        Parameters
        ----------
        minute : ndarray of int, shape (n,)
            The minute that each request came in.
        seconds : ndarray, shape (n,)
            How long each took. [s]
        """
        self._times.append(seconds.astype(np.float32))
        self._minutes.append(minute.astype(np.int32))

    def seconds(self, minute: int | None = None) -> FloatArray:
        """Return the response times of what was answered well.

        Parameters
        ----------
        minute : int, optional
            Of the requests of this minute alone.

        Returns
        -------
        ndarray, shape (n,)
            Times, in no order. [s]
        """
        if not self._times:
            return np.empty(0)
        if minute is None:
            return np.concatenate(self._times).astype(np.float64)
        chosen = [t[m == minute] for t, m in zip(self._times, self._minutes, strict=True)]
        return np.concatenate(chosen).astype(np.float64)

    def percentiles_s(self, *which: float, minute: int | None = None) -> tuple[float, ...]:
        """Return exact percentiles of the response times.

        Parameters
        ----------
        *which : float
            The ranks, from 0 to 100. [%]
        minute : int, optional
            Of the requests of this minute alone.

        Returns
        -------
        tuple of float
            One for each rank; nan where nobody was answered. [s]
        """
        seconds = self.seconds(minute)
        if not len(seconds):
            return tuple(float("nan") for _ in which)
        return tuple(float(value) for value in np.percentile(seconds, which))


@dataclass(slots=True)
class Books:
    """All books of a run that began at `start_s`."""

    start_s: float
    minutes: int
    stages: list[StageBook]
    entries: list[EntryBook]
    spans: int = 0
    passes: int = 0
    unsettled: int = 0

    @classmethod
    def blank(cls, start_s: float, end_s: float, stages: int, entries: int) -> Books:
        """Return empty books.

        Parameters
        ----------
        start_s, end_s : float
            The time that is booked. [s]
        stages, entries : int
            How many there are. [count]

        Returns
        -------
        Books
            All zero.
        """
        minutes = max(1, int(np.ceil((end_s - start_s) / MINUTE_S)))
        return cls(
            start_s,
            minutes,
            [StageBook.blank(minutes) for _ in range(stages)],
            [EntryBook.blank(minutes) for _ in range(entries)],
        )

    def minute_of(self, times: FloatArray) -> Counts:
        """Return the minute of each time; the last one holds what comes after the end.

        Parameters
        ----------
        times : ndarray, shape (n,)
            Moments. [s]

        Returns
        -------
        ndarray of int, shape (n,)
            Minutes from the start of the books.
        """
        minute = ((times - self.start_s) * (1.0 / MINUTE_S)).astype(np.int64)
        return np.clip(minute, 0, self.minutes - 1)

    def spread(self, row: FloatArray, low_s: float, high_s: float, total: float) -> None:
        """Add a total to a row by minute, evenly over the time between two moments.

        Parameters
        ----------
        row : ndarray, shape (minutes,)
            What is added to.
        low_s, high_s : float
            From when to when. [s]
        total : float
            What is spread, in the unit of the row.
        """
        begins = self.start_s + MINUTE_S * np.arange(self.minutes)
        there = np.minimum(begins + MINUTE_S, high_s) - np.maximum(begins, low_s)
        row += total / (high_s - low_s) * np.maximum(there, 0.0)

    def _count(self, times: FloatArray) -> Counts:
        low, high = self.minute_of(np.array([times.min(), times.max()])).tolist()
        counts = np.zeros(self.minutes, dtype=np.int64)
        # A span has few minutes: what came before the end of each is quickly counted.
        before = 0
        for minute in range(low, high):
            until = self.start_s + MINUTE_S * (minute + 1)
            reached = int(np.count_nonzero(times < until))
            counts[minute], before = reached - before, reached
        counts[high] += len(times) - before
        return counts

    def book_flow(self, node: Node, book: StageBook, flow: Flow) -> None:
        """Book a flow at its stage.

        Parameters
        ----------
        node : Node
            The stage.
        book : StageBook
            What is added to.
        flow : Flow
            Requests of a span that is settled.
        """
        here = flow.times if flow.alive is None else flow.times[flow.alive]
        if not len(here):
            return
        book.offered += self._count(here)
        for mask, counts in ((flow.refused, book.refused), (flow.cold, book.cold)):
            if mask is not None:
                there = flow.times[mask & flow.present()]
                if len(there):
                    counts += self._count(there)
        if flow.repeat is not None:
            book.retried += len(here)
        everybody = flow.refused is None and flow.alive is None
        served = slice(None) if everybody else flow.served()
        book.busy_s += float((flow.ends[served] - flow.times[served]).sum())
        book.units += float(flow.work[served].sum())

    def book_entry(self, book: EntryBook, flow: Flow) -> None:
        """Book the requests of a door: how long they took, and who gave up.

        Parameters
        ----------
        book : EntryBook
            What is added to.
        flow : Flow
            Requests of a span that is settled.
        """
        minute = self.minute_of(flow.times)
        present = flow.present()
        if flow.repeat is None and not flow.before:
            book.arrived += np.bincount(minute, minlength=self.minutes)
        else:
            book.returned += int(present.sum())
        bad = flow.bad
        if bad is None and flow.alive is None:
            book.add_times(minute, flow.ends - flow.times)
            return
        bad = np.zeros(flow.size, dtype=np.bool_) if bad is None else bad & present
        well = present & ~bad
        book.add_times(minute[well], (flow.ends - flow.times)[well])
        if not flow.returns:
            book.failed += np.bincount(minute[bad], minlength=self.minutes)
