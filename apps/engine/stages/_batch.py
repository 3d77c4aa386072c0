"""What the steps for many scenarios share: their calls, and shares that are safe at zero."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from apps.engine.stages.base import NOTHING, Call, FloatArray, Port

# One number for all scenarios, or one for each: shape (scenarios,).
Values = FloatArray | float


class BatchCaller(Protocol):
    """Makes the calls of `ok` requests of `each` items: (mean wait [s], share that is well)."""

    def __call__(self, ok: FloatArray, each: Values = 1.0) -> tuple[Values, Values]: ...


class _Way(NamedTuple):
    """One call with the rows of its callee."""

    inn: FloatArray
    work: FloatArray
    response: FloatArray
    failed: FloatArray
    retried: FloatArray
    call: Call


def caller_batch(p: Port, v: FloatArray) -> BatchCaller:
    """Return a function that makes a stage's calls in every scenario, by the law of `caller`.

    Parameters
    ----------
    p : Port
        The port of the stage; `calls` and `units` of its calls may be arrays.
    v : ndarray, shape (slots, scenarios)
        The state.

    Returns
    -------
    callable
        (requests, items of each) → (mean wait [s], share that came out well [-]).
    """
    ways = [_Way(v[c.inn], v[c.work], v[c.response], v[c.failed], v[c.retried], c) for c in p.calls]
    receivers = [(v[send.inn], v[send.work]) for send in p.sends]
    is_router = p.is_router
    if not ways and not receivers:
        return _no_calls

    def call(ok: FloatArray, each: Values = 1.0) -> tuple[Values, Values]:
        wait: Values = 0.0
        good: Values = 1.0
        lost: Values = 0.0
        for way in ways:
            go, waits, gone = _go(way, ok)
            wait = wait + waits
            if gone is not None:
                count = way.call.calls
                if is_router and not way.call.is_extra:
                    lost = lost + count * gone
                else:
                    good = good * _all_well(count, gone)
            np.add(way.inn, go, way.inn)
            np.add(way.work, _times(_times(go, way.call.units), each), way.work)
        for inn, work in receivers:
            np.add(inn, ok, inn)
            np.add(work, ok, work)
        return wait, good if isinstance(lost, float) else good * np.maximum(0.0, 1.0 - lost)

    return call


def _no_calls(ok: FloatArray, each: Values = 1.0) -> tuple[Values, Values]:
    """Answer for a stage that calls nothing: no wait, and all is well."""
    return 0.0, 1.0


def _go(way: _Way, ok: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Return (calls with their repetitions, wait, share lost in the end; None for nothing)."""
    call = way.call
    go = _times(ok, call.calls)
    if way.failed.max() <= NOTHING:
        return go, _times(way.response, call.calls), None
    bad = np.where(way.failed > NOTHING, way.failed, 0.0)
    if call.attempts == 1:
        return go, _times(way.response, call.calls), bad
    gone = bad**call.attempts
    tries = np.where(bad >= 1.0, float(call.attempts), (1.0 - gone) / (1.0 - bad))
    more = tries - 1.0
    np.add(way.retried, go * more, way.retried)
    return go * tries, call.calls * (way.response * tries + call.backoff_s * more), gone


def _all_well(count: Values, gone: FloatArray) -> FloatArray:
    """Return the share of requests of which every call came out well."""
    if isinstance(count, float) and count <= 1.0:
        return 1.0 - _times(gone, count)
    return np.where(np.less(count, 1.0), 1.0 - count * gone, (1.0 - gone) ** count)


def _times(amount: FloatArray, factor: Values) -> FloatArray:
    """Return a product; the amount itself where the factor is one for all."""
    return amount if isinstance(factor, float) and factor == 1.0 else amount * factor


def failed_share(good: Values, ok: FloatArray, want: FloatArray) -> FloatArray:
    """Return the share of what is wanted that does not come out well, 0 where nobody comes.

    Parameters
    ----------
    good : float or ndarray, shape (scenarios,)
        Share of the calls that came out well. [-]
    ok : ndarray, shape (scenarios,)
        Requests let through in the step. [count]
    want : ndarray, shape (scenarios,)
        Requests that came in the step. [count]

    Returns
    -------
    ndarray, shape (scenarios,)
        Share refused or failed. [-]
    """
    safe = np.maximum(want, NOTHING)
    return np.where(want > NOTHING, 1.0 - good * ok / safe, 0.0)


def each_of(items: FloatArray, want: FloatArray, otherwise: Values = 1.0) -> FloatArray:
    """Return the items of one request, `otherwise` where nobody comes.

    Parameters
    ----------
    items : ndarray, shape (scenarios,)
        Items, or units of work, that came in the step. [count]
    want : ndarray, shape (scenarios,)
        Requests that came in the step. [count]
    otherwise : float or ndarray, shape (scenarios,), optional
        What to return where nobody comes. [count]

    Returns
    -------
    ndarray, shape (scenarios,)
        Items a request. [count]
    """
    return np.where(want > NOTHING, items / np.maximum(want, NOTHING), otherwise)


def taken(row: FloatArray, work: FloatArray) -> FloatArray:
    """Return what came in, and leave nothing there.

    Parameters
    ----------
    row : ndarray, shape (scenarios,)
        The slot `inn`, which is emptied. [count]
    work : ndarray, shape (scenarios,)
        The slot `work`, which is emptied. [units]

    Returns
    -------
    ndarray, shape (scenarios,)
        Requests that came in the step. [count]
    """
    came = row.copy()
    row.fill(0.0)
    work.fill(0.0)
    return came
