"""A whole design, request by request: the truth that the flows are checked against.

References
----------
.. [1] A. M. Law, "Simulation Modeling and Analysis", McGraw-Hill, 5th edition, 2015, section 1.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from apps.engine.fluid.model import Model, Placed
from apps.engine.requests.graph_books import MINUTE_S, Books, EntryBook, StageBook
from apps.engine.requests.graph_flow import attempt_of, come
from apps.engine.requests.graph_net import Node, nodes_of
from apps.engine.requests.graph_plan import Plan
from apps.engine.requests.graph_source import Source
from apps.engine.requests.graph_span import Span
from apps.engine.requests.graph_standing import Client, Standing
from apps.engine.stages._pool_requests import PoolServer
from apps.engine.stages.base import FloatArray
from apps.engine.stages.queue import Queue

# Requests that are looked at together: enough to be fast, few enough to stay in the cache.
SPAN_REQUESTS = 16_384
_SHORTEST_S, _LONGEST_S = 0.05, 300.0
# A span that is not settled after so many passes is halved, down to so few requests.
_PASSES, _FEW = 24, 64


@dataclass(frozen=True, slots=True)
class Simulated:
    """What became of all requests: by entry in their order, and by stage."""

    entries: tuple[EntryBook, ...]
    stages: dict[tuple[str, str, int], StageBook]
    spans: int
    unsettled: int

    def of(self, component: str, role: str, index: int = 0) -> StageBook:
        """Return the book of one stage.

        Parameters
        ----------
        component, role : str
            The component, and its door.
        index : int
            Which of the stages behind the door, from 0.

        Returns
        -------
        StageBook
            Counts by minute, and times in s.

        Raises
        ------
        KeyError
            If there is no such stage.
        """
        return self.stages[component, role, index]


def simulate_requests(
    model: Model,
    entries: Sequence[Placed],
    source: Source,
    rng: np.random.Generator,
    *,
    start_s: float,
    end_s: float,
    client: Client | None = None,
    warm_up_s: float = 0.0,
    span_requests: int = SPAN_REQUESTS,
) -> Simulated:
    """Send every request of a time through a design.

    Parameters
    ----------
    model : Model
        The compiled design; its state is left alone.
    entries : sequence of Placed
        The doors, in the order of the source.
    source : callable
        Arrivals between two times; asked in order, each time once.
    rng : numpy.random.Generator
        Where chance comes from.
    start_s, end_s : float
        The time that is booked. [s]
    client : Client, optional
        How clients come back after a failure; without, they do not.
    warm_up_s : float
        Time before the start that is run and not booked. [s]
    span_requests : int
        Requests that are looked at together. [count]

    Returns
    -------
    Simulated
        Exact counts and response times.

    Notes
    -----
    The time is cut into spans. In each, requests go down the graph as their callers call, and
    the answers come up as callees serve them in the order of time; that is repeated until no
    verdict moves. As every verdict depends on what came before alone, it settles from the
    front; where it takes long the span is halved. Calls are made one after the other from when
    a request begins, and its own work follows them. Where nothing waits at a callee, requests
    that a cold start delays load it that much too early. What has been answered but reaches a
    stage after the span loads it in its own time.
    """
    run = _Run(nodes_of(model), model, entries, source, rng, client or Client())
    run.at = first = start_s - warm_up_s
    run.begin_pools()
    if warm_up_s > 0.0:
        run.books = Books.blank(first, start_s, len(run.nodes), len(entries))
        run.until(first, start_s, span_requests)
    carried = run.waiting()
    run.books = Books.blank(start_s, end_s, len(run.nodes), len(entries))
    run.until(start_s, end_s, span_requests)
    return run.result(carried)


@dataclass(slots=True)
class _Run:
    nodes: list[Node]
    model: Model
    entries: Sequence[Placed]
    source: Source
    rng: np.random.Generator
    client: Client
    standing: Standing = field(init=False)
    # By entry: when clients come back, by the attempts that they have made. [s]
    back: list[dict[int, FloatArray]] = field(default_factory=list)
    books: Books = field(init=False)
    # Until when it has run, and the environment-seconds of each pool until then. [s]
    at: float = 0.0
    kept_s: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pollers = {
            place: node.placed.stage.pollers_at_work()
            for place, node in enumerate(self.nodes)
            if isinstance(node.placed.stage, Queue)
        }
        servers = tuple(node.server() for node in self.nodes)
        self.standing = Standing(servers, {}, pollers, {}, {})
        self.back = [{} for _ in self.entries]

    def begin_pools(self) -> None:
        """Note what environments that stand ready have lived before the beginning."""
        for place, server in enumerate(self.standing.servers):
            if isinstance(server, PoolServer):
                self.kept_s[place] = server.environment_s(self.at)

    def until(self, low: float, end: float, span_requests: int) -> None:
        """Advance span by span, each as long as its requests allow and as settled well."""
        length, most = 1.0, span_requests
        while low < end - 1e-9:
            high = min(end, low + length)
            times = self.source(low, high)
            count = sum(len(own) for own in times)
            if self._advance(low, high, times):
                most = min(2 * most, span_requests)
            else:
                most = max(min(most, count) // 4, _FEW)
            wanted = length * most / max(count, 1)
            length = min(max(wanted, length / 4, _SHORTEST_S), 4 * length, _LONGEST_S)
            low = high

    def _advance(self, low: float, high: float, times: list[FloatArray]) -> bool:
        """Run a span, in halves where it does not settle whole; say whether it did."""
        span = self._span(high, times)
        count = sum(len(own) for own in times)
        settled = span.run(_PASSES)
        if not settled and count > _FEW:
            middle = 0.5 * (low + high)
            self._advance(low, middle, [own[own < middle] for own in times])
            self._advance(middle, high, [own[own >= middle] for own in times])
            return False
        self.books.spans += 1
        self.books.unsettled += not settled
        self._keep(span)
        return True

    def _span(self, until: float, times: list[FloatArray]) -> Span:
        span = Span(self.nodes, self.standing, Plan(self.nodes, self.rng), until, self.client)
        for k, (door, own) in enumerate(zip(self.entries, times, strict=True)):
            place = self.nodes_place(door)
            span.enter(k, place, own)
            for before, back in self.back[k].items():
                due = back[back < until]
                if len(due):
                    span.enter(k, place, due, before)
        span.plan_queues()
        return span

    def nodes_place(self, door: Placed) -> int:
        return next(k for k, node in enumerate(self.nodes) if node.placed.key == door.key)

    def _keep(self, span: Span) -> None:
        """Book a span that is settled, and stand where it ended."""
        inboxes, pollers = {}, {}
        for place, queue in span.queues.items():
            book = self.books.stages[place]
            inboxes[place], gone = queue.rest(span.until)
            pollers[place] = queue.trial
            minute = self.books.minute_of(np.array([span.until - 1e-6]))
            known = len(queue.inbox) + len(queue.returning)
            book.offered[minute] += len(queue.messages) - known
            book.refused[minute] += queue.dead + gone
            book.dead += queue.dead + gone
        for place, node in enumerate(self.nodes):
            if not node.is_queue:
                for flow in span.plan.at[place]:
                    self.books.book_flow(node, self.books.stages[place], flow)
            self._book_pool(place, span)
        for entry, flow in span.roots:
            self.books.book_entry(self.books.entries[entry], flow)
        self.back = [self._coming_back(k, span) for k in range(len(self.entries))]
        inside = {
            hold.caller: self._inside(hold.caller, span)
            for node in self.nodes
            for hold in node.holds
            if hold.is_random
        }
        self.standing = Standing(tuple(span.trial), inboxes, pollers, span.later, inside)
        self.at = span.until

    def _book_pool(self, place: int, span: Span) -> None:
        server = span.trial[place]
        if isinstance(server, PoolServer):
            book = self.books.stages[place]
            now, before = server.environment_s(span.until), self.kept_s.get(place, 0.0)
            self.kept_s[place] = now
            self.books.spread(book.kept, self.at, span.until, (now - before) / MINUTE_S)
            book.peak = max(book.peak, float(server.peak))

    def _coming_back(self, entry: int, span: Span) -> dict[int, FloatArray]:
        """Return when clients come back after the span, by the attempts made. [s]"""
        later = {k: [times[times >= span.until]] for k, times in self.back[entry].items()}
        for own, flow in span.roots:
            if own == entry and flow.repeat is not None:
                times, alive = come(flow, None)
                here = times >= span.until
                own_times = times[here if alive is None else here & alive]
                later.setdefault(attempt_of(flow) - 1, []).append(own_times)
        return {k: np.sort(np.concatenate(parts)) for k, parts in later.items()}

    def _inside(self, place: int, span: Span) -> FloatArray:
        before = self.standing.inside.get(place, np.empty(0))
        ends = [before[before > span.until]]
        for flow in span.plan.at[place]:
            own = flow.ends[flow.served()]
            ends.append(own[own > span.until])
        return np.concatenate(ends)

    def waiting(self) -> dict[int, int]:
        return {place: len(inbox) for place, inbox in self.standing.inboxes.items()}

    def result(self, carried: dict[int, int]) -> Simulated:
        books = self.books
        for place, count in self.waiting().items():
            books.stages[place].waiting = count - carried.get(place, 0)
        stages = {
            node.placed.key: book for node, book in zip(self.nodes, books.stages, strict=True)
        }
        return Simulated(tuple(books.entries), stages, books.spans, books.unsettled)
