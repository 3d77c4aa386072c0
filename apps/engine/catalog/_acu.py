"""Aurora Serverless v2: what a number of capacity units (ACU) carries."""

from __future__ import annotations

import dataclasses

from apps.engine.catalog._database_classes import Engine, connections_of, row_of
from apps.engine.catalog._database_limits import processor_limit
from apps.engine.catalog.base import Limit, Spread
from apps.engine.facts import Facts

# A processor of the classes made for databases stands beside 8 GiB, which are 4 units of 2 GiB.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html
ACU_PER_VCPU, ACU_GIB = 4.0, 2.0
SMALLEST_STEP_ACU, LARGEST_ACU = 0.5, 256.0
# Most ACU → max_connections of MySQL and PostgreSQL. MySQL's classes follow the same steps.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
CONNECTIONS: tuple[tuple[float, int, int], ...] = (
    (1, 90, 189),
    (4, 135, 823),
    (8, 1000, 1669),
    (16, 2000, 3360),
    (32, 3000, 5000),
    (64, 4000, 5000),
    (128, 5000, 5000),
    (192, 6000, 5000),
    (256, 6000, 5000),
)
CONNECTIONS_REMEDY = (
    "Share connections through RDS Proxy, or raise the most capacity and keep at least 1 ACU; "
    "both count after a restart."
)
CAP = "aurora.pg_conn_cap_min_acu"


def connections_at(acu: float, engine: Engine) -> float:
    """Return max_connections at a most capacity; MySQL's in steps, PostgreSQL's in proportion.

    Parameters
    ----------
    acu : float
        Most capacity units. [ACU]
    engine : Engine
        The engine of the database.

    Returns
    -------
    float
        Connections. [count]
    """
    below = [row for row in CONNECTIONS if row[0] <= acu] or [CONNECTIONS[0]]
    low, mysql, postgres = below[-1]
    if engine.is_mysql:
        return float(mysql)
    above = next((row for row in CONNECTIONS if row[0] > acu), None)
    if above is None or acu <= low:
        return float(postgres)
    return postgres + (above[2] - postgres) * (acu - low) / (above[0] - low)


def acu_for(connections: float, engine: Engine) -> float:
    """Return the least capacity of AWS's table that allows so many, the largest if none does.

    Parameters
    ----------
    connections : float
        Connections that must be allowed. [count]
    engine : Engine
        The engine of the database.

    Returns
    -------
    float
        Capacity units. [ACU]
    """
    for acu, *_ in CONNECTIONS:
        if connections_at(acu, engine) - engine.reserved >= connections:
            return acu
    return LARGEST_ACU


def acu_at(busy_vcpus: float, least: float, most: float) -> float:
    """Return the capacity at which so many processors are busy.

    Parameters
    ----------
    busy_vcpus : float
        Processors in use. [count]
    least : float
        Least capacity. [ACU]
    most : float
        Most capacity. [ACU]

    Returns
    -------
    float
        Capacity units, between least and most. [ACU]
    """
    if busy_vcpus and least == 0.0:
        least = SMALLEST_STEP_ACU  # a cluster in use is not paused
    return min(max(busy_vcpus * ACU_PER_VCPU, least), most)


def acu_limit(facts: Facts, least: float, most: float) -> Limit:
    """Return the limit of the processors, counted in capacity units.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    least : float
        Least capacity. [ACU]
    most : float
        Most capacity. [ACU]

    Returns
    -------
    Limit
        The limit, its gauge being the servers of the station.
    """
    row = facts.quota_row("aurora.serverless_v2_max_acu")
    return dataclasses.replace(
        processor_limit(most),
        minimum=least,
        id=row.id,
        label="capacity units",
        unit="ACU",
        effect="the cluster stands at its maximum, and queries wait for a processor",
        remedy="Raise the most capacity, make fewer or cheaper queries, or cache what is read.",
        source_url=row.source_url,
        check_command="aws cloudwatch get-metric-statistics --namespace AWS/RDS "
        "--metric-name ACUUtilization",
    )


def default_connections(
    facts: Facts, engine: Engine, instance_class: str, acu: tuple[float, float] | None
) -> Spread:
    """Return the connections that a cluster allows by default.

    Parameters
    ----------
    facts : Facts
        Memory of the classes, and the cap of small capacities.
    engine : Engine
        MySQL or PostgreSQL.
    instance_class : str
        The class, where it is not Serverless.
    acu : tuple of float, optional
        Least and most capacity of Serverless v2. [ACU]

    Returns
    -------
    Spread
        Those reserved included. [connections]
    """
    if acu is not None:
        least, most = acu
        count = connections_at(most, engine)
        if not engine.is_mysql and least <= 0.5:
            count = min(count, facts.quota(CAP))
        rule = f"Default at most {most:g} ACU and at least {least:g}"
    elif engine.is_mysql:
        count = connections_at(row_of(facts, instance_class).memory_gib / ACU_GIB, engine)
        rule = f"Default of {instance_class}"
    else:
        return connections_of(facts, instance_class, engine)
    return Spread(count, 0.9 * count, count, rule, "connections")
