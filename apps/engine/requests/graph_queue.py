"""A queue of the graph: what lies in it, what is handed over in a span, what comes back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from apps.engine.requests.graph_flow import Flow
from apps.engine.stages.arrivals import BoolArray
from apps.engine.stages.base import FloatArray
from apps.engine.stages.pollers import Pollers
from apps.engine.stages.queue import Queue


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages by the time from which they can be taken; all arrays have shape (n,).

    `ready` [s], `born` is when each was sent [s], `tries` how often it was handed over before.
    """

    ready: FloatArray
    born: FloatArray
    tries: NDArray[np.intp]

    @classmethod
    def none(cls) -> Messages:
        return cls(np.empty(0), np.empty(0), np.empty(0, dtype=np.intp))

    @classmethod
    def sent(cls, times: FloatArray) -> Messages:
        return cls(times, times, np.zeros(len(times), dtype=np.intp))

    @classmethod
    def joined(cls, parts: Sequence[Messages]) -> Messages:
        """Return all messages in order."""
        ready = np.concatenate([part.ready for part in parts])
        born = np.concatenate([part.born for part in parts])
        tries = np.concatenate([part.tries for part in parts])
        if (ready[1:] < ready[:-1]).any():
            order = np.argsort(ready, kind="stable")
            ready, born, tries = ready[order], born[order], tries[order]
        return cls(ready, born, tries)

    def some(self, which: slice | BoolArray) -> Messages:
        return Messages(self.ready[which], self.born[which], self.tries[which])

    def __len__(self) -> int:
        return len(self.ready)


@dataclass(slots=True)
class QueueSpan:
    """A queue during one span: its blocks of deliveries, and how they go.

    Each block takes as many messages as were known of when it was planned.
    """

    stage: Queue
    pollers: Pollers
    inbox: Messages
    blocks: list[Flow] = field(default_factory=list)
    returning: Messages = field(default_factory=Messages.none)
    messages: Messages = field(default_factory=Messages.none)
    trial: Pollers = field(init=False)
    is_settled: bool = True
    taken: int = 0
    edges: list[NDArray[np.intp]] = field(default_factory=list)
    dead: int = 0
    handled: int = 0

    def __post_init__(self) -> None:
        self.trial = self.pollers

    @property
    def capacity(self) -> int:
        return sum(block.size for block in self.blocks)

    def hand_over(self, senders: Sequence[Flow], until: float, wants_items: bool) -> None:
        """Hand over what lies there, given what callees took of the deliveries last time."""
        parts = [self.inbox, self.returning]
        for sender in senders:
            times = sender.call_at
            served = sender.served()
            parts.append(Messages.sent(times if served.all() else times[served]))
        self.messages = Messages.joined(parts)
        self.trial, self.edges, self.taken = self.pollers.fork(), [], 0
        for block in self.blocks:
            self._hand_over_block(block, until, wants_items)

    def _hand_over_block(self, block: Flow, until: float, wants_items: bool) -> None:
        low = self.taken
        ready = self.messages.ready[low : low + block.size]
        lasting = block.beyond if block.beyond is not None else np.zeros(block.size)
        begins, edges = self.trial.deliver(ready, lasting, until)
        made = len(begins)
        block.call_at = np.full(block.size, until)
        block.call_at[:made] = begins
        block.alive = None if made == block.size else np.arange(block.size) < made
        block.work = np.ones(block.size)
        sizes = np.diff(edges)
        block.work[:made] = sizes
        self.edges.append(edges)
        self.taken = low + int(edges[-1])
        if wants_items and edges[-1] != made:
            rows = np.zeros(block.size, dtype=np.intp)
            rows[: edges[-1]] = np.repeat(np.arange(made), sizes)
            block.items, block.items_alive = rows, np.arange(block.size) < edges[-1]
        else:
            block.items = block.items_alive = None

    def settle(self) -> None:
        """Book what became of the deliveries: handled, coming back, or given up."""
        low, parts, self.dead, self.handled = 0, [], 0, 0
        for block, edges in zip(self.blocks, self.edges, strict=True):
            count = int(edges[-1])
            own = self.messages.some(slice(low, low + count))
            low += count
            if block.good is None or block.good.all():
                self.handled += count
                continue
            which = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
            bad = ~block.good[which]
            last = bad & (own.tries + 1 >= self.stage.attempts)
            again = bad & ~last
            lasting = block.beyond if block.beyond is not None else np.zeros(block.size)
            back = block.call_at[which] + np.maximum(self.stage.hidden_s, lasting[which])
            parts.append(Messages(back[again], own.born[again], own.tries[again] + 1))
            self.dead += int(last.sum())
            self.handled += count - int(bad.sum())
        before = self.returning.ready
        self.returning = Messages.joined(parts) if parts else Messages.none()
        # What comes back within the span has to be handed over in it.
        self.is_settled = np.array_equal(before, self.returning.ready)

    def rest(self, now: float) -> tuple[Messages, int]:
        """Return what lies there afterwards, and how many were too old and are gone."""
        lying = self.messages.some(slice(self.taken, None))
        if math.isinf(self.stage.keep_s) or not len(lying):
            return lying, 0
        fresh = now - lying.born <= self.stage.keep_s
        return lying.some(fresh), int((~fresh).sum())
