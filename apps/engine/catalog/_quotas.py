"""Limits that are a quota of AWS: what the facts say of it, and how to look it up."""

from __future__ import annotations

from apps.engine.catalog.base import Limit
from apps.engine.facts import Facts, Quota


def quota_limit(
    facts: Facts,
    quota_id: str,
    *,
    role: str,
    gauge: str,
    label: str,
    unit: str,
    effect: str,
    remedy: str,
    capacity: float | None = None,
    check_command: str = "",
    source_url: str = "",
) -> Limit:
    """Return the limit that a quota sets; `capacity` where the gauge has another unit.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    quota_id : str
        Row of the quotas.
    role : str
        The lane that it bounds.
    gauge : str
        The gauge that it bounds.
    label : str
        What a person calls it.
    unit : str
        The unit, as AWS names it.
    effect : str
        What happens at it.
    remedy : str
        What to do.
    capacity : float or None, optional
        What there is of it, in the unit of the limit.
    check_command : str, optional
        A command that shows it; else the quota's own.
    source_url : str, optional
        Where it is from; else the quota's own.

    Returns
    -------
    Limit
        The limit, its source and command those of the quota where no other is given.
    """
    row = facts.quota_row(quota_id)
    return Limit(
        id=quota_id,
        role=role,
        gauge=gauge,
        label=label,
        capacity=facts.quota(quota_id) if capacity is None else capacity,
        unit=unit,
        effect=effect,
        remedy=remedy,
        source_url=source_url or row.source_url,
        is_adjustable=row.adjustable,
        check_command=check_command or quota_command(row),
    )


def quota_command(row: Quota) -> str:
    """Return the command that shows a quota in an account; empty where AWS has no code for it.

    Parameters
    ----------
    row : Quota
        The row of the quota.

    Returns
    -------
    str
        A command of the AWS CLI.
    """
    service, _, code = row.code.partition("/")
    if not code:
        return ""
    return f"aws service-quotas get-service-quota --service-code {service} --quota-code {code}"
