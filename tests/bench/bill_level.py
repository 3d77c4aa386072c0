"""The bill: how long a month of many components takes, and the bills of all sizes of a curve."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Meters
from apps.engine.curve import SIZES
from apps.engine.graph import Architecture
from apps.engine.headroom.case import Case
from apps.engine.metering import meters_of, scaled, usages
from apps.engine.pricing import Bill, price_bill
from tests.bench.designs import fifteen
from tests.bench.run import Row
from tests.engine.worlds import case, component

_COMPONENTS, _DAILY_USERS, _RUNS = 40, 50_000.0, 5
_BILL_MS, _CURVE_MS = 10.0, 100.0
# What brings no lines of its own.
_LEFT_OUT = frozenset({"account", "not_modelled", "outside_api", "scan", "service_api"})


def measure() -> list[Row]:
    """Return the CPU time of one bill, and of the bills of a curve."""
    design = case(forty())
    meters = _meters(design)
    lines = len(_bill(design, meters).lines)
    return [
        _row(
            f"a bill of {_COMPONENTS} components, {lines} lines",
            lambda: _bill(design, meters),
            _BILL_MS,
        ),
        _row(
            "the same, with what is free in the first year",
            lambda: _bill(design, meters, first_year=True),
            _BILL_MS,
        ),
        _row(f"the bills of {len(SIZES)} sizes", lambda: _curve(design, meters), _CURVE_MS),
    ]


def forty() -> Architecture:
    """Return a shop of fifteen components, and one more of each kind that it has not."""
    shop = fifteen()
    has = {one.kind for one in shop}
    others = [name for name in sorted(KINDS) if name not in has | _LEFT_OUT]
    more = [component(f"More {name}", name) for name in others]
    components = (*shop.components, *more)[:_COMPONENTS]
    return Architecture(components=components, links=shop.links)


def _meters(design: Case) -> Mapping[str, Meters]:
    """Return the meters of a month, from an hour of a busy day."""
    model, _ = design.run(_DAILY_USERS, minutes=range(1200, 1260))
    return meters_of(
        model,
        design.entries,
        (),
        month_days=26.0 * 24.0,
        monthly_users=1e6,
        daily_users=_DAILY_USERS,
    )


def _bill(design: Case, meters: Mapping[str, Meters], *, first_year: bool = False) -> Bill:
    inputs = design.inputs
    lines = usages(inputs.architecture, inputs.kinds, meters)
    return price_bill(lines, inputs.facts, first_year=first_year)


def _curve(design: Case, meters: Mapping[str, Meters]) -> None:
    for users in SIZES:
        _bill(design, {name: scaled(one, users / _DAILY_USERS) for name, one in meters.items()})


def _row(name: str, run: Callable[[], object], most_ms: float) -> Row:
    """Return the least CPU time of some runs, which is what is left without the neighbours."""
    spent = []
    for _ in range(_RUNS):
        start = time.process_time()
        run()
        spent.append(1000.0 * (time.process_time() - start))
    value = min(spent)
    goal = f"at most {most_ms:g}"
    return {"name": name, "value": value, "unit": "ms", "goal": goal, "ok": value <= most_ms}
