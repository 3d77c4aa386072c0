"""What SQL databases share: classes by their names, connections, and the doors to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, NamedTuple

from apps.engine.catalog._losses import failing_over
from apps.engine.catalog.base import (
    Accepts,
    Conversion,
    InvalidSetting,
    Kind,
    Limit,
    Loss,
    Meters,
    Scanned,
    Spread,
    Usage,
    What,
)
from apps.engine.facts import Facts, InstanceClass, Quota

_CLASS = re.compile(r"db\.(([a-z])[a-z0-9-]*)\.([a-z0-9-]+)$")
# A size means the same number of processors in every family but the first; "2xlarge" is two of
# "xlarge".
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
_VCPUS: Mapping[str, float] = {
    "micro": 2.0,
    "small": 2.0,
    "medium": 2.0,
    "large": 2.0,
    "xlarge": 4.0,
    "metal": 64.0,
}
_SINGLE = ("db.t2.micro", "db.t2.small", "db.m1.small", "db.m1.medium", "db.m3.medium")
# Families of the facts by the first letter, for classes that are not among them.
_LIKE: Mapping[str, str] = {"t": "db.t3", "m": "db.m6g", "c": "db.m6g"}
_LARGEST = "db.r6g.16xlarge"
# Processors of a raised class are busy for so much of the time, and no more.
BUSY_SHARE = 0.8

# A parameter may be a formula of the memory; then the default of the class stands.
PLAIN_COUNT = Conversion(lambda value: int(value) if str(value).isdigit() else None, int)
# A query's answer takes so long while nothing waits, its CPU included.
QUERY_MS = Spread(3.0, 1.5, 9.0, "A query, its CPU included", "ms")
QUERY_CPU = Spread(0.001, 0.0002, 0.005, "1 ms of CPU for each query", "s")
# A processor needs so long to read and filter a megabyte of rows. Assumed. [s]
SCAN_CPU_S = 0.003
DAILY_CHANGE = Spread(0.02, 0.005, 0.1, "Share of the storage that changes in a day")
QUERY = Accepts(
    "sync",
    calls=Spread(5.0, 2.0, 30.0, "Five queries in a request", "queries"),
    units=QUERY_CPU,
    holds_connection=True,
)
# How a cluster says that its reads and writes cost nothing beside its storage.
IO_OPTIMIZED = Conversion(
    lambda value: str(value).lower() == "aurora-iopt1",
    lambda value: "aurora-iopt1" if value else "aurora",
)


class Engine(NamedTuple):
    """What differs between the engines of SQL."""

    label: str
    is_mysql: bool
    reserved: int
    check_command: str


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
# Engines of Aurora that are MySQL.
MYSQL_ENGINES = ("aurora-mysql",)
# MariaDB divides the memory by 25,165,760, MySQL by 12,582,880, and MariaDB ends at 12,000.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
MARIADB_SHARE, MARIADB_MOST = 12_582_880 / 25_165_760, 12_000.0
# PostgreSQL keeps three connections for its superuser, and RDS two for itself.
# https://www.postgresql.org/docs/current/runtime-config-connection.html
POSTGRES = Engine("PostgreSQL", False, 5, "SHOW max_connections")
MYSQL = Engine("MySQL", True, 0, "SHOW VARIABLES LIKE 'max_connections'")


class Database(Kind):
    """A kind that answers queries; a proxy before it asks it for its size."""

    __slots__ = ()

    FAILOVER: ClassVar[str] = "rds.failover_time"

    @property
    def copies(self) -> int:
        """Instances that can take over at once. [count]"""
        return 0

    def loses(self, what: What, facts: Facts) -> Loss:
        return failing_over(self.copies, facts.quota(self.FAILOVER))

    # The value that says how often a query reads, and how many reads a megabyte takes in a row:
    # a volume reads up to 256 KiB at once. https://docs.aws.amazon.com/ebs/latest/userguide/
    READS: ClassVar[tuple[str, float]] = ("reads_per_query", 4.0)
    # What the volume can read, as gp3 below 400 GiB; what a reader gets through at most. [MB/s]
    MOST_MB_PER_S: ClassVar[float] = 125.0

    def scanned(
        self, facts: Facts, values: Mapping[str, float], *, on_replica: bool
    ) -> Scanned | None:
        if on_replica and not self.has_readers:
            return None
        name, per_mb = self.READS
        calls = per_mb / values[name] if values.get(name) else 1.0
        role = "replica" if on_replica else "query"
        one = min(1.0 / SCAN_CPU_S, 125.0)
        return Scanned(role, calls, SCAN_CPU_S / calls, one, self.MOST_MB_PER_S)

    @property
    def has_readers(self) -> bool:
        """Say whether something else answers what is read only."""
        return False

    @property
    def vcpus(self) -> float:
        """Processors of the instance that takes the writes. [count]"""
        raise NotImplementedError(self.name)

    @property
    def is_serverless(self) -> bool:
        return False

    def usable(self, facts: Facts) -> float:
        """Return the connections that applications can open. [count]"""
        raise NotImplementedError(self.name)


def check_class(label: str, instance_class: str) -> None:
    """Refuse what does not look like a database class. Raises InvalidSetting."""
    if not _CLASS.match(str(instance_class)):
        raise InvalidSetting(
            f"{label}: Instance class must be a class such as db.t4g.micro, not '{instance_class}'."
        )


def vcpus_of(instance_class: str) -> float:
    """Return the processors of a class by its name. [count]

    Examples
    --------
    >>> vcpus_of("db.r6g.2xlarge")
    8.0
    """
    if instance_class in _SINGLE:
        return 1.0
    size = instance_class.rpartition(".")[2]
    times = size.removesuffix("xlarge")
    if times.isdigit():
        return _VCPUS["xlarge"] * int(times)
    return _VCPUS.get(size, max(_VCPUS.values()))


def connections_of(facts: Facts, instance_class: str, engine: Engine) -> Spread:
    """Return the connections that a class allows by default, those reserved included.

    AWS's formula counts with the memory that is really left; the estimate does so too, and the
    range reaches up to what the formula gives for the memory on the label.
    """
    row = row_of(facts, instance_class)
    if engine.is_mysql:
        expected, nominal = row.mysql_max_connections, row.mysql_max_connections_nominal
    else:
        expected, nominal = row.pg_max_connections, row.pg_max_connections_nominal
    count = float(expected or 0)
    origin = f"Default of {instance_class}, by its memory"
    if row.id != instance_class:
        origin += f"; taken for {row.id}, as there are no facts about it"
    return Spread(count, 0.9 * count, max(count, float(nominal or 0)), origin, "connections")


def mariadb_connections(spread: Spread) -> Spread:
    """Return what MariaDB allows by default where MySQL would allow so many."""
    half = spread.scaled(MARIADB_SHARE)
    low, middle, high = (min(x, MARIADB_MOST) for x in (half.low, half.expected, half.high))
    return replace(half, low=low, expected=middle, high=high)


def smallest_class(
    facts: Facts, current: str, engine: Engine, *, vcpus: float, connections: float
) -> str:
    """Return the smallest class that carries both, of the same family where one is enough."""
    family = current.rpartition(".")[0]
    for families in ((family,), ("db.r6g", "db.r7g")):
        fitting = [
            row
            for row in facts.classes.values()
            if row.id.rpartition(".")[0] in families
            and row.vcpu * BUSY_SHARE >= vcpus
            and connections_of(facts, row.id, engine).expected - engine.reserved >= connections
        ]
        if fitting:
            return min(fitting, key=lambda row: (row.vcpu, row.memory_gib, row.id)).id
    return current


def connections_limit(row: Quota, capacity: float, engine: Engine) -> Limit:
    """Return the limit of the connections that callers hold open."""
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
    """Return the limit of the processors that run the queries."""
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
    """Return what backups keep beyond the size of the storage, which is included."""
    changed = meters.values.get("daily_change_share", 0.0)
    note = "Beyond the size of the storage, which is included"
    return Usage(price_id, "Backup storage", "GB-month", changed * days * stored_gb, note)


def surplus_vcpu_hours(instance_class: str, meters: Meters, *, instances: float = 1.0) -> float:
    """Return what a burstable class uses above its baseline in a month. [vCPU-h]"""
    family, _, size = instance_class.removeprefix("db.").partition(".")
    if family not in ("t3", "t4g"):
        return 0.0
    baseline = BASELINE_VCPUS.get(size, vcpus_of(instance_class)) * instances
    return max(0.0, meters.units.get("query", 0.0) / 3600.0 - baseline * meters.hours)


def credit_hours(instance_class: str, meters: Meters) -> float | None:
    """Return the CPU credits that are given for each processor, for all; None without. [vCPU-h]"""
    each = meters.given.get("cpu_credit_hours")
    return None if each is None else each * meters.given.get("vcpus", vcpus_of(instance_class))


def row_of(facts: Facts, instance_class: str) -> InstanceClass:
    """Return the facts of a class, or of the one with the same letter and size."""
    found = _CLASS.match(instance_class)
    _, letter, size = found.groups() if found else ("", "", "")
    for name in (instance_class, f"{_LIKE.get(letter, 'db.r6g')}.{size}", _LARGEST):
        row = facts.instance_class(name)
        if row is not None:
            return row
    raise InvalidSetting(f"There are no facts about {instance_class}, nor about a class like it.")
