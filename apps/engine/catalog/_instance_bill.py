"""What AWS bills for EC2 instances.

Known as they stand on a bill, in `Meters.given`: `instances`, `hours` (of each), `cpu_credit_hours`
(of each of `vcpus` processors), `io_requests.<volume>` (of magnetic volumes).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from apps.engine.catalog._bill import Meters, Usage
from apps.engine.catalog._commitment import SAVINGS, committed, upfront_usage
from apps.engine.catalog._volumes import volume_usage, volumes_of

if TYPE_CHECKING:
    from apps.engine.catalog.auto_scaling_group import AutoScalingGroup

# Detailed monitoring sends so many metrics of each instance.
# https://aws.amazon.com/cloudwatch/pricing/
METRICS: Final = 7.0
# Types whose way to their volumes is an option with a price; on others it costs nothing.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html
EBS_OPTIMIZED: Final = frozenset(
    f"{family}.{size}"
    for family, sizes in {
        "c1": ("xlarge",),
        "c3": ("xlarge", "2xlarge", "4xlarge"),
        "g2": ("2xlarge",),
        "i2": ("xlarge", "2xlarge", "4xlarge"),
        "m1": ("large", "xlarge"),
        "m2": ("2xlarge", "4xlarge"),
        "m3": ("xlarge", "2xlarge"),
        "r3": ("xlarge", "2xlarge", "4xlarge"),
    }.items()
    for size in sizes
)
# What a burstable type earns, as processors busy around the clock.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
BASELINE_VCPUS: Final[Mapping[str, float]] = {
    "nano": 0.1,
    "micro": 0.2,
    "small": 0.4,
    "medium": 0.4,
    "large": 0.6,
    "xlarge": 1.6,
    "2xlarge": 3.2,
}
UNLIMITED: Final = ("t3", "t3a", "t4g")
BURSTABLE: Final = ("t2", *UNLIMITED)


def instance_usage(group: AutoScalingGroup, meters: Meters) -> Iterator[Usage]:
    """Yield the lines of a group of instances.

    Parameters
    ----------
    group : AutoScalingGroup
        Its settings.
    meters : Meters
        What it did in a month.

    Yields
    ------
    Usage
        Instances and volumes, and the rest where there is any.
    """
    each_h = meters.given.get("hours", meters.hours)
    count = _count(group, meters)
    hours = count * each_h
    if group.tenancy != "host":  # The host is billed, whatever runs on it.
        yield from _hours(group, count, each_h)
    for volume in volumes_of(group.label, group.volumes):
        yield from volume_usage(volume, count, meters)
    type_ = group.instance_type
    has_option = group.is_ebs_optimized and type_ in EBS_OPTIMIZED
    metrics = METRICS * count if group.has_minute_metrics else 0.0
    address = hours if group.has_public_ip else 0.0
    family = type_.partition(".")[0]
    for price_id, label, unit, quantity in (
        (f"ec2.{type_}.ebs_optimized_hour", "EBS-optimized", "hour", hours * has_option),
        ("cw.metric_month", "Detailed monitoring", "metric-month", metrics),
        (f"ec2.cpu_credits.{family}", "CPU credits", "vCPU-h", _credits(group, count, meters)),
        ("vpc.public_ipv4_hour", "Public IPv4 addresses", "hour", address),
    ):
        if quantity > 0.0:
            yield Usage(price_id, label, unit, quantity)


def _count(group: AutoScalingGroup, meters: Meters) -> float:
    """Return how many instances ran, as a mean of the month. [count]"""
    if "instances" in meters.given:
        return meters.given["instances"]
    if not meters.hours:
        return group.least
    return group.hours(meters.environment_s, meters.hours) / meters.hours


def _hours(group: AutoScalingGroup, count: float, each_h: float) -> Iterator[Usage]:
    on_demand = on_demand_count(count, group.on_demand_base, group.on_demand_percent)
    words = [word for word in (group.system, group.tenancy) if word not in ("linux", "shared")]
    name = "_".join([*words, "hour"])
    price_id = f"ec2.{group.instance_type}.{name}"
    label = f"Instances ({group.instance_type})"
    years, payment, what = group.committed_years, group.payment, group.commitment
    note = f"{on_demand:,.3g} on average"
    if on_demand or not count:
        bought = committed(price_id, years, payment, what)
        yield Usage(bought, label, "hour", on_demand * each_h, note)
        if what != SAVINGS:
            yield from upfront_usage(price_id, years, payment, on_demand, what)
    spot = count - on_demand
    if spot > 0.0:
        price_id, label = f"ec2.{group.instance_type}.spot_{name}", f"Spot {label.lower()}"
        yield Usage(price_id, label, "hour", spot * each_h, f"{spot:,.3g} on average")


def on_demand_count(count: float, base: float, percent: float) -> float:
    """Return how many instances are not Spot ones: whole ones where all are.

    Parameters
    ----------
    count : float
        Instances. [count]
    base : float
        The first ones, which never are. [count]
    percent : float
        Share of those above that are not. [%]

    Returns
    -------
    float
        Instances. [count]

    Examples
    --------
    >>> on_demand_count(10, 2, 25)
    4.0
    """
    above = max(0.0, count - base) * percent / 100.0
    if float(count).is_integer():
        above = math.ceil(above - 1e-9)
    return float(min(count, base) + above)


def _credits(group: AutoScalingGroup, count: float, meters: Meters) -> float:
    """Return the work above what a burstable type earns, where it may have more. [vCPU-h]"""
    family, _, size = group.instance_type.partition(".")
    usual = "unlimited" if family in UNLIMITED else "standard"
    if family not in BURSTABLE or (group.cpu_credits or usual) != "unlimited":
        return 0.0
    each = meters.given.get("cpu_credit_hours")
    if each is not None:
        return each * meters.given.get("vcpus", group.vcpus) * meters.given.get("instances", 1.0)
    busy_h = meters.passed.get("request", 0.0) * meters.values.get("cpu_ms", 0.0) / 3.6e6
    earned = BASELINE_VCPUS.get(size, group.vcpus) * count * meters.hours
    return max(0.0, busy_h - earned)
