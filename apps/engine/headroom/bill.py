"""What a month of such days costs, as far as a target asks for it."""

from __future__ import annotations

from collections import defaultdict

from apps.engine.fluid.model import Model
from apps.engine.headroom.case import Case
from apps.engine.metering import meters_of, usages
from apps.engine.pricing import price_bill


def monthly_usd(case: Case, model: Model, daily_users: float) -> tuple[float, str]:
    """Return what a month costs, and the component that costs most.

    Parameters
    ----------
    case : Case
        The design.
    model : Model
        Its model after a whole day.
    daily_users : float
        How many came on that day. [count]

    Returns
    -------
    (float, str)
        Costs [USD/month] and a component's id.
    """
    inputs = case.inputs
    meters = meters_of(
        model,
        case.entries,
        inputs.scenario.actions,
        month_days=case.habits.month_days,
        monthly_users=daily_users / case.habits.daily_per_monthly,
        known=inputs.scenario.usage,
    )
    bill = price_bill(usages(inputs.architecture, inputs.kinds, meters), inputs.facts)
    by_component: dict[str, float] = defaultdict(float)
    for line in bill.lines:
        by_component[line.component] += float(line.monthly_usd or 0.0)
    costliest = max(by_component, key=lambda name: (by_component[name], name), default="")
    return float(bill.monthly_usd), costliest
