"""One span of the day: passes through the graph until no verdict moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from apps.engine.requests.graph_flow import Flow, Rows, answer, attempt_of, come, root_of
from apps.engine.requests.graph_masks import agree, and_mask, apart
from apps.engine.requests.graph_net import Node
from apps.engine.requests.graph_plan import Plan, batch_work, call_of, guess_s
from apps.engine.requests.graph_queue import Messages, QueueSpan
from apps.engine.requests.graph_quota import deny
from apps.engine.requests.graph_serve import Later, serve
from apps.engine.requests.graph_standing import Client, Standing
from apps.engine.stages.arrivals import BoolArray, Server
from apps.engine.stages.base import FloatArray
from apps.engine.stages.delay import Delay
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue


@dataclass(slots=True)
class Span:
    """The requests that come at the doors before `until`, and all that follows from them."""

    nodes: Sequence[Node]
    standing: Standing
    plan: Plan
    until: float
    client: Client
    roots: list[tuple[int, Flow]] = field(default_factory=list)
    queues: dict[int, QueueSpan] = field(default_factory=dict)
    trial: list[Server] = field(default_factory=list)
    later: dict[int, Later] = field(default_factory=dict)
    calm: list[bool] = field(default_factory=list)
    dirty: set[int] = field(default_factory=set)
    is_denying: bool = False

    def enter(self, entry: int, place: int, times: FloatArray, before: int = 0) -> None:
        """Plan requests that come at a door, after so many attempts in earlier spans.

        Parameters
        ----------
        entry : int
            Which of the entries.
        place : int
            Its stage, by its place among the nodes.
        times : ndarray, shape (n,)
            When they come, sorted. [s]
        before : int
            Attempts that these clients have made. [count]
        """
        flow = self.plan.add(place, np.broadcast_to(1.0, (len(times),)), before=before)
        flow.times = times
        self.roots.append((entry, flow))

    def plan_queues(self) -> None:
        """Plan the deliveries of every queue, for all that may lie in it."""
        for place, node in enumerate(self.nodes):
            stage = node.placed.stage
            if not isinstance(stage, Queue):
                continue
            inbox = self.standing.inboxes.get(place, Messages.none())
            pollers = self.standing.pollers[place]
            self.queues[place] = QueueSpan(stage, pollers, inbox)
            sizes = [sender.size for sender in self.plan.senders.get(place, [])]
            self.add_block(place, len(inbox) + sum(sizes))

    def add_block(self, place: int, size: int) -> None:
        """Plan deliveries of a queue, each of at least one message.

        Parameters
        ----------
        place : int
            The queue, by its place among the nodes.
        size : int
            At most so many. [count]
        """
        if size:
            block = self.plan.add(place, np.broadcast_to(1.0, (size,)))
            self.queues[place].blocks.append(block)

    def run(self, most_passes: int) -> bool:
        """Make passes until nothing moves; say whether that came to pass.

        Parameters
        ----------
        most_passes : int
            No more than so many. [count]

        Returns
        -------
        bool
            Whether all verdicts stand.
        """
        count = len(self.nodes)
        self.trial = [server.fork() for server in self.standing.servers]
        self.calm = [False] * count
        for _ in range(2):
            self._forward(first=True)
            self._guess()
        self.dirty = set(range(count))
        for _ in range(most_passes):
            self._forward(first=False)
            if self.dirty:
                self._backward()
            elif not self._extend():
                return True
        return False

    def _forward(self, *, first: bool) -> None:
        """Let requests come when their callers, as they stand now, call them."""
        for place, node in enumerate(self.nodes):
            if node.is_queue:
                self._deliver(place, first)
                continue
            for flow in self.plan.at[place]:
                self._come(flow, place, first)
        if not first and (self.is_denying or not self.dirty):
            changed = deny(self.nodes, self.plan.at, self.standing, self.trial)
            self.is_denying |= bool(changed)
            self.dirty |= changed

    def _deliver(self, place: int, first: bool) -> None:
        queue = self.queues[place]
        if not first and not queue.is_settled:
            self.dirty.add(place)
        targets = [self.nodes[target].placed.stage for target, _ in self.nodes[place].calls]
        wants = any(
            isinstance(t, Pool) or (isinstance(t, Delay) and t.splits_batches) for t in targets
        )
        queue.hand_over(self.plan.senders.get(place, []), self.until, wants)

    def _come(self, flow: Flow, place: int, first: bool) -> None:
        node = self.nodes[flow.parent.place] if flow.parent is not None else None
        goes_on: BoolArray | None = None
        if node is not None and flow.parent is not None and node.hit_share:
            goes_on = flow.parent.chance.luck >= node.hit_share
        times, alive = come(flow, goes_on)
        is_handed = flow.parent is not None and node is not None and node.is_queue
        if is_handed and self._take_batch(flow, flow.parent):
            self.dirty.add(place)
        if flow.repeat is not None and call_of(self.nodes, flow) is None:
            # Clients that come back after the span are left for the next.
            alive = and_mask(alive, times < self.until)
        if first:
            flow.times, flow.alive, flow.call_at = times, alive, times
            return
        is_same = alive is flow.alive or agree(alive, flow.alive)
        if is_same and self.calm[place]:
            return
        if not is_same or apart(times, flow.times, alive):
            flow.times, flow.alive = times, alive
            self.dirty.add(place)

    def _take_batch(self, flow: Flow, block: Flow | None) -> bool:
        """Let a delivery carry as many items as it took messages; say whether that changed."""
        before, rows = flow.work, flow.rows
        if block is None:
            return False
        flow.work = flow.base_work * (block.work if rows is None else block.work[rows])
        stage = self.nodes[flow.place].placed.stage
        by_item = isinstance(stage, Pool) or (isinstance(stage, Delay) and stage.splits_batches)
        if by_item and rows is None:
            flow.items, flow.items_alive = block.batch_of, block.batch_alive
        return not np.array_equal(before, flow.work)

    def _guess(self) -> None:
        """Let every request end as if nothing held it up."""
        for place in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[place]
            for flow in self.plan.at[place]:
                answer(flow)
                if node.is_queue:
                    continue
                stay = guess_s(node, flow)
                flow.ends = flow.times + (stay if flow.beyond is None else stay + flow.beyond)

    def _backward(self) -> None:
        """Serve callees before callers, where something changed."""
        served: set[int] = set()
        for place in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[place]
            if place not in self.dirty and not any(t in served for t, _ in node.calls):
                continue
            served.add(place)
            for flow in self.plan.at[place]:
                flow.work = batch_work(self.nodes, flow)
                answer(flow)
            if node.is_queue:
                self.queues[place].settle()
            elif not node.is_quota:
                self._serve(place, node)
        self.dirty = set()

    def _serve(self, place: int, node: Node) -> None:
        server = self.standing.servers[place].fork()
        later = self.standing.later.get(place)
        self.calm[place], rest = serve(node, self.plan.at[place], server, later, self.until)
        self.trial[place] = server
        self.later.pop(place, None)
        if rest is not None:
            self.later[place] = rest

    def _extend(self) -> bool:
        """Plan what turned out to be needed: attempts, deliveries. Say whether there was any."""
        found = False
        for flows in [list(flows) for flows in self.plan.at]:
            for flow in flows:
                found |= self._repeat(flow)
        for place, queue in self.queues.items():
            due = int(np.searchsorted(queue.messages.ready, self.until)) - queue.taken
            if due > 0 and queue.taken == queue.capacity:
                self.add_block(place, due)
                found = True
        if found:
            self._ready_new()
        return found

    def _repeat(self, flow: Flow) -> bool:
        """Plan further attempts of those that failed and were not tried again."""
        if flow.bad is None:
            return False
        failed = flow.bad & flow.present()
        new = failed if flow.tried is None else failed & ~flow.tried
        if not new.any():
            return False
        call, root = call_of(self.nodes, flow), root_of(flow)
        if call is None and root not in [first for _, first in self.roots]:
            return False
        rows = np.flatnonzero(new)
        flow.tried = new if flow.tried is None else flow.tried | new
        if call is not None:
            if attempt_of(flow) >= call.attempts:
                return False
            again = self.plan.again(flow, rows, np.full(len(rows), call.backoff_s))
            first = root.parent
            if first is not None:
                first.calls[root.call].append(again)
            return True
        return self._come_back(flow, root, rows)

    def _come_back(self, flow: Flow, root: Flow, rows: Rows) -> bool:
        """Let clients that failed come again, unless they have come often enough."""
        if attempt_of(flow) >= self.client.attempts:
            return False
        flow.returns = True
        delays = self.plan.rng.exponential(self.client.delay_s, size=len(rows))
        again = self.plan.again(flow, rows, delays)
        entry = next(entry for entry, first in self.roots if first is root)
        self.roots.append((entry, again))
        return True

    def _ready_new(self) -> None:
        """Give new flows their first times, as if nothing held them up."""
        for place, flows in enumerate(self.plan.at):
            for flow in flows:
                if len(flow.times) == flow.size and len(flow.ends) == flow.size:
                    continue
                if self.nodes[place].is_queue:
                    flow.call_at = np.full(flow.size, self.until)
                    flow.alive = np.zeros(flow.size, dtype=np.bool_)
                    flow.ends = flow.times = flow.call_at
                    continue
                self._come(flow, place, first=True)
        for place in range(len(self.nodes) - 1, -1, -1):
            for flow in self.plan.at[place]:
                if len(flow.ends) != flow.size:
                    answer(flow)
                    stay = guess_s(self.nodes[place], flow)
                    flow.ends = flow.times + (stay if flow.beyond is None else stay + flow.beyond)
                    self.dirty.add(place)
        self.dirty |= {place for place, node in enumerate(self.nodes) if node.is_queue}
