"""What is denied before a stage is asked: quotas of the account, connections all held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.requests.graph_flow import Flow
from apps.engine.requests.graph_masks import or_mask
from apps.engine.requests.graph_net import Node
from apps.engine.requests.graph_plan import guess_s
from apps.engine.requests.graph_serve import order_of
from apps.engine.stages._pool_requests import PoolServer
from apps.engine.stages.arrivals import Arrivals, BoolArray, Chance, Server
from apps.engine.stages.base import FloatArray
from apps.engine.stages.shared import SharedServer

if TYPE_CHECKING:
    from apps.engine.requests.graph_standing import Standing


def deny(
    nodes: Sequence[Node],
    flows: Sequence[Sequence[Flow]],
    standing: Standing,
    trial: list[Server],
) -> set[int]:
    """Write into each flow whom quotas and full connections deny; return where that changed.

    Requests that a quota refuses do not reach the stage's own limit. Quotas are asked by all
    their members in the order of time, connections by each call in the state that it meets.

    Parameters
    ----------
    nodes : sequence of Node
        All stages.
    flows : sequence by stage of sequence of Flow
        Their `denied` and `stay` are written.
    standing : Standing
        Where everything stood before the span.
    trial : list of Server
        By stage; those of quotas are replaced by how they stand then.

    Returns
    -------
    set of int
        Stages at which others are denied than before.
    """
    found: dict[int, list[BoolArray | None]] = {}
    for place, node in enumerate(nodes):
        if node.is_quota:
            _ask_quota(place, nodes, flows, standing, trial, found)
    for place, node in enumerate(nodes):
        if np.isfinite(node.connections):
            for k, flow in enumerate(flows[place]):
                full = _full(node, flow, flows, standing)
                slot = found.setdefault(place, [None] * len(flows[place]))
                slot[k] = or_mask(slot[k], full)
    changed = set()
    asked = [k for k, node in enumerate(nodes) if node.quotas or np.isfinite(node.connections)]
    for place in asked:
        masks = found.get(place) or [None] * len(flows[place])
        for flow, mask in zip(flows[place], masks, strict=True):
            new = mask if mask is not None and mask.any() else None
            if not _same(new, flow.denied):
                flow.denied = new
                changed.add(place)
    return changed


def _same(first: BoolArray | None, second: BoolArray | None) -> bool:
    if first is None or second is None:
        return first is second
    return bool(np.array_equal(first, second))


def _of(flow: Flow, values: FloatArray) -> FloatArray:
    return values if flow.alive is None else values[flow.alive]


def _stay(node: Node, flow: Flow) -> FloatArray:
    """Return how long requests hold their part, or would, had they not been denied. [s]"""
    now = flow.ends - flow.times
    if flow.denied is not None:
        before = guess_s(node, flow) if flow.stay is None else flow.stay
        now = np.where(flow.denied, before, now)
    flow.stay = now
    return now


def _ask_quota(
    place: int,
    nodes: Sequence[Node],
    flows: Sequence[Sequence[Flow]],
    standing: Standing,
    trial: list[Server],
    found: dict[int, list[BoolArray | None]],
) -> None:
    members = [k for k, node in enumerate(nodes) if place in node.quotas]
    asking = [(k, j, flow) for k in members for j, flow in enumerate(flows[k])]
    if not asking:
        return
    times = np.concatenate([_of(flow, flow.times) for *_, flow in asking])
    lasts = np.concatenate([_of(flow, _stay(nodes[k], flow)) for k, _, flow in asking])
    server = standing.servers[place].fork()
    trial[place] = server
    if not len(times) or (isinstance(server, SharedServer) and server.all_pass(times, lasts)):
        return
    arrivals, order = Arrivals(times, np.broadcast_to(1.0, times.shape), lasts), order_of(times)
    if order is not None:
        arrivals = arrivals.some(order)
    refused = server.serve(arrivals, Chance(times, times)).refused
    if not refused.any():
        return
    if order is not None:
        sorted_refused, refused = refused, np.empty_like(refused)
        refused[order] = sorted_refused
    low = 0
    for k, j, flow in asking:
        mask = flow.present()
        high = low + int(mask.sum())
        full = np.zeros(flow.size, dtype=np.bool_)
        full[mask] = refused[low:high]
        slot = found.setdefault(k, [None] * len(flows[k]))
        slot[j] = or_mask(slot[j], full)
        low = high


def _full(node: Node, flow: Flow, flows: Sequence[Sequence[Flow]], standing: Standing) -> BoolArray:
    """Say which calls find every connection held."""
    held: FloatArray = np.zeros(flow.size)
    kept = 0.0
    for hold in node.holds:
        if hold.is_random:
            ends = [standing.inside.get(hold.caller, np.empty(0))]
            starts = [np.full(len(ends[0]), -np.inf)]
            for caller in flows[hold.caller]:
                served = caller.served()
                starts.append(caller.call_at[served])
                ends.append(caller.ends[served])
            began = np.searchsorted(np.sort(np.concatenate(starts)), flow.times, side="right")
            ended = np.searchsorted(np.sort(np.concatenate(ends)), flow.times, side="right")
            held += hold.factor * (began - ended)
        else:
            server = standing.servers[hold.caller]
            kept += hold.factor * (server.kept if isinstance(server, PoolServer) else 0.0)
    denied = held + kept > node.connections if held.any() else np.zeros(flow.size, dtype=np.bool_)
    if not held.any() and kept > node.connections:
        denied = flow.chance.luck < 1.0 - node.connections / kept
    return np.asarray(denied)
