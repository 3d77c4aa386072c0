"""Capacity units of a load balancer: what one covers, and how many a month takes.

References
----------
.. [1] https://aws.amazon.com/elasticloadbalancing/pricing/
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from apps.engine.catalog._bill import Meters

APPLICATION, NETWORK, GATEWAY = "application", "network", "gateway"
BYTES_PER_GB = 2**30


class Covered(NamedTuple):
    """What one unit covers in an hour, whichever of the four is used most."""

    connections_per_s: float
    active: float
    gb_per_h: float
    rules_per_s: float = math.inf


# A network balancer's are those of TCP; the pricing page has less for TLS and UDP.
UNITS: Final[Mapping[str, Covered]] = {
    APPLICATION: Covered(25.0, 3000.0, 1.0, 1000.0),
    NETWORK: Covered(800.0, 100_000.0, 1.0),
    GATEWAY: Covered(600.0, 60_000.0, 1.0),
}
GB_PER_LCU_H_LAMBDA, FREE_RULES = 0.4, 10


class Load(NamedTuple):
    """What a balancer has on average: new and open connections, bytes and rules looked at."""

    connections_per_s: float
    active: float
    gb_per_h: float
    rules_per_s: float


def load_of(meters: Meters, rules: int) -> Load:
    """Return the load of a month: as given, else from what passed.

    Parameters
    ----------
    meters : Meters
        What the balancer did in a month.
    rules : int
        Rules looked at for a request.

    Returns
    -------
    Load
        Means over the month.
    """
    given, values, hours = meters.given, meters.values, max(meters.hours, 1.0)
    per_s = meters.passed.get("request", 0.0) / hours / 3600.0
    fresh = per_s / values.get("requests_per_connection", 5.0)
    gigabytes = (meters.bytes_in + meters.bytes_out) / BYTES_PER_GB
    return Load(
        given.get("connections_per_s", fresh),
        given.get("active_connections", fresh * values.get("connection_s", 60.0)),
        given.get("processed_gb", gigabytes) / hours,
        given.get("rules_per_s", per_s * max(0, rules - FREE_RULES)),
    )


def unit_hours(meters: Meters, balancer: str, rules: int) -> float:
    """Return the capacity units of a month.

    Parameters
    ----------
    meters : Meters
        What the balancer did in a month.
    balancer : str
        Its type.
    rules : int
        Rules looked at for a request.

    Returns
    -------
    float
        The units of the dimension that is used most, summed over the hours. [LCU-h]
    """
    load, unit = load_of(meters, rules), UNITS[balancer]
    gb_per_h = meters.values.get("gb_per_lcu_h", unit.gb_per_h)
    units = max(
        load.connections_per_s / unit.connections_per_s,
        load.active / unit.active,
        load.gb_per_h / gb_per_h,
        load.rules_per_s / unit.rules_per_s,
    )
    return meters.given.get("capacity_unit_hours", units * meters.hours)
