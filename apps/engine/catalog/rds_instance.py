"""Amazon RDS instance: PostgreSQL, MySQL, MariaDB and SQL Server; Oracle and Db2 as a bill."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _rds_terraform
from apps.engine.catalog._commitment import check_years, payment_setting, years_setting
from apps.engine.catalog._database import (
    DAILY_CHANGE,
    PLAIN_COUNT,
    QUERY,
    QUERY_CPU,
    QUERY_MS,
    Database,
)
from apps.engine.catalog._database_classes import (
    BUSY_SHARE,
    MARIADB_SHARE,
    MYSQL,
    POSTGRES,
    Engine,
    check_class,
    connections_of,
    mariadb_connections,
    smallest_class,
    vcpus_of,
)
from apps.engine.catalog._database_limits import connections_limit, processor_limit
from apps.engine.catalog._disk import GP3_STRIPED_GB, TYPES, Disk, disk_limits, disk_of
from apps.engine.catalog._rds_bill import insights_setting, instance_usage
from apps.engine.catalog._rds_terraform import (
    LOWER,
    OWN_LICENSE,
    SUPPORTED_LONGER,
    unmodelled_setting,
)
from apps.engine.catalog._sqlserver import (
    EDITIONS,
    MOST_CONNECTIONS,
    MOST_GP3_IOPS,
    SERVER,
    UNSTRIPED_GB,
    Edition,
    check_standby,
    larger_class,
    licensed_vcpus,
    server_connections,
)
from apps.engine.catalog._storage import room_stage, storage_limit
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
    TEXT,
    Accepts,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
    check_settings,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay
from apps.engine.stages.station import Station

INSTANCE, PARAMETERS = "AWS::RDS::DBInstance", "AWS::RDS::DBParameterGroup"
CHECK = "aws cloudwatch get-metric-statistics --namespace AWS/RDS --metric-name "
ENGINES: Mapping[str, Engine] = {
    "postgres": POSTGRES,
    "mysql": MYSQL,
    "mariadb": MYSQL,
    **dict.fromkeys(EDITIONS, SERVER),
}
# Storage that may grow does so when less than a tenth is free (rds.storage_autoscale_trigger).
FREE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RdsInstance(Database):
    name: ClassVar[str] = "rds_instance"
    label: ClassVar[str] = "RDS instance"
    service: ClassVar[str] = "rds"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html"
    )
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(INSTANCE, "DBInstanceClass", "instance_class", TEXT),
        Property(INSTANCE, "Engine", "engine", LOWER),
        Property(INSTANCE, "EngineVersion", "engine_version", TEXT),
        Property(INSTANCE, "MultiAZ", "multi_az", FLAG),
        Property(INSTANCE, "AllocatedStorage", "storage_gb", COUNT),
        Property(INSTANCE, "MaxAllocatedStorage", "max_storage_gb", COUNT),
        Property(INSTANCE, "StorageType", "storage_type", LOWER),
        Property(INSTANCE, "Iops", "iops", COUNT),
        Property(INSTANCE, "BackupRetentionPeriod", "backup_days", COUNT),
        Property(INSTANCE, "PubliclyAccessible", "is_public", FLAG),
        Property(INSTANCE, "StorageThroughput", "throughput_mb_per_s", COUNT),
        Property(INSTANCE, "LicenseModel", "has_own_license", OWN_LICENSE),
        Property(INSTANCE, "PerformanceInsightsRetentionPeriod", "insights_days", COUNT),
        Property(INSTANCE, "EngineLifecycleSupport", "is_supported_longer", SUPPORTED_LONGER),
        Property(PARAMETERS, "Parameters.max_connections", "max_connections", PLAIN_COUNT),
        *_rds_terraform.rows(tuple(ENGINES)),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = _rds_terraform.USAGE_KEYS
    STORES: ClassVar[tuple[str, ...]] = ("query",)
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        INSTANCE: {"storage_type": "gp2"},
        _rds_terraform.TERRAFORM: _rds_terraform.IMPLIED,
    }
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"query": QUERY}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/RDS", "DatabaseConnections", "Maximum", "connections"),
        Metric("AWS/RDS", "CPUUtilization", "Average", "servers"),
        Metric("AWS/RDS", "ReadIOPS", "Average", "units"),
        Metric("AWS/RDS", "BurstBalance", "Minimum", "units"),
    )

    instance_class: str = setting("db.t4g.micro", "Instance class")
    engine: str = setting("postgres", "Engine", choices=tuple(ENGINES))
    engine_version: str = setting("", "Engine version")
    multi_az: bool = setting(False, "Second copy in another zone")
    storage_gb: int = setting(20, "Storage", unit="GiB", low=5, high=65_536)
    max_storage_gb: int | None = setting(
        None, "Storage grows to", unit="GiB", low=5, high=65_536, hint="Empty: it does not grow."
    )
    storage_type: str = setting("gp3", "Storage type", choices=TYPES)
    iops: int | None = setting(
        None, "Provisioned IOPS", low=100, high=256_000, hint="Empty: what the size includes."
    )
    max_connections: int | None = setting(
        None, "max_connections", low=6, high=262_143, hint="Empty: the default of the class."
    )
    backup_days: int = setting(1, "Backups kept", unit="days", low=0, high=35)
    is_public: bool = setting(False, "Reachable from the internet")
    throughput_mb_per_s: int | None = setting(
        None, "Provisioned throughput", unit="MB/s", low=125, high=4000, hint="Of gp3 storage."
    )
    insights_days: int = insights_setting()
    is_supported_longer: bool = setting(True, "Extended support", hint="Of an old version.")
    has_own_license: bool = setting(False, "Licence of your own")
    unmodelled_engine: str = unmodelled_setting()
    committed_years: int | None = years_setting()
    payment: str = payment_setting()

    def __post_init__(self) -> None:
        check_settings(self)
        check_years(self.label, self.committed_years)
        check_class(self.label, self.instance_class)
        if self.multi_az:
            check_standby(self.label, self._edition)

    @property
    def billed_engine(self) -> str:
        """Engine by whose prices it is billed."""
        return self.unmodelled_engine or self.engine

    @property
    def has_unknown_limit(self) -> bool:
        return bool(self.unmodelled_engine)

    @property
    def copies(self) -> int:
        return int(self.multi_az)

    @property
    def vcpus(self) -> float:
        return licensed_vcpus(self.engine, vcpus_of(self.instance_class))

    @property
    def _edition(self) -> Edition | None:
        return EDITIONS.get(self.engine)

    @property
    def room_gb(self) -> float:
        """What it has room for, grown as far as it may. [GB]"""
        size = float(max(self.storage_gb, self.max_storage_gb or 0))
        return size if self._edition is None else min(size, self._edition.most_gb)

    @property
    def _engine(self) -> Engine:
        return ENGINES[self.engine]

    def usable(self, facts: Facts) -> float:
        most = self.max_connections or self._default_connections(facts).expected
        return max(1.0, most - self._engine.reserved)

    def _default_connections(self, facts: Facts) -> Spread:
        if self._edition is not None:
            return Spread(*3 * (MOST_CONNECTIONS,), "Whatever the class", "connections")
        spread = connections_of(facts, self.instance_class, self._engine)
        return mariadb_connections(spread) if self.engine == "mariadb" else spread

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        values = {
            "latency_ms": QUERY_MS,
            "reads_per_query": Spread(0.2, 0.0, 3.0, "Pages that are not in memory", "pages"),
            "daily_change_share": DAILY_CHANGE,
        }
        if self.max_connections is None:
            values["max_connections"] = self._default_connections(facts)
        return values

    def _usable_at(self, place: Place) -> float:
        most = self.max_connections or place.value("max_connections")
        return max(1.0, most - self._engine.reserved)

    def _disk(self, facts: Facts) -> Disk:
        if self.storage_type == "gp3" and self._edition is not None:
            iops = min(self.iops or 0, MOST_GP3_IOPS)
            return disk_of(facts, self.storage_type, min(self.storage_gb, UNSTRIPED_GB), iops)
        return disk_of(facts, self.storage_type, self.storage_gb, self.iops)

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        if self.unmodelled_engine:
            return (Lane("query", (Delay(0.0, cv=0.0),), emits=False),)
        processors = Station(
            servers=self.vcpus,
            own_s=max(0.0, place.value("latency_ms") / 1000.0 - QUERY_CPU.expected),
            connections=self._usable_at(place),
        )
        disk = self._disk(facts).stage(place.value("reads_per_query"))
        room = room_stage(place, self.room_gb)
        return (Lane("query", (processors, disk, *room), emits=False),)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        if self.unmodelled_engine:
            return ()
        return (
            self._connections_limit(facts, place),
            processor_limit(self.vcpus),
            *disk_limits(self.storage_type, self._disk(facts)),
            *storage_limit(
                place,
                "rds.allocated_storage",
                role="query",
                room_gb=self.room_gb,
                remedy="Allocate more storage, let it grow further, or keep data for less long.",
                source_url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
                "USER_PIOPS.Autoscaling.html",
                check_command=f"{CHECK}FreeStorageSpace",
            ),
        )

    def _connections_limit(self, facts: Facts, place: Place) -> Limit:
        if self._edition is not None:
            return server_connections(self._usable_at(place))
        row = facts.quota_row(f"rds.{self.engine}_max_connections")
        return connections_limit(row, self._usable_at(place), self._engine)

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> RdsInstance:
        vcpus = uses.get(("query", "servers"), 0.0) * self.vcpus
        connections = uses.get(("query", "connections"), 0.0) * self.usable(facts)
        reads = uses.get(("query", "units"), 0.0) * self._disk(facts).iops
        kind, lacks = self, connections > self.usable(facts)
        if lacks and self.max_connections is not None:
            most = math.ceil(connections) + self._engine.reserved
            kind, connections = dataclasses.replace(self, max_connections=min(most, 262_143)), 0.0
        if self._edition is not None and vcpus > self.vcpus:
            larger = larger_class(self.instance_class, vcpus / BUSY_SHARE)
            kind = dataclasses.replace(kind, instance_class=larger)
        elif lacks or vcpus > self.vcpus:
            share = MARIADB_SHARE if self.engine == "mariadb" else 1.0
            larger = smallest_class(
                facts,
                self.instance_class,
                self._engine,
                vcpus=vcpus,
                connections=connections / share,
            )
            kind = dataclasses.replace(kind, instance_class=larger)
        return kind._with_disk(facts, reads)

    def _with_disk(self, facts: Facts, reads: float) -> RdsInstance:
        """Return the instance with a gp3 volume that reads so often, where its own does not."""
        if reads <= self._disk(facts).burst_iops:
            return self
        plain = dataclasses.replace(self, storage_type="gp3", iops=None)
        if reads <= plain._disk(facts).iops:
            return plain
        size = max(self.storage_gb, int(GP3_STRIPED_GB))
        most = int(facts.quota("rds.gp3_max_iops"))
        return dataclasses.replace(plain, storage_gb=size, iops=min(math.ceil(reads), most))

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(instance_usage(self, meters, self._billed_gb(meters)))

    def _billed_gb(self, meters: Meters) -> float:
        """Return the storage at the end of the horizon: it grows while a tenth is free. [GB]"""
        grown = meters.stored_gb / (1.0 - FREE_SHARE)
        return max(float(self.storage_gb), min(grown, float(self.max_storage_gb or 0)))
