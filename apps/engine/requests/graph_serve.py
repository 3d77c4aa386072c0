"""All requests of a span at one stage, served in the order in which they come."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.engine.requests.graph_flow import Flow, Rows
from apps.engine.requests.graph_masks import and_mask, or_mask
from apps.engine.requests.graph_net import Node
from apps.engine.stages.arrivals import Arrivals, BoolArray, Chance, Departures, Server, join
from apps.engine.stages.base import FloatArray
from apps.engine.stages.pool import Pool

_ROUNDING_S = 1e-9
# With places of more bits too few are left for the times.
_MOST_BITS = 24


@dataclass(frozen=True, slots=True)
class Later:
    """Requests that are answered but come to a stage after the span; they load it then."""

    arrivals: Arrivals
    chance: Chance

    def __len__(self) -> int:
        return len(self.arrivals.times)


def serve(
    node: Node, flows: Sequence[Flow], server: Server, later: Later | None, until: float
) -> tuple[bool, Later | None]:
    """Serve the flows of a stage, and write into each what became of its requests.

    Parameters
    ----------
    node : Node
        The stage.
    flows : sequence of Flow
        With their times, work and the time of their callees.
    server : Server
        The stage at work, before the span; it is left as it stands at its end.
    later : Later, optional
        What earlier spans left to come.
    until : float
        End of the span. [s]

    Returns
    -------
    bool
        Whether each request was let in as it came, so that none depends on when others come.
    Later or None
        Those that come after the span. They were answered by what is known of it, and have
        not touched the server.
    """
    masks = [_mask(flow) for flow in flows]
    parts = [_asked(flow, mask) for flow, mask in zip(flows, masks, strict=True)]
    if later is not None and len(later):
        parts.append((later.arrivals, later.chance))
    arrivals, chance = _joined(parts)
    order = order_of(arrivals.times)
    if order is not None:
        arrivals, chance = arrivals.some(order), chance.at(order)
    done, rest = _in_two(server, arrivals, chance, until)
    waits = done.refused.any() or (done.begins > arrivals.times).any()
    if order is not None:
        back = np.empty(len(order), dtype=np.intp)
        back[order] = np.arange(len(order))
        done = _some(done, back)
    low = 0
    for flow, mask, (asked, _) in zip(flows, masks, parts, strict=False):
        part = slice(low, low + len(asked.times))
        low = part.stop
        _write(node, flow, mask, _some(done, part))
    return not waits and not isinstance(node.placed.stage, Pool), rest


def _mask(flow: Flow) -> BoolArray | None:
    return and_mask(flow.alive, None if flow.denied is None else ~flow.denied)


def _asked(flow: Flow, mask: BoolArray | None) -> tuple[Arrivals, Chance]:
    beyond = np.broadcast_to(0.0, (flow.size,)) if flow.beyond is None else flow.beyond
    arrivals = Arrivals(flow.times, flow.work, beyond)
    if mask is None:
        return arrivals, flow.chance
    return arrivals.some(mask), flow.chance.at(mask)


def _joined(parts: Sequence[tuple[Arrivals, Chance]]) -> tuple[Arrivals, Chance]:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Arrivals.at(np.empty(0)), Chance(np.empty(0), np.empty(0))
    columns = [(a.times, a.work, a.beyond, c.size, c.luck) for a, c in parts]
    times, work, beyond, size, luck = (join(own) for own in zip(*columns, strict=True))
    return Arrivals(times, work, beyond), Chance(size, luck)


def order_of(times: FloatArray) -> Rows | None:
    """Return how to sort times.

    Parameters
    ----------
    times : ndarray, shape (n,)
        When requests come. [s]

    Returns
    -------
    ndarray of int, shape (n,), or None
        Places in order, those who come at once in the order given; None where they are sorted.
    """
    if not (times[1:] < times[:-1]).any():
        return None
    first, bits = float(times.min()), len(times).bit_length()
    width = float(times.max()) - first
    if 0.0 < width < math.inf and bits < _MOST_BITS:
        # Sorting whole numbers that carry their places is twice as quick as sorting places.
        keys = ((times - first) * (2.0 ** (62 - bits) / width)).astype(np.int64)
        keys <<= bits
        keys |= np.arange(len(times))
        keys.sort()
        order = keys & ((1 << bits) - 1)
        arranged = times[order]
        if not (arranged[1:] < arranged[:-1]).any():
            return order
    # Those who come at once keep their order from pass to pass, or verdicts would swing.
    return np.argsort(times, kind="stable")


def _some(done: Departures, which: Rows | slice) -> Departures:
    refused = done.refused[which] if done.refused.any() else done.refused
    cold = done.cold[which] if done.cold.any() else done.cold
    return Departures(done.begins[which], done.ends[which], refused, cold)


def _in_two(
    server: Server, arrivals: Arrivals, chance: Chance, until: float
) -> tuple[Departures, Later | None]:
    """Serve those who come in the span, then, on a copy, those who come after it."""
    cut = int(np.searchsorted(arrivals.times, until))
    if cut == len(arrivals.times):
        if not cut:
            none = np.empty(0, dtype=np.bool_)
            return Departures(np.empty(0), np.empty(0), none, none), None
        return server.serve(arrivals, chance), None
    after = Later(arrivals.some(slice(cut, None)), chance.at(slice(cut, None)))
    halves = []
    if cut:
        halves.append(server.serve(arrivals.some(slice(0, cut)), chance.at(slice(0, cut))))
    halves.append(server.fork().serve(after.arrivals, after.chance))
    return Departures(
        np.concatenate([half.begins for half in halves]),
        np.concatenate([half.ends for half in halves]),
        np.concatenate([half.refused for half in halves]),
        np.concatenate([half.cold for half in halves]),
    ), after


def _write(node: Node, flow: Flow, mask: BoolArray | None, done: Departures) -> None:
    begins, ends = done.begins, done.ends
    refused = done.refused if done.refused.any() else None
    cold = done.cold if done.cold.any() else None
    if mask is not None:
        begins, ends = _spread(flow.times, mask, begins), _spread(flow.times, mask, ends)
        refused = (
            None if refused is None else _spread(np.zeros(flow.size, dtype=np.bool_), mask, refused)
        )
        cold = None if cold is None else _spread(np.zeros(flow.size, dtype=np.bool_), mask, cold)
    flow.refused, flow.cold = or_mask(refused, flow.denied), cold
    flow.ends = ends
    flow.call_at = begins if cold is None else begins + cold * node.init_s
    bad = flow.refused
    longest = node.placed.stage.longest_s()
    if math.isfinite(longest):
        late = ends - begins >= longest - _ROUNDING_S
        bad = or_mask(bad, late) if late.any() else bad
    flow.bad = or_mask(bad, None if flow.good is None else ~flow.good)


def _spread(base: NDArray[Any], mask: BoolArray, values: NDArray[Any]) -> NDArray[Any]:
    full = base.copy()
    full[mask] = values
    return full
