"""What waits before servers: a queue that fluctuates below saturation and grows above."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from apps.engine.stages.erlang import blocking

NOTHING, CLOSE, MOST = 1e-9, 1e-7, 60
# A queue so short beside what is served leaves the use as it is.
SLIGHT = 1e-3
FRESH = 2.0 / math.pi

Waits = Callable[[float], float]
Queueing = Callable[[float, float, float, float], float]


@lru_cache(maxsize=256)
def share_waiting(servers: float, cv: float = 1.0) -> Waits:
    """Return a function of the use of the servers, up to 1: the share of requests that wait.

    Parameters
    ----------
    servers : float
        Servers; a whole number is exact (Erlang C), a fraction follows Sakasegawa's closed form.
        [count]
    cv : float
        Coefficient of variation of the service; the share is scaled so that the mean queue is
        that of Allen and Cunneen. [-]

    Returns
    -------
    callable
        Use of the servers, up to 1 [-] → share of requests that wait [-].

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.5.
    .. [2] H. Sakasegawa, "An approximation formula Lq = a rho^b / (1 - rho)", Annals of the
       Institute of Statistical Mathematics 29, 1977.
    .. [3] A. O. Allen, "Probability, Statistics, and Queueing Theory", Academic Press, 1990,
       section 5.3.
    """
    varies = (1.0 + cv**2) / 2.0
    if servers < 1.0 or servers != int(servers):
        power = math.sqrt(2.0 * (servers + 1.0)) - 1.0
        return lambda use: varies * use**power
    blocked = blocking(int(servers))

    def share(use: float) -> float:
        lost = blocked(use * servers)
        return varies * lost / (1.0 - use * (1.0 - lost)) if lost > 0.0 else 0.0

    return share


def queueing(cv: float, dt: float) -> Queueing:
    """Return a function that moves a queue before servers on by one step.

    Parameters
    ----------
    cv : float
        Coefficient of variation of the service. [-]
    dt : float
        Length of a step. [s]

    Returns
    -------
    callable
        (waiting before [count], came [count], duration of a service [s], servers [count]) →
        waiting after [count]; what came and does not wait is served.

    Notes
    -----
    A steady queue has the length ``q = C rho / (1 - rho)`` at the use rho, with C of Erlang; so
    a queue of the length q leaves the share ``C rho / q`` of the servers idle, and what they
    serve leaves the queue. A queue that grows from nothing is not yet as uneven as a steady one
    of its length: reflected Brownian motion leaves the servers idle ``2/pi`` as much at first,
    1 once the queue is steady, and above saturation less with every request that waits.

    References
    ----------
    .. [1] W.-P. Wang, D. Tipper, S. Banerjee, "A simple approximation for modeling
       nonstationary queues", IEEE INFOCOM 1996.
    .. [2] J. M. Harrison, "Brownian Motion and Stochastic Flow Systems", Wiley, 1985,
       chapter 1.
    """
    counted, waits = 1.0, share_waiting(1.0, cv)

    def idle(waiting: float, came: float, most: float) -> float:
        """Return how idle the servers are, against a steady queue of this length."""
        use = came / most
        if use >= 1.0:
            more = waiting + (came - most) / 2.0
            return FRESH * math.exp((1.0 - use) * more / (2.0 * (1.0 + use)))
        steady = waits(use) * use / (1.0 - use)
        ratio = waiting / steady if waiting < steady else 1.0
        settles = math.exp(-most * (1.0 - use) ** 2 / (1.0 + use))
        ratio = 1.0 - (1.0 - ratio) * settles
        return FRESH + (1.0 - FRESH) * ratio * ratio

    def after(waiting: float, came: float, each_s: float, servers: float) -> float:
        nonlocal counted, waits
        if servers != counted:
            counted, waits = servers, share_waiting(servers, cv)
        backlog, most = waiting + came, servers * dt / each_s
        if backlog <= 0.0:
            return 0.0
        high = backlog / most if backlog < most else 1.0
        share = waits(high)
        if share < NOTHING:
            return backlog - most * high
        scale, free = idle(waiting, came, most), 1.0 - high
        if scale * share < SLIGHT * most * free * free:
            return scale * share * high / free
        return _root(backlog, most, high, scale, waits)

    return after


def _root(backlog: float, most: float, high: float, scale: float, waits: Waits) -> float:
    """Return what waits once ``most rho`` are served, of a queue that keeps the use at rho.

    That is where ``scale C rho + (most rho - backlog) (1 - rho)`` is zero; it has no pole.
    """

    def excess(use: float) -> float:
        return scale * waits(use) * use + (most * use - backlog) * (1.0 - use)

    low, below, above, close = 0.0, -backlog, excess(high), CLOSE * most
    use = high - above / most if high < 1.0 else backlog / (backlog + 1.0)
    for _ in range(MOST):
        use = use if low < use < high else (low + high) / 2.0
        here = excess(use)
        if here > 0.0:
            high, above, below = use, here, below / 2.0
        else:
            low, below, above = use, here, above / 2.0
        if high - low < CLOSE or -close < here < close:
            break
        use = (low * above - high * below) / (above - below)
    return backlog - most * use
