"""Amazon EBS volume that stands beside the instances: it is billed, whoever it is attached to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._volumes import TYPES, Volume, volume_usage
from apps.engine.catalog.base import (
    COUNT,
    Conversion,
    Kind,
    Meters,
    Place,
    Property,
    Usage,
    UsageKey,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane

VOLUME, TERRAFORM = "AWS::EC2::Volume", "aws_ebs_volume"
LOWER = Conversion(lambda value: str(value).lower(), str)
# Zero is a template's word for what is not chosen.
CHOSEN = Conversion(lambda value: int(float(value)) or None, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class EbsVolume(Kind):
    """What instances read and write on it is not modelled."""

    name: ClassVar[str] = "ebs_volume"
    label: ClassVar[str] = "EBS volume"
    service: ClassVar[str] = "ec2"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html"
    )
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(VOLUME, "VolumeType", "volume_type", LOWER),
        Property(VOLUME, "Size", "size_gb", COUNT),
        Property(VOLUME, "Iops", "iops", CHOSEN),
        Property(VOLUME, "Throughput", "throughput_mb_per_s", CHOSEN),
        Property(TERRAFORM, "type", "volume_type", LOWER),
        Property(TERRAFORM, "size", "size_gb", COUNT),
        Property(TERRAFORM, "iops", "iops", CHOSEN),
        Property(TERRAFORM, "throughput", "throughput_mb_per_s", CHOSEN),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_standard_io_requests", "given.io_requests.volume"),
    )

    volume_type: str = setting("gp2", "Type", choices=TYPES)
    size_gb: int = setting(8, "Size", unit="GiB", low=1, high=65_536)
    iops: int | None = setting(None, "Provisioned IOPS", low=0, high=256_000)
    throughput_mb_per_s: int | None = setting(
        None, "Provisioned throughput", unit="MB/s", low=0, high=4000, hint="Of gp3."
    )

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        iops, mb_per_s = float(self.iops or 0), float(self.throughput_mb_per_s or 0)
        volume = Volume("volume", self.volume_type, float(self.size_gb), iops, mb_per_s)
        return tuple(volume_usage(volume, 1.0, meters))
