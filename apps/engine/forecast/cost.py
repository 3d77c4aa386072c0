"""How far the bill can be from what is expected, while its quantities are assumed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from apps.engine.catalog.base import Meters
from apps.engine.curve import Outcome, price
from apps.engine.headroom.case import Case
from apps.engine.inputs import TRAFFIC
from apps.engine.metering import scaled

# Inputs that scale a meter and nothing else: the name of the input → the meter.
_METERS = {
    "bytes_out": "bytes_out",
    "log_bytes": "log_bytes",
    "stored_gb": "stored_gb",
    "item_bytes": "bytes_in",
}
# Inputs about when people come do not change how much a month costs.
_NO_COST = {"busiest hour", "daily per monthly users"}


@dataclass(frozen=True, slots=True)
class CostRange:
    """A monthly bill: expected, low and high. [USD/month]"""

    expected: float
    low: float
    high: float


def cost_range(case: Case, day: Outcome) -> CostRange:
    """Return the bill's range from the habits and sizes that are assumed, in quadrature.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    day : Outcome
        The day at the expected values.

    Returns
    -------
    CostRange
        Low and high of the bill. [$/month]
    """
    expected = float(day.bill.monthly_usd)
    downs: list[float] = []
    ups: list[float] = []
    for meters in _variants(case, day):
        difference = float(price(case, case.inputs.kinds, meters).monthly_usd) - expected
        (ups if difference > 0.0 else downs).append(difference)
    return CostRange(expected, max(0.0, expected - math.hypot(*downs)), expected + math.hypot(*ups))


def _variants(case: Case, day: Outcome) -> list[Mapping[str, Meters]]:
    """Return the meters at both ends of each group of assumptions."""
    variants: list[Mapping[str, Meters]] = []
    habits = [
        item.spread
        for item in case.inputs.open()
        if item.key[0] == TRAFFIC and item.key[1] not in _NO_COST and item.spread.expected > 0.0
    ]
    for ends in ("low", "high"):
        ratios = [max(getattr(s, ends), 1e-9) / s.expected for s in habits]
        effect = math.hypot(*(math.log(ratio) for ratio in ratios))
        factor = math.exp(-effect if ends == "low" else effect)
        variants.append({name: scaled(m, factor) for name, m in day.meters.items()})
    for name, meter in _METERS.items():
        variants += [_with(case, day, name, meter, ends) for ends in ("low", "high")]
    return variants


def _with(case: Case, day: Outcome, name: str, meter: str, ends: str) -> Mapping[str, Meters]:
    """Return the meters with one input of every component at one end of its range."""
    changed = dict(day.meters)
    for owner, input_name in case.inputs.by_key:
        item = case.inputs.by_key[owner, input_name]
        if input_name != name or not item.is_open or item.spread.expected <= 0.0:
            continue
        ratio = getattr(item.spread, ends) / item.spread.expected
        value = getattr(changed[owner], meter) * ratio
        changed[owner] = replace(changed[owner], **{meter: value})
    return changed
