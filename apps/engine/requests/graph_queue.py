"""A queue of the graph: what lies in it, what is handed over in a span, what comes back."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from apps.engine.requests.graph_flow import Flow
from apps.engine.stages.arrivals import BoolArray
from apps.engine.stages.base import FloatArray
from apps.engine.stages.pollers import Pollers
from apps.engine.stages.queue import Queue

# Callees that take as long to so much are the same. [s]
_SAME_S = 1e-9


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
        """Return no messages.

        Returns
        -------
        Messages
            Of length 0.
        """
        return cls(np.empty(0), np.empty(0), np.empty(0, dtype=np.intp))

    @classmethod
    def sent(cls, times: FloatArray) -> Messages:
        """Return messages that are new.

        Parameters
        ----------
        times : ndarray, shape (n,)
            When each is sent. [s]

        Returns
        -------
        Messages
            In the same order.
        """
        return cls(times, times, np.zeros(len(times), dtype=np.intp))

    @classmethod
    def joined(cls, parts: Sequence[Messages]) -> Messages:
        """Return all messages in order.

        Parameters
        ----------
        parts : sequence of Messages
            At least one.

        Returns
        -------
        Messages
            By the time from which each can be taken.
        """
        parts = [part for part in parts if len(part)] or [parts[0]]
        if len(parts) == 1:
            ready, born, tries = parts[0].ready, parts[0].born, parts[0].tries
        else:
            ready = np.concatenate([part.ready for part in parts])
            born = np.concatenate([part.born for part in parts])
            tries = np.concatenate([part.tries for part in parts])
        if (ready[1:] < ready[:-1]).any():
            order = np.argsort(ready, kind="stable")
            ready, born, tries = ready[order], born[order], tries[order]
        return cls(ready, born, tries)

    def some(self, which: slice | BoolArray) -> Messages:
        """Return some of the messages.

        Parameters
        ----------
        which : slice or ndarray of bool
            Which of them.

        Returns
        -------
        Messages
            In the same order.
        """
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
    _lasting: list[FloatArray] = field(default_factory=list)
    # By which the messages were gathered: while it is the same, so are they.
    _sent: list[object] = field(default_factory=list)
    _known: dict[int, FloatArray] = field(default_factory=dict)
    dead: int = 0
    handled: int = 0

    def __post_init__(self) -> None:
        self.trial = self.pollers

    @property
    def capacity(self) -> int:
        """How many messages the planned blocks can take. [count]"""
        return sum(block.size for block in self.blocks)

    def hand_over(self, senders: Sequence[Flow], until: float, wants_items: bool) -> None:
        """Hand over what lies there, given what callees took of the deliveries last time.

        Parameters
        ----------
        senders : sequence of Flow
            Requests that send a message each.
        until : float
            End of the span. [s]
        wants_items : bool
            Whether who is called works through a batch message by message.
        """
        before = self.messages
        sent: list[object] = [self.returning]
        for sender in senders:
            sent += (sender.call_at, sender.alive, sender.refused)
        if len(sent) != len(self._sent) or any(map(operator.is_not, sent, self._sent)):
            self.messages, self._sent = self._gathered(senders), sent
        lasting = [self._for_one(block) for block in self.blocks]
        if self._is_same(before, lasting):
            return
        self._lasting = lasting
        self.trial, self.edges, self.taken = self.pollers.fork(), [], 0
        for block, one in zip(self.blocks, lasting, strict=True):
            self._hand_over_block(block, one, until, wants_items)

    def _gathered(self, senders: Sequence[Flow]) -> Messages:
        """Return what lay here, what comes back, and what is sent."""
        parts = [self.inbox, self.returning]
        for sender in senders:
            times, served = sender.call_at, sender.served()
            parts.append(Messages.sent(times if served.all() else times[served]))
        return Messages.joined(parts)

    def _is_same(self, before: Messages, lasting: list[FloatArray]) -> bool:
        """Say whether the same messages meet the same callees as in the pass before."""
        if len(lasting) != len(self._lasting):
            return False
        pairs = zip(lasting, self._lasting, strict=True)
        is_same = before is self.messages or np.array_equal(before.ready, self.messages.ready)
        return is_same and all(
            not len(new) or float(np.abs(new - old).max()) <= _SAME_S for new, old in pairs
        )

    def _for_one(self, block: Flow) -> FloatArray:
        """Return what each delivery would take of one message; as it was where none was made."""
        if block.beyond is None:
            return np.zeros(block.size)
        one = block.beyond / block.work
        known = self._known.get(id(block))
        if block.alive is not None:
            one = np.where(block.alive, one, 0.0 if known is None else known)
        self._known[id(block)] = one
        return one

    def _hand_over_block(
        self, block: Flow, one: FloatArray, until: float, wants_items: bool
    ) -> None:
        low = self.taken
        ready = self.messages.ready[low : low + block.size]
        if block.beyond is None:  # Nobody knows yet how long it takes: all is handed over.
            begins = ready[: int(np.searchsorted(ready, until))]
            edges = np.arange(len(begins) + 1)
        else:
            begins, edges = self.trial.deliver(ready, one, until, 1.0 if wants_items else 0.0)
        made, count = len(begins), int(edges[-1])
        block.work = np.ones(block.size)
        block.batch_of = block.batch_alive = None
        if made == count:
            block.alive = None if made == block.size else np.arange(block.size) < made
            block.call_at = np.full(block.size, until)
            block.call_at[:made] = begins
        else:
            block.call_at = np.full(block.size, until)
            self._gather(block, begins, edges, wants_items)
        self.edges.append(edges)
        self.taken = low + count

    def _gather(
        self, block: Flow, begins: FloatArray, edges: NDArray[np.intp], wants_items: bool
    ) -> None:
        """Let a delivery stand in the place of its first message, so that it keeps its chances."""
        firsts, sizes, count = edges[:-1], np.diff(edges), int(edges[-1])
        block.call_at[firsts] = begins
        block.alive = np.zeros(block.size, dtype=np.bool_)
        block.alive[firsts] = True
        block.work[firsts] = sizes
        if wants_items:
            block.batch_of = np.zeros(block.size, dtype=np.intp)
            block.batch_of[:count] = np.repeat(firsts, sizes)
            block.batch_alive = np.arange(block.size) < count

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
            which = np.repeat(edges[:-1], np.diff(edges))
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
        """Return what lies there afterwards.

        Parameters
        ----------
        now : float
            End of the span. [s]

        Returns
        -------
        tuple of Messages and int
            What lies there, and how many were too old and are gone. [count]
        """
        lying = self.messages.some(slice(self.taken, None))
        if math.isinf(self.stage.keep_s) or not len(lying):
            return lying, 0
        fresh = now - lying.born <= self.stage.keep_s
        return lying.some(fresh), int((~fresh).sum())
