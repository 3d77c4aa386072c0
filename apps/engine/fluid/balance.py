"""Nothing is lost on the way: the books of a run, closed from counters that are kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.engine.fluid.model import Model, Placed
from apps.engine.fluid.run import Record


@dataclass(frozen=True, slots=True)
class Balance:
    """What does not add up at one stage, relative to what it was offered. [-]

    `inside`: offered = passed + refused + waiting. `arriving`: what callers, senders, retries
    and users handed over = offered.
    """

    stage: Placed
    inside: float
    arriving: float


def balances(model: Model, entries: Sequence[Placed], record: Record) -> list[Balance]:
    """Return the balance of every stage that requests flow through.

    Parameters
    ----------
    model : Model
        A model after a run.
    entries : sequence of Placed
        The doors that were fed, in the order of the record.
    record : Record
        What the run left behind.

    Returns
    -------
    list of Balance
        In the order of the model's stages; all close to zero, as rounding is.
    """
    handed = _handed_over(model, entries, record)
    result = []
    for k, item in enumerate(model.placed):
        p, v = item.port, model.v
        offered = v[p.offered]
        scale = max(offered, handed[item.key], 1.0)
        inside = offered + record.waiting_before[k] - v[p.passed] - v[p.refused] - v[p.waiting]
        arriving = handed[item.key] + record.pending_before[k] - offered - v[p.inn]
        result.append(Balance(item, inside / scale, arriving / scale))
    return result


def _handed_over(
    model: Model, entries: Sequence[Placed], record: Record
) -> dict[tuple[str, str, int], float]:
    """Return what was handed to each stage, from the books of those who handed it over."""
    v = model.v
    handed = {item.key: v[item.port.retried] for item in model.placed}
    by_inn = {item.port.inn: item.key for item in model.placed}
    for item in model.placed:
        called = v[item.port.called]
        for target, calls in model.wires.get(item.key, []):
            handed[target.key] += called * calls
        for send in item.port.sends:
            handed[by_inn[send.inn]] += called
    for k, entry in enumerate(entries):
        arrived = sum(row[k] for row in record.arrived)
        handed[entry.key] += arrived + record.returned[k]
    return handed


def worst(model: Model, entries: Sequence[Placed], record: Record) -> float:
    """Return the largest imbalance of a run, relative. [-]

    Parameters
    ----------
    model : Model
        A model after a run.
    entries : sequence of Placed
        The doors that were fed, in the order of the record.
    record : Record
        What the run left behind.

    Returns
    -------
    float
        Largest of all balances in absolute value; 0 for a model without stages. [-]
    """
    return max(
        (max(abs(b.inside), abs(b.arriving)) for b in balances(model, entries, record)),
        default=0.0,
    )
