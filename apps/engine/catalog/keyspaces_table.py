"""Amazon Keyspaces table (for Apache Cassandra), on demand and provisioned."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._steps import Given, given_lines
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
    TEXT,
    Accepts,
    Conversion,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Spread,
    Usage,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.credits import Credits

TABLE, TERRAFORM = "AWS::Cassandra::Table", "aws_keyspaces_table"
ON_DEMAND, PROVISIONED = "ON_DEMAND", "PROVISIONED"
CAPACITY = "BillingMode.ProvisionedThroughput"
TERRAFORM_CAPACITY = "capacity_specification.0"
MODE = Conversion(
    lambda value: PROVISIONED if str(value) == PROVISIONED else ON_DEMAND,
    lambda value: PROVISIONED if value == PROVISIONED else "PAY_PER_REQUEST",
)
ENABLED = Conversion(
    lambda value: str(value) == "ENABLED", lambda value: "ENABLED" if value else "DISABLED"
)
# https://aws.amazon.com/keyspaces/pricing/
GIVEN = (
    Given("restored_gb", "keyspaces.restore_gb", "Table data restored", "GB"),
    Given("ttl_deletes", "keyspaces.ttl_delete", "Time to Live deletes", "operation"),
)
UNITS = {"read": "RCU", "write": "WCU"}
# https://docs.aws.amazon.com/keyspaces/latest/devguide/quotas.html
TABLE_UNITS_PER_S = 40_000.0
PARTITION_UNITS_PER_S = {"read": 3000.0, "write": 1000.0}
# A new table on demand: twice the previous peak, which is taken as 6,000 reads or 2,000 writes.
# https://docs.aws.amazon.com/keyspaces/latest/devguide/ReadWriteCapacityMode.OnDemand.html
FIRST_UNITS_PER_S = {"read": 12_000.0, "write": 4000.0}
# https://docs.aws.amazon.com/keyspaces/latest/devguide/throughput-bursting.html
BURST_S = 300.0
# A query at LOCAL_QUORUM takes a unit for 4 kB that it reads or 1 kB that it writes.
# https://docs.aws.amazon.com/keyspaces/latest/devguide/ReadWriteCapacityMode.Provisioned.html
READ_UNITS = Spread(1.0, 0.5, 4.0, "A row of up to 4 kB at LOCAL_QUORUM", "RCU")
WRITE_UNITS = Spread(1.0, 1.0, 8.0, "A row of 1 kB", "WCU")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyspacesTable(Kind):
    name: ClassVar[str] = "keyspaces_table"
    label: ClassVar[str] = "Keyspaces table"
    service: ClassVar[str] = "keyspaces"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/keyspaces/latest/devguide/quotas.html"
    STORES: ClassVar[tuple[str, ...]] = ("write",)
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(TABLE, "BillingMode.Mode", "billing_mode", TEXT),
        Property(TABLE, f"{CAPACITY}.ReadCapacityUnits", "read_capacity", COUNT),
        Property(TABLE, f"{CAPACITY}.WriteCapacityUnits", "write_capacity", COUNT),
        Property(TABLE, "PointInTimeRecoveryEnabled", "has_pitr", FLAG),
        Property(TERRAFORM, f"{TERRAFORM_CAPACITY}.throughput_mode", "billing_mode", MODE),
        Property(TERRAFORM, f"{TERRAFORM_CAPACITY}.read_capacity_units", "read_capacity", COUNT),
        Property(TERRAFORM, f"{TERRAFORM_CAPACITY}.write_capacity_units", "write_capacity", COUNT),
        Property(TERRAFORM, "point_in_time_recovery.0.status", "has_pitr", ENABLED),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "read": Accepts("sync", units=READ_UNITS),
        "write": Accepts("sync", units=WRITE_UNITS),
    }
    SCALING: ClassVar[tuple[ScalingOption, ...]] = (
        ScalingOption(
            "cassandra",
            "cassandra:table:ReadCapacityUnits",
            "CassandraReadCapacityUtilization",
            1,
            40_000,
        ),
        ScalingOption(
            "cassandra",
            "cassandra:table:WriteCapacityUnits",
            "CassandraWriteCapacityUtilization",
            1,
            40_000,
        ),
    )
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/Cassandra", "ConsumedWriteCapacityUnits", "Sum", "units"),
        Metric("AWS/Cassandra", "ConsumedReadCapacityUnits", "Sum", "units"),
    )

    billing_mode: str = setting(ON_DEMAND, "Capacity", choices=(ON_DEMAND, PROVISIONED))
    read_capacity: int = setting(100, "Read capacity", unit="RCU", low=1, high=1_000_000)
    write_capacity: int = setting(100, "Write capacity", unit="WCU", low=1, high=1_000_000)

    has_pitr: bool = setting(False, "Point-in-time recovery")

    @property
    def is_provisioned(self) -> bool:
        """Say whether capacity is bought ahead; else it is on demand."""
        return self.billing_mode == PROVISIONED

    def _capacity(self, role: str) -> float:
        return float(self.read_capacity if role == "read" else self.write_capacity)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(5.0, up=3.0, rule="One query", unit="ms"),
            "hot_key_share": Spread(0.05, 0.01, 1.0, "Share of the busiest partition"),
            "stored_gb": about(1.0, down=0.1, up=20.0, rule="Stored", unit="GB"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return tuple(Lane(role, (self._credits(place, role),), emits=False) for role in UNITS)

    def _credits(self, place: Place, role: str) -> Credits:
        return Credits(
            rate_per_s=self._capacity(role) if self.is_provisioned else FIRST_UNITS_PER_S[role],
            own_s=place.value("latency_ms") / 1000.0,
            hold_s=BURST_S,
            most_per_s=0.0 if self.is_provisioned else TABLE_UNITS_PER_S,
            hot_share=place.value("hot_key_share"),
            hot_per_s=PARTITION_UNITS_PER_S[role],
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        limits = [
            limit for role in UNITS for limit in (self._limit(role), self._partition_limit(role))
        ]
        if not self.is_provisioned:
            limits += [self._growth_limit(role) for role in UNITS]
        return tuple(limits)

    def _limit(self, role: str) -> Limit:
        capacity = self._capacity(role) if self.is_provisioned else TABLE_UNITS_PER_S
        mode = "provisioned" if self.is_provisioned else "table"
        return Limit(
            id=f"keyspaces.{mode}_{role[0]}cu",
            role=role,
            gauge="units",
            label=f"{role} capacity",
            capacity=capacity,
            minimum=capacity if self.is_provisioned else 0.0,
            unit=UNITS[role],
            effect="throttled queries, which the driver repeats",
            remedy="Raise the capacity or let it scale."
            if self.is_provisioned
            else "Ask AWS for a higher table quota.",
            source_url=self.source_url,
            is_adjustable=True,
            check_command="aws cloudwatch get-metric-statistics --namespace AWS/Cassandra "
            f"--metric-name {role.capitalize()}ThrottleEvents",
        )

    def _partition_limit(self, role: str) -> Limit:
        return Limit(
            id=f"keyspaces.partition_{role[0]}cu",
            role=role,
            gauge="hot_key",
            label=f"{role}s of the busiest partition",
            capacity=PARTITION_UNITS_PER_S[role],
            unit=UNITS[role],
            effect="queries for that partition are throttled",
            remedy="Choose a partition key with more values, or cache what is read.",
            source_url=self.source_url,
        )

    def _growth_limit(self, role: str) -> Limit:
        return Limit(
            id=f"keyspaces.ondemand_growth_{role[0]}cu",
            role=role,
            gauge="pace",
            label=f"growth of {role}s on demand",
            capacity=FIRST_UNITS_PER_S[role],
            unit=UNITS[role],
            effect="queries are throttled above twice the last peak, within half an hour of it",
            remedy="Begin the rush slowly, or provision the capacity before it.",
            source_url=self.source_url,
            grows=False,
        )

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> KeyspacesTable:
        if not self.is_provisioned:
            return self
        more: dict[str, Any] = {
            f"{role}_capacity": math.ceil(self._capacity(role) * uses[role, "units"])
            for role in UNITS
            if uses.get((role, "units"), 0.0) > 1.0
        }
        return dataclasses.replace(self, **more) if more else self

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        stored = Usage("keyspaces.storage_gb_month", "Storage", "GB-month", meters.stored_gb)
        lines = []
        for role, unit in UNITS.items():
            label = f"{role.capitalize()} capacity"
            if self.is_provisioned:
                hours = self._capacity(role) * meters.hours
                lines.append(Usage(f"keyspaces.{role[0]}cu_hour", label, f"{unit}-h", hours))
            else:
                units = meters.units.get(role, 0.0)
                name = f"{role.capitalize()} request units"
                lines.append(Usage(f"keyspaces.{role[0]}ru", name, f"{unit[0]}RU", units))
        lines.append(stored)
        if self.has_pitr:
            label = "Point-in-time recovery storage"
            price_id = "keyspaces.pitr_gb_month"
            lines.append(Usage(price_id, label, "GB-month", meters.stored_gb))
        return (*lines, *given_lines(meters, GIVEN))
