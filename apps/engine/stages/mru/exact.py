"""A pool without simulation: its cold starts and environments, exactly."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Nodes on the contour of the inversion; half of them are mirror images of the others.
_NODES = 32
# Concurrency is summed over so many standard deviations beside its mean, and some levels more.
_REACH, _MORE = 12.0, 25


class ExactPool(NamedTuple):
    """Share of requests that start cold [-], mean environments and mean busy ones [count]."""

    cold_share: float
    environments: float
    busy: float


def exact_pool(rate_per_s: float, service_s: float, idle_s: float) -> ExactPool:
    """Return cold starts and environments of a pool in its steady state.

    Parameters
    ----------
    rate_per_s : float
        Requests of a Poisson process. [1/s]
    service_s : float
        Mean duration of a request, cold or warm; durations are exponential. [s]
    idle_s : float
        An environment idle for longer is gone. [s]

    Returns
    -------
    ExactPool
        The three means; relative error below 1e-8.

    Raises
    ------
    ValueError
        If a parameter is not positive and finite.

    Notes
    -----
    The number in service rises from L-1 to L ``rate π(L-1)`` times a second, π Poisson, and that
    is a cold start exactly if the first passage time τ(L) from L-1 to L, by which the
    environment has been idle, exceeds the idle limit T. With ``ψ(L, s) = 1 - E exp(-s τ(L))``::

        ψ(1) = s / (rate + s),  ψ(L) = x / (rate + x),  x = s + (L-1) ψ(L-1) / service

    the cold share is the inverse Laplace transform of ``Σ π(L-1) ψ(L, s) / s`` at T, and the idle
    environments that of ``rate Σ π(L-1) ψ(L, s) / s²``.

    References
    ----------
    .. [1] J. A. C. Weideman, L. N. Trefethen, "Parabolic and hyperbolic contours for computing the
       Bromwich integral", Mathematics of Computation 76, 2007, for the contour.

    Examples
    --------
    >>> round(exact_pool(0.9, 1.991, 600.0).environments, 6)
    7.691934
    """
    for value in (rate_per_s, service_s, idle_s):
        if not 0.0 < value < math.inf:
            raise ValueError(f"Rate, duration and idle limit must be positive, not {value}.")
    load = rate_per_s * service_s
    chance = _poisson(load)
    nodes, weights = _contour(idle_s)
    psi = nodes / (rate_per_s + nodes)
    total = chance[0] * psi
    for level, share in enumerate(chance[1:].tolist(), start=1):
        x = nodes + level / service_s * psi
        psi = x / (rate_per_s + x)
        total = total + share * psi
    cold = float((weights * total / nodes).real.sum())
    idle = rate_per_s * float((weights * total / nodes**2).real.sum())
    return ExactPool(cold, load + idle, load)


def _poisson(load: float) -> NDArray[np.float64]:
    levels = np.arange(int(load + _REACH * math.sqrt(load) + _MORE))
    log_factorials = np.cumsum(np.log(np.maximum(levels, 1)))
    return np.asarray(np.exp(levels * math.log(load) - load - log_factorials))


def _contour(at_s: float) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return nodes and weights of Talbot's contour: f(t) = Σ Re(weight F(node))."""
    theta = math.pi * (2 * np.arange(_NODES // 2) + 1) / _NODES
    cot = 1 / np.tan(0.6407 * theta)
    nodes = _NODES / at_s * (0.5017 * theta * cot - 0.6122 + 0.2645j * theta)
    slope = _NODES / at_s * (0.5017 * cot - 0.5017 * 0.6407 * theta * (1 + cot**2) + 0.2645j)
    weights = 2 * np.exp(nodes * at_s) * slope / (1j * _NODES)
    return nodes.astype(np.complex128), weights.astype(np.complex128)
