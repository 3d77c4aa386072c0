"""Environments and cold starts for many scenarios at once, from the same tables as for one."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from apps.engine.stages._batch import Values
from apps.engine.stages.base import FloatArray
from apps.engine.stages.environments import HIGH, LOW, STEP, environments

# Idle ratios are rounded as those of a single scenario are.
_RATIO_STEP = math.log(1.05)
_LEAST = math.exp(LOW)


@lru_cache(maxsize=4096)
def _rows(key: int) -> tuple[FloatArray, FloatArray]:
    """Return (environments beside the busy ones, cold shares) by mean concurrency."""
    means = np.exp(np.arange(LOW, HIGH + STEP, STEP))
    at = environments(math.exp(key * _RATIO_STEP))
    # The first point is reached from above, since a smaller mean follows another law.
    points = [at(max(mean, 1e-4 * (1.0 + 1e-12))) for mean in means.tolist()]
    return np.array([p for p, _ in points]) - means, np.array([cold for _, cold in points])


def environments_batch(
    idle_ratio: Values,
) -> Callable[[FloatArray], tuple[FloatArray, FloatArray]]:
    """Return a function of the mean concurrencies: (environments, shares of cold starts).

    Parameters
    ----------
    idle_ratio : float or ndarray, shape (scenarios,)
        Idle limit of an environment divided by the mean duration of a request. [-]

    Returns
    -------
    callable
        Mean concurrency, shape (scenarios,) [count] → mean environments [count], and the share
        of requests that start cold [-], by the law of `environments`.
    """
    ratio = np.maximum(np.asarray(idle_ratio, dtype=np.float64), 1.0)
    keys, row = np.unique(np.rint(np.log(ratio) / _RATIO_STEP), return_inverse=True)
    tables = [_rows(int(key)) for key in keys.tolist()]
    extra = np.concatenate([table[0] for table in tables])
    cold = np.concatenate([table[1] for table in tables])
    width = len(tables[0][0])
    start, rounded = row.reshape(ratio.shape) * width, np.exp(keys * _RATIO_STEP)[row]
    rounded = rounded.reshape(ratio.shape)

    def at(mean: FloatArray) -> tuple[FloatArray, FloatArray]:
        few = mean <= 1e-4
        place = (np.log(np.maximum(mean, _LEAST)) - LOW) / STEP
        index = np.clip(place.astype(np.int64), 0, width - 2)
        part, left = place - index, start + index
        more, starts = extra[left], cold[left]
        more = mean + more + (extra[left + 1] - more) * part
        starts = starts + (cold[left + 1] - starts) * part
        if few.any():
            alone = mean * rounded
            more = np.where(few, mean - np.expm1(-alone), more)
            starts = np.where(few, np.exp(-alone), starts)
        return more, starts

    return at
