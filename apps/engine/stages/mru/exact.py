"""Cold starts and environments of a pool in closed form, without simulation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.base import FloatArray

Complexes = NDArray[np.complex128]

# Half of the contour's nodes; the other half is its mirror image.
_NODES = 16


@dataclass(frozen=True, slots=True)
class Steady:
    """A pool in equilibrium: `cold_share` [-], mean environments and mean busy [count]."""

    cold_share: float
    mean_environments: float
    mean_busy: float


def steady_pool(rate_per_s: float, mean_s: float, idle_s: float) -> Steady:
    """Return the equilibrium of a pool with Poisson arrivals and one idle limit.

    Durations are exponential, as long cold as warm, and nothing is refused.

    Parameters
    ----------
    rate_per_s : float
        Arrivals. [1/s]
    mean_s : float
        Mean duration of a request; 0 for requests that take no time. [s]
    idle_s : float
        An environment idle for longer is gone. [s]

    Returns
    -------
    Steady
        Share of cold requests, mean environments and mean requests in service.

    Raises
    ------
    ValueError
        If the rate is not more than 0, a time is negative, or one is not finite.

    Notes
    -----
    With ``a = rate × mean`` the number in service is Poisson, ``pi``. It rises to L
    ``rate pi_{L-1}`` times a second, and such a request is cold if the time ``tau_L`` since it
    last fell from L, the first passage from L-1 to L, exceeds the idle limit T::

        cold share   = sum_L pi_{L-1} P(tau_L > T)
        environments = a + sum_L rate pi_{L-1} E min(tau_L, T)

    With ``psi_L(s) = 1 - E exp(-s tau_L)``, ``psi_1 = s/(rate + s)`` and
    ``psi_L = x/(rate + x)``, ``x = s + (L-1) psi_{L-1}/mean``, both are inverse Laplace
    transforms, of ``sum_L pi_{L-1} psi_L/s`` and of the same over ``s²``, at T. Relative error
    at most 1e-8.

    References
    ----------
    .. [1] L. Trefethen, J. Weideman, T. Schmelzer, "Talbot quadratures and rational
       approximations", BIT 46, 2006 (constants of the contour).
    .. [2] D. R. Cox, H. D. Miller, "The Theory of Stochastic Processes", 1965, chapter 4.
    """
    _check(rate_per_s, mean_s, idle_s)
    load = rate_per_s * mean_s
    if idle_s == 0.0:
        return Steady(1.0, load, load)
    if load == 0.0:
        none = math.exp(-rate_per_s * idle_s)
        return Steady(none, 1.0 - none, 0.0)
    first, weights = _occupancy(load)
    # Time in units of the mean duration.
    s, contour = _talbot(idle_s / mean_s)
    total = _passages(s, load, first, weights)
    cold = float((contour * total / s).real.sum())
    idle = float((contour * total / (s * s)).real.sum())
    return Steady(min(1.0, max(0.0, cold)), load * (1.0 + idle), load)


def _check(rate_per_s: float, mean_s: float, idle_s: float) -> None:
    if not (math.isfinite(rate_per_s) and math.isfinite(mean_s) and math.isfinite(idle_s)):
        raise ValueError("Rate, duration and idle limit must be finite.")
    if rate_per_s <= 0.0 or mean_s < 0.0 or idle_s < 0.0:
        raise ValueError("The rate must be more than 0; duration and idle limit at least 0.")


def _occupancy(load: float) -> tuple[int, FloatArray]:
    """Return the first level that counts, and P(N = L-1) from there on."""
    spread = math.sqrt(load)
    first = max(1, int(load - 18.0 * spread))
    counts = np.arange(first - 1, int(load + 12.0 * spread) + 25, dtype=np.float64)
    logs = np.cumsum(np.log(np.maximum(counts[1:], 1.0)))
    log_factorials = math.lgamma(first) + np.concatenate(([0.0], logs))
    return first, np.exp(counts * math.log(load) - load - log_factorials)


def _talbot(time: float) -> tuple[Complexes, Complexes]:
    """Return nodes and weights: f(time) is the sum of Re(weight × F(node))."""
    nodes = 2 * _NODES
    theta = math.pi * (2.0 * np.arange(_NODES) + 1.0) / nodes
    cot = 1.0 / np.tan(0.6407 * theta)
    real = 0.5017 * theta * cot - 0.6122
    real_slope = 0.5017 * cot - 0.5017 * 0.6407 * theta * (1.0 + cot * cot)
    z = (nodes / time) * (real + 0.2645j * theta)
    weights = (2.0 / time) * np.exp(z * time) * (0.2645 - 1j * real_slope)
    return z.astype(np.complex128), weights.astype(np.complex128)


def _passages(s: Complexes, load: float, first: int, weights: FloatArray) -> Complexes:
    """Return sum_L pi_{L-1} psi_L(s), in units of the mean duration.

    Far below the load an error of psi shrinks by L/load with each level, so the levels begin
    with the value that would not change: the chain forgets where it began.
    """
    psi: Complexes = s / (load + s) if first == 1 else s / (load - first + 1.0 + s)
    total: Complexes = weights[0] * psi
    for level, weight in enumerate(weights[1:].tolist(), first):
        x = s + level * psi
        psi = x / (load + x)
        total = total + weight * psi
    return total
