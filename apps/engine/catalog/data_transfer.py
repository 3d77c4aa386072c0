"""Data transfer: bytes that leave a Region, or cross its zones, as they stand on a bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._lines import used
from apps.engine.catalog.base import Kind, Meters, Place, Property, Usage, UsageKey, setting
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane

TERRAFORM = "aws_data_transfer"
# A byte that crosses zones is billed where it leaves and where it arrives.
# https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer
DIRECTIONS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTransfer(Kind):
    """It is billed and nothing else: in a forecast bytes are billed at what sends them."""

    name: ClassVar[str] = "data_transfer"
    label: ClassVar[str] = "Data transfer"
    service: ClassVar[str] = "ec2"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/cur/latest/userguide/cur-data-transfers-charges.html"
    )
    TEMPLATE: ClassVar[tuple[Property, ...]] = (Property(TERRAFORM, "usage.region", "region"),)
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_outbound_internet_gb", "given.internet_gb"),
        UsageKey(TERRAFORM, "monthly_intra_region_gb", "given.between_zones_gb"),
        UsageKey(TERRAFORM, "monthly_outbound_us_east_to_us_east_gb", "given.us_east_gb"),
        UsageKey(TERRAFORM, "monthly_outbound_other_regions_gb", "given.other_regions_gb"),
    )

    region: str = setting("", "From Region", hint="Empty: the Region of the bill.")

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        given = meters.given
        zones = DIRECTIONS * given.get("between_zones_gb", 0.0)
        us_east, other = given.get("us_east_gb", 0.0), given.get("other_regions_gb", 0.0)
        return (
            self._line("dto.internet_gb", "Data transfer out", given.get("internet_gb", 0.0)),
            *used(
                self._line("dt.inter_az_gb", "Data transfer between zones, both ways", zones),
                self._line("dt.us_east_gb", "Data transfer between US East Regions", us_east),
                self._line("dt.inter_region_gb", "Data transfer to other Regions", other),
            ),
        )

    def _line(self, price_id: str, label: str, gigabytes: float) -> Usage:
        # A Region's bytes have no price in the book of another.
        ending = f".{self.region}" if self.region else ""
        return Usage(f"{price_id}{ending}", label, "GB", gigabytes)
