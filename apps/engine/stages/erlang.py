"""Loss and waiting where requests come at random: Erlang B, Erlang C, bucket overflow."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from apps.engine.stages.base import FloatArray

# A table reaches this many standard deviations to both sides of the number of servers.
_REACH = 10.0
_POINTS = 257
# Up to so many servers a table is no faster than the recurrence.
FEW = 16
# Above this many servers the exact recursion costs more than its correction is worth.
_EXACT = 4_000


def erlang_b(load: ArrayLike, servers: int) -> FloatArray:
    """Return the share of requests that find every server busy (M/G/c/c).

    Parameters
    ----------
    load : array_like, shape (...)
        Mean arrival rate times mean service time. [erlang]
    servers : int
        Requests that can be served at once. [count]

    Returns
    -------
    ndarray, shape (...)
        Blocking probability, between 0 and 1. [-]

    Raises
    ------
    ValueError
        If `servers` or a load is negative.

    Notes
    -----
    Recurrence ``B(0) = 1``, ``B(c) = a B(c-1) / (c + a B(c-1))``; independent of the law of
    the service time. Arrivals are Poisson.

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.6.

    Examples
    --------
    >>> float(erlang_b(1.0, servers=2))
    0.2
    """
    offered = np.asarray(load, dtype=np.float64)
    if servers < 0 or (offered < 0).any():
        raise ValueError("Offered load and servers must not be negative.")
    blocked = np.ones_like(offered)
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """Return the share of requests that wait (M/M/c, infinite room); 1 from saturation on.

    Parameters
    ----------
    load : float
        Offered load. [erlang]
    servers : int
        Servers. [count]

    Returns
    -------
    float
        P(wait > 0). [-]

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.5.

    Examples
    --------
    >>> round(erlang_c(8.0, 10), 8)
    0.40918015
    """
    if load >= servers:
        return 1.0
    blocked = float(erlang_b(load, servers))
    return blocked / (1.0 - load / servers * (1.0 - blocked))


@lru_cache(maxsize=256)
def blocking(servers: int) -> Callable[[float], float]:
    """Return Erlang B for a number of servers as a fast function of the load.

    Up to 16 servers it is the recurrence itself. Above it is linear between 257 exact values over
    ten standard deviations, below which blocking is under 1e-12, and
    ``1 - c/a (1 - 1/(a - c + 1))`` beyond. From 4,000 servers on the loss is that of the mean
    plus the normal correction (Hayward), which is below 1.3 % there.

    Parameters
    ----------
    servers : int
        Requests that can be served at once. [count]

    Returns
    -------
    callable
        Offered load [erlang] → share refused [-].

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.6.
    """
    return _recurrence(servers) if servers <= FEW else _table(servers)


def _recurrence(servers: int) -> Callable[[float], float]:
    counts = tuple(float(count) for count in range(1, servers + 1))

    def blocked(load: float) -> float:
        lost = 1.0
        for count in counts:
            lost = load * lost / (count + load * lost)
        return lost

    return blocked


@lru_cache(maxsize=1024)
def loss_table(servers: int) -> tuple[float, float, list[float]]:
    """Return Erlang B at even loads.

    Parameters
    ----------
    servers : int
        Requests that can be served at once. [count]

    Returns
    -------
    low : float
        Lowest load. [erlang]
    high : float
        Highest load. [erlang]
    values : list of float
        Share refused at 257 loads from `low` to `high`. [-]

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.6.
    """
    spread = _REACH * math.sqrt(servers)
    low, high = max(0.0, servers - spread), servers + spread + 4.0
    loads = np.linspace(low, high, _POINTS)
    exact = servers <= _EXACT
    values = (erlang_b(loads, servers) if exact else _normal_loss(loads, servers)).tolist()
    return low, high, values


def _table(servers: int) -> Callable[[float], float]:
    low, high, values = loss_table(servers)
    scale, last = (_POINTS - 1) / (high - low), _POINTS - 2

    def blocked(load: float) -> float:
        if load <= low:
            return 0.0 if low > 0.0 else float(values[0])
        if load >= high:
            return 1.0 - servers / load * (1.0 - 1.0 / (load - servers + 1.0))
        place = (load - low) * scale
        index = int(place)
        if index > last:
            index = last
        left = values[index]
        return float(left + (values[index + 1] - left) * (place - index))

    return blocked


def _normal_loss(loads: FloatArray, servers: int) -> FloatArray:
    """Return the loss of a large group: phi(z) / (sqrt(a) Phi(z)) with z = (c - a)/sqrt(a)."""
    z = (servers - loads) / np.sqrt(loads)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    below = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in z.tolist()])
    asymptotic = density / (np.sqrt(loads) * np.maximum(below, 1e-300))
    return np.asarray(np.clip(asymptotic, 0.0, 1.0))


def busiest_load(servers: int, share: float) -> float:
    """Return the largest load that a loss group carries with at most `share` refused.

    Parameters
    ----------
    servers : int
        Requests that can be served at once. [count]
    share : float
        Share refused. [-]

    Returns
    -------
    float
        Offered load, by bisection of Erlang B. [erlang]

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.6.
    """
    blocked = blocking(servers)
    low, high = 0.0, 2.0 * servers + 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if blocked(middle) > share:
            high = middle
        else:
            low = middle
    return low


def overflow(use: float, burst: float) -> float:
    """Return the share that a token bucket refuses in its steady state below its rate.

    Parameters
    ----------
    use : float
        Arrival rate / refill rate, below 1. [-]
    burst : float
        Size of the bucket. [requests]

    Returns
    -------
    float
        Share refused, of Poisson arrivals. [-]

    Notes
    -----
    A bucket of size B is an M/D/1 queue with room B seen from the other side; the diffusion
    limit of its loss is ``(1 - u) q / (1 - u q)`` with ``q = exp(-2 (1 - u) B / u)``.
    """
    if use <= 0.0 or use >= 1.0:
        return 0.0
    exponent = 2.0 * (1.0 - use) * burst / use
    if exponent > 60.0:
        return 0.0
    decay = math.exp(-exponent)
    return (1.0 - use) * decay / (1.0 - use * decay)


def mean_wait_s(use: float, servers: float, service_s: float) -> float:
    """Return the mean wait in a queue with `servers` (M/M/c). [s]

    Parameters
    ----------
    use : float
        Offered load over servers; from 98 % on the backlog itself says how long it takes. [-]
    servers : float
        Servers; a whole number is exact to 2 %, a fraction follows Sakasegawa's closed form.
        [count]
    service_s : float
        Mean service time. [s]

    Returns
    -------
    float
        Mean wait before service, over all requests. [s]

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.5.
    .. [2] H. Sakasegawa, "An approximation formula Lq = a rho^b / (1 - rho)", Annals of the
       Institute of Statistical Mathematics 29, 1977.
    """
    if use <= 0.0 or math.isinf(servers):
        return 0.0
    full = 0.98 if use > 0.98 else use
    if servers >= 1.0 and servers == int(servers):
        lost = blocking(int(servers))(full * servers)
        waiting = lost / (1.0 - full * (1.0 - lost))
    else:
        waiting = full ** (math.sqrt(2.0 * (servers + 1.0)) - 1.0)
    return float(service_s * waiting / (servers * (1.0 - full)))
