"""Amazon Aurora cluster: PostgreSQL and MySQL, provisioned and Serverless v2."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _aurora_terraform
from apps.engine.catalog._acu import (
    ACU_PER_VCPU,
    CAP,
    CONNECTIONS_REMEDY,
    LARGEST_ACU,
    acu_at,
    acu_for,
    acu_limit,
    default_connections,
)
from apps.engine.catalog._aurora_bill import PARTS, WHOLE, cluster_usage
from apps.engine.catalog._aurora_terraform import HOURS
from apps.engine.catalog._commitment import check_years, payment_setting, years_setting
from apps.engine.catalog._database import (
    DAILY_CHANGE,
    IO_OPTIMIZED,
    PLAIN_COUNT,
    QUERY,
    QUERY_CPU,
    QUERY_MS,
    Database,
)
from apps.engine.catalog._database_classes import (
    BUSY_SHARE,
    MYSQL,
    POSTGRES,
    Engine,
    check_class,
    smallest_class,
    vcpus_of,
)
from apps.engine.catalog._database_limits import connections_limit, processor_limit
from apps.engine.catalog._rds_bill import insights_setting
from apps.engine.catalog._replicas import replica_lanes, replica_limits
from apps.engine.catalog.base import (
    COUNT,
    NUMBER,
    TEXT,
    Accepts,
    Conversion,
    InvalidSetting,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Spread,
    Usage,
    UsageKey,
    check_settings,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.station import Station

CLUSTER, MEMBER = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
CLUSTER_PARAMETERS = "AWS::RDS::DBClusterParameterGroup"
SERVERLESS = "db.serverless"
# Where neither a class nor a capacity is said: the smallest class of Aurora, a usual capacity.
SMALLEST_CLASS, USUAL_MOST_ACU = "db.t4g.medium", 16.0
ENGINES: Mapping[str, Engine] = {"aurora-postgresql": POSTGRES, "aurora-mysql": MYSQL}
# MySQL 5.6, the first Aurora, is called "aurora" alone.
ENGINE = Conversion(lambda value: re.sub("^aurora$", "aurora-mysql", str(value).lower()), str)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuroraCluster(Database):
    """Queries go to the writer but for the share that is read from readers.

    Serverless capacity is taken at its maximum: that it grows within half a minute or so, and
    that a paused cluster needs 15 s for its first answer, is not modelled.
    """

    name: ClassVar[str] = "aurora_cluster"
    label: ClassVar[str] = "Aurora cluster"
    service: ClassVar[str] = "rds"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html"
    )
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(CLUSTER, "Engine", "engine", ENGINE),
        Property(CLUSTER, "EngineVersion", "engine_version", TEXT),
        Property(CLUSTER, "DBClusterInstanceClass", "instance_class", TEXT),
        Property(CLUSTER, "ServerlessV2ScalingConfiguration.MinCapacity", "min_acu", NUMBER),
        Property(CLUSTER, "ServerlessV2ScalingConfiguration.MaxCapacity", "max_acu", NUMBER),
        Property(CLUSTER, "ScalingConfiguration.MinCapacity", "min_acu", NUMBER),
        Property(CLUSTER, "ScalingConfiguration.MaxCapacity", "max_acu", NUMBER),
        Property(CLUSTER, "StorageType", "is_io_optimized", IO_OPTIMIZED),
        Property(CLUSTER, "BackupRetentionPeriod", "backup_days", COUNT),
        Property(MEMBER, "DBInstanceClass", "instance_class", TEXT),
        Property(CLUSTER_PARAMETERS, "Parameters.max_connections", "max_connections", PLAIN_COUNT),
        Property(CLUSTER, "BacktrackWindow", "backtrack_h", HOURS),
        *_aurora_terraform.ROWS,
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = _aurora_terraform.IMPLIED
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = _aurora_terraform.USAGE_KEYS
    STORES: ClassVar[tuple[str, ...]] = ("query",)
    FAILOVER: ClassVar[str] = "aurora.failover_time"
    READS: ClassVar[tuple[str, float]] = ("ios_per_query", 64.0)  # pages of 16 KB
    MOST_MB_PER_S: ClassVar[float] = math.inf
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"query": QUERY, "replica": QUERY}
    SCALING: ClassVar[tuple[ScalingOption, ...]] = (
        ScalingOption(
            "rds", "rds:cluster:ReadReplicaCount", "RDSReaderAverageCPUUtilization", 0, 15
        ),
    )
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/RDS", "DatabaseConnections", "Maximum", "connections"),
        Metric("AWS/RDS", "CPUUtilization", "Average", "servers"),
        Metric("AWS/RDS", "ACUUtilization", "Average", "servers"),
    )

    engine: str = setting("aurora-postgresql", "Engine", choices=tuple(ENGINES))
    engine_version: str = setting("", "Engine version")
    instance_class: str | None = setting(
        None, "Instance class", hint="db.serverless, or empty with a maximum: Serverless v2."
    )
    min_acu: float | None = setting(
        None,
        "Least capacity",
        unit="ACU",
        low=0,
        high=256,
        hint="0 pauses the cluster; its first answer then takes about 15 s.",
    )
    max_acu: float | None = setting(None, "Most capacity", unit="ACU", low=0.5, high=256)
    readers: int = setting(0, "Readers", low=0, high=15)
    max_connections: int | None = setting(
        None, "max_connections", low=6, high=262_143, hint="Empty: the default of the capacity."
    )
    is_io_optimized: bool = setting(False, "I/O-Optimized storage")
    backup_days: int = setting(1, "Backups kept", unit="days", low=0, high=35)
    backtrack_h: float = setting(0.0, "Backtrack window", unit="h", low=0, high=72)
    insights_days: int = insights_setting()
    is_supported_longer: bool = setting(True, "Extended support", hint="Of an old version.")
    is_serverless_v1: bool = setting(False, "Serverless v1", hint="On the bill alone.")
    billed_part: str = setting(WHOLE, "Billed here", choices=PARTS)
    committed_years: int | None = years_setting()
    payment: str = payment_setting()

    def __post_init__(self) -> None:
        check_settings(self)
        check_years(self.label, self.committed_years)
        if self.instance_class not in (None, SERVERLESS):
            check_class(self.label, str(self.instance_class))
        if self.is_serverless and self.least_acu > self.most_acu:
            raise InvalidSetting(
                f"{self.label}: Least capacity must be at most {self.most_acu:g} ACU, "
                f"the most capacity, not {self.least_acu:g}."
            )

    @property
    def is_serverless(self) -> bool:
        """Say whether its capacity follows the load, by its class or by having only a maximum."""
        is_silent = self.instance_class is None and self.max_acu is not None
        return is_silent or self.instance_class == SERVERLESS

    @property
    def least_acu(self) -> float:
        """Least capacity of an instance, 0.5 where none is set. [ACU]"""
        return 0.5 if self.min_acu is None else self.min_acu

    @property
    def most_acu(self) -> float:
        """Most capacity of an instance, a usual one where none is set. [ACU]"""
        return USUAL_MOST_ACU if self.max_acu is None else self.max_acu

    @property
    def provisioned_class(self) -> str:
        """Class of its instances, the smallest of Aurora where none is set."""
        return self.instance_class or SMALLEST_CLASS

    @property
    def has_readers(self) -> bool:
        return self.readers > 0

    @property
    def copies(self) -> int:
        return self.readers

    @property
    def vcpus(self) -> float:
        if self.is_serverless:
            return self.most_acu / ACU_PER_VCPU
        return vcpus_of(self.provisioned_class)

    def usable(self, facts: Facts) -> float:
        most = self.max_connections or self._default_connections(facts).expected
        return max(1.0, most - ENGINES[self.engine].reserved)

    def _default_connections(self, facts: Facts) -> Spread:
        acu = (self.least_acu, self.most_acu) if self.is_serverless else None
        return default_connections(facts, ENGINES[self.engine], self.provisioned_class, acu)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        values = {
            "latency_ms": QUERY_MS,
            "ios_per_query": Spread(0.2, 0.0, 3.0, "Pages that are not in memory", "I/O"),
            "stored_gb": Spread(10.0, 1.0, 200.0, "Stored", "GB"),
            "daily_change_share": DAILY_CHANGE,
        }
        if self.max_connections is None:
            values["max_connections"] = self._default_connections(facts)
        if self.backtrack_h:
            values["records_per_query"] = Spread(0.2, 0.0, 2.0, "Rows that a query changes")
        if self.readers:
            values["reader_share"] = Spread(0.0, 0.0, 0.8, "Queries to the reader endpoint")
        return values

    def _spread_over(self, place: Place) -> float:
        """Return how many writers the instances are worth, at the share that readers take."""
        if not self.readers:
            return 1.0
        share = place.value("reader_share")
        return 1.0 / max(1.0 - share, share / self.readers)

    def _usable_at(self, place: Place) -> float:
        most = self.max_connections or place.value("max_connections")
        return max(1.0, most - ENGINES[self.engine].reserved) * self._spread_over(place)

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        processors = Station(
            servers=self.vcpus * self._spread_over(place),
            own_s=max(0.0, place.value("latency_ms") / 1000.0 - QUERY_CPU.expected),
            connections=self._usable_at(place),
        )
        query = Lane("query", (processors,), emits=False)
        return (query, *replica_lanes(processors, self.vcpus, self.readers, place))

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        engine, worth = ENGINES[self.engine], self._spread_over(place)
        family = "mysql" if engine.is_mysql else "postgres"
        row = facts.quota_row(CAP if self.is_serverless else f"rds.{family}_max_connections")
        connections = connections_limit(row, self._usable_at(place), engine)
        readers = replica_limits(self.vcpus, self.readers, place)
        if not self.is_serverless:
            return (connections, processor_limit(self.vcpus * worth), *readers)
        connections = dataclasses.replace(connections, remedy=CONNECTIONS_REMEDY)
        acu = acu_limit(facts, self.least_acu * worth, self.most_acu * worth)
        return (connections, acu, *readers)

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> AuroraCluster:
        engine = ENGINES[self.engine]
        busy = uses.get(("query", "servers"), 0.0)
        held = uses.get(("query", "connections"), 0.0)
        if max(busy, held) <= 1.0:
            return self
        connections = 0.0 if self.max_connections else held * self.usable(facts)
        most = self.max_connections
        if most is not None and held > 1.0:
            most = min(math.ceil(held * self.usable(facts)) + engine.reserved, 262_143)
        if self.is_serverless:
            return self._with_acu(busy, connections, most)
        now, vcpus = self.provisioned_class, busy * self.vcpus
        larger = smallest_class(facts, now, engine, vcpus=vcpus, connections=connections)
        return dataclasses.replace(self, instance_class=larger, max_connections=most)

    def _with_acu(self, busy: float, connections: float, most: int | None) -> AuroraCluster:
        engine = ENGINES[self.engine]
        wanted = math.ceil(2.0 * busy * self.most_acu / BUSY_SHARE) / 2.0
        enough = acu_for(connections, engine)
        return dataclasses.replace(
            self,
            min_acu=max(1.0 if connections > 2000.0 else 0.0, self.least_acu),
            max_acu=min(max(wanted, self.most_acu, enough), LARGEST_ACU),
            max_connections=most,
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(cluster_usage(self, meters))

    def mean_acu(self, meters: Meters) -> float:
        """Return the mean capacity of an instance over a month. [ACU]

        Parameters
        ----------
        meters : Meters
            What the cluster did in a month; units of `query` are seconds of CPU.

        Returns
        -------
        float
            Capacity that the CPU of the queries asks for, between least and most. [ACU]
        """
        busy = meters.units.get("query", 0.0) / 3600.0 / meters.hours if meters.hours else 0.0
        return acu_at(busy, self.least_acu, self.most_acu)
