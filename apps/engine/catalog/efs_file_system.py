"""Amazon EFS file system: bursting, provisioned and elastic throughput."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _efs_file_system_bill as bill
from apps.engine.catalog.base import (
    NUMBER,
    PRESENT,
    TEXT,
    Accepts,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.credits import Credits
from apps.engine.stages.delay import Delay

SYSTEM = "AWS::EFS::FileSystem"
GUIDE = "https://docs.aws.amazon.com/efs/latest/ug/performance.html"
BURSTING, PROVISIONED, ELASTIC = bill.BURSTING, bill.PROVISIONED, bill.ELASTIC
PROVISIONED_MIBPS = "provisioned_throughput_in_mibps"
# Bursting: 50 KiB/s for each GiB, at least 1 MiB/s; bursts of 100 MiB/s, or of 100 for each TiB;
# 2.1 TiB of credits at first. https://docs.aws.amazon.com/efs/latest/ug/performance.html
LEAST_MIB_S, BURST_MIB_S, CREDITS_MIB = 1.0, 100.0, 2.1 * 1024 * 1024
# What elastic throughput writes at least before it must be asked for more.
ELASTIC_MIB_S = 1024.0
FILE_MIB = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class EfsFileSystem(Kind):
    """Reads and writes draw on one throughput, counted in MiB as AWS meters them."""

    name: ClassVar[str] = "efs_file_system"
    label: ClassVar[str] = "EFS file system"
    service: ClassVar[str] = "efs"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/efs/latest/ug/limits.html"
    STORES: ClassVar[tuple[str, ...]] = ("write",)
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(SYSTEM, "ThroughputMode", "throughput_mode", TEXT),
        Property(SYSTEM, "ProvisionedThroughputInMibps", "provisioned_mib_s", NUMBER),
        Property(SYSTEM, "AvailabilityZoneName", "is_one_zone", PRESENT),
        Property(SYSTEM, "LifecyclePolicies", "moves_to", bill.MOVES),
        Property(bill.TERRAFORM, "throughput_mode", "throughput_mode", TEXT),
        Property(bill.TERRAFORM, PROVISIONED_MIBPS, "throughput_mode", bill.IS_PROVISIONED),
        Property(bill.TERRAFORM, PROVISIONED_MIBPS, "provisioned_mib_s", NUMBER),
        Property(bill.TERRAFORM, "availability_zone_name", "is_one_zone", PRESENT),
        Property(bill.TERRAFORM, "lifecycle_policy", "moves_to", bill.MOVES),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = bill.USAGE_KEYS
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "read": Accepts(
            "sync",
            units=Spread(
                FILE_MIB * bill.READ_SHARE,
                0.001,
                1.0,
                "A file of 100 kB, metered at a third",
                "MiB",
            ),
        ),
        "write": Accepts("sync", units=Spread(FILE_MIB, 0.004, 3.0, "A file of 100 kB", "MiB")),
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/EFS", "MeteredIOBytes", "Sum", "units"),
        Metric("AWS/EFS", "BurstCreditBalance", "Minimum", "units"),
    )

    throughput_mode: str = setting(
        BURSTING, "Throughput mode", choices=(BURSTING, PROVISIONED, ELASTIC)
    )
    provisioned_mib_s: float = setting(
        100.0, "Provisioned throughput", unit="MiB/s", low=1, high=3414
    )
    is_one_zone: bool = setting(False, "In one zone")
    moves_to: str = setting(
        bill.STAYS,
        "Files that nobody asks for move to",
        choices=(bill.STAYS, bill.INFREQUENT, bill.ARCHIVE),
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "read_ms": about(1.0, up=5.0, rule="The first bytes of a file", unit="ms"),
            "write_ms": about(2.7, up=5.0, rule="A write to all zones", unit="ms"),
            "stored_gb": about(20.0, down=0.05, up=20.0, rule="Stored", unit="GB"),
        } | bill.assumed(self.moves_to)

    def _steady_mib_s(self, place: Place) -> float:
        by_size = max(LEAST_MIB_S, bill.MIB_S_PER_GIB * place.value("stored_gb"))
        if self.throughput_mode == ELASTIC:
            return ELASTIC_MIB_S
        return max(by_size, self.provisioned_mib_s) if self._is_provisioned else by_size

    @property
    def _is_provisioned(self) -> bool:
        return self.throughput_mode == PROVISIONED

    def _burst_mib_s(self, place: Place) -> float:
        return max(BURST_MIB_S, BURST_MIB_S / 1024.0 * place.value("stored_gb"))

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        bursts, steady = self.throughput_mode == BURSTING, self._steady_mib_s(place)
        throughput = Credits(
            rate_per_s=steady,
            own_s=0.0,
            hold_s=CREDITS_MIB / steady if bursts else 1.0,
            # All bytes go through one file system, as if to one key, and its burst has an end.
            hot_share=1.0 if bursts else 0.0,
            hot_per_s=self._burst_mib_s(place) if bursts else math.inf,
        )
        doors = (
            Lane(
                role,
                (Delay(place.value(f"{role}_ms") / 1000.0),),
                emits=False,
                calls_lane="throughput",
            )
            for role in ("read", "write")
        )
        return (*doors, Lane("throughput", (throughput,), emits=False))

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        bursts, steady = self.throughput_mode == BURSTING, self._steady_mib_s(place)
        limit = Limit(
            id=f"efs.{self.throughput_mode}_throughput",
            role="throughput",
            gauge="units",
            label="throughput",
            capacity=steady,
            minimum=0.0 if self.throughput_mode == ELASTIC else steady,
            unit="MiB/s",
            effect="saved credits are spent, then files are read and written at the steady pace"
            if bursts
            else "reads and writes are slowed down until they time out",
            remedy="Change to elastic throughput, or keep fewer bytes on the path of a request.",
            source_url=GUIDE,
            is_adjustable=True,
            check_command="aws cloudwatch get-metric-statistics --namespace AWS/EFS "
            "--metric-name MeteredIOBytes",
        )
        if not bursts:
            return (limit,)
        burst = dataclasses.replace(
            limit,
            id="efs.burst_throughput",
            gauge="hot_key",
            label="burst throughput",
            capacity=self._burst_mib_s(place),
            minimum=0.0,
            effect="reads and writes are slowed down until they time out",
        )
        return (limit, burst)

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> EfsFileSystem:
        is_short = max(uses.values(), default=0.0) > 1.0
        elastic: dict[str, Any] = {"throughput_mode": ELASTIC}
        return dataclasses.replace(self, **elastic) if is_short else self

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(bill.lines(self, meters))
