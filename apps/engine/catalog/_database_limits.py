"""What bounds a SQL database, and what AWS bills beside its instances and its storage."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.catalog._database_classes import Engine, vcpus_of
from apps.engine.catalog.base import Limit, Meters, Usage
from apps.engine.facts import Quota

# What a burstable class earns, as processors busy around the clock; more is billed.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
BASELINE_VCPUS: Mapping[str, float] = {
    "micro": 0.2,
    "small": 0.4,
    "medium": 0.4,
    "large": 0.6,
    "xlarge": 1.6,
    "2xlarge": 3.2,
}


def connections_limit(row: Quota, capacity: float, engine: Engine) -> Limit:
    """Return the limit of the connections that callers hold open.

    Parameters
    ----------
    row : Quota
        The fact that the default of max_connections is from, with its source.
    capacity : float
        Connections that applications can open. [count]
    engine : Engine
        The engine, which says how to read the setting in force.

    Returns
    -------
    Limit
        The limit of the gauge `connections`. [connections]
    """
    return Limit(
        id=row.id,
        role="query",
        gauge="connections",
        label="connections",
        capacity=capacity,
        unit="connections",
        effect="new connections are refused, and the requests that need one fail",
        remedy="Share connections through RDS Proxy, keep fewer of them open for each "
        "environment, or take a class with more memory.",
        source_url=row.source_url,
        is_adjustable=True,
        check_command=engine.check_command,
    )


def processor_limit(vcpus: float) -> Limit:
    """Return the limit of the processors that run the queries.

    Parameters
    ----------
    vcpus : float
        Processors that answer queries. [vCPU]

    Returns
    -------
    Limit
        The limit of the gauge `servers`. [vCPU]
    """
    return Limit(
        id="rds.vcpu",
        role="query",
        gauge="servers",
        label="database CPU",
        capacity=vcpus,
        minimum=vcpus,
        unit="vCPU",
        effect="queries wait for a processor, and connections are held for longer",
        remedy="Take a larger class, make fewer or cheaper queries, or cache what is read.",
        source_url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
        "Concepts.DBInstanceClass.Summary.html",
        is_adjustable=True,
        check_command="aws cloudwatch get-metric-statistics --namespace AWS/RDS "
        "--metric-name CPUUtilization",
    )


def backup_usage(price_id: str, days: int, stored_gb: float, meters: Meters) -> Usage:
    """Return what backups keep beyond the size of the storage, which is included.

    Parameters
    ----------
    price_id : str
        Row of the price book for a month of backup.
    days : int
        How long backups are kept. [day]
    stored_gb : float
        Size of the storage. [GB]
    meters : Meters
        What the component did in a month; its value `daily_change_share` is the share of the
        storage that changes in a day.

    Returns
    -------
    Usage
        Changes of the days that are kept. [GB-month]
    """
    changed = meters.values.get("daily_change_share", 0.0)
    note = "Beyond the size of the storage, which is included"
    return Usage(price_id, "Backup storage", "GB-month", changed * days * stored_gb, note)


def surplus_vcpu_hours(instance_class: str, meters: Meters, *, instances: float = 1.0) -> float:
    """Return what a burstable class uses above its baseline in a month. [vCPU-h]

    Parameters
    ----------
    instance_class : str
        Name of a class; those other than t3 and t4g have no surplus.
    meters : Meters
        What the component did in a month; units of `query` are seconds of CPU.
    instances : float, optional
        Instances of the class that answer queries. [count]

    Returns
    -------
    float
        Hours of one processor above the baseline, which AWS bills. [vCPU-h/month]

    References
    ----------
    .. [1] https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
    """
    family, _, size = instance_class.removeprefix("db.").partition(".")
    if family not in ("t3", "t4g"):
        return 0.0
    baseline = BASELINE_VCPUS.get(size, vcpus_of(instance_class)) * instances
    return max(0.0, meters.units.get("query", 0.0) / 3600.0 - baseline * meters.hours)


def credit_hours(instance_class: str, meters: Meters) -> float | None:
    """Return the CPU credits that a usage file gives for each processor, for all of them.

    Parameters
    ----------
    instance_class : str
        Name of a class.
    meters : Meters
        What the component did in a month; `cpu_credit_hours` and `vcpus` may be given.

    Returns
    -------
    float or None
        Hours of one processor; None where nothing is given. [vCPU-h/month]
    """
    each = meters.given.get("cpu_credit_hours")
    return None if each is None else each * meters.given.get("vcpus", vcpus_of(instance_class))
