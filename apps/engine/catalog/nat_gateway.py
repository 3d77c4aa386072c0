"""NAT gateway: the way out of a VPC. It holds nothing back here; it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    TEXT,
    Kind,
    Meters,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane

TERRAFORM = "aws_nat_gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class NatGateway(Kind):
    name: ClassVar[str] = "nat_gateway"
    label: ClassVar[str] = "NAT gateway"
    service: ClassVar[str] = "vpc"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"
    )
    GIVES_WAY_OUT: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property("AWS::EC2::NatGateway", "ConnectivityType", "connectivity", TEXT),
        Property(TERRAFORM, "connectivity_type", "connectivity", TEXT),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_data_processed_gb", "values.gb_month"),
    )

    connectivity: str = setting("public", "Connectivity", choices=("public", "private"))

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "gb_month": Spread(
                50.0, 5.0, 500.0, "What functions in the VPC send out and fetch in a month", "GB"
            )
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        lines = [
            Usage("nat.hour", "NAT gateway", "hour", meters.hours),
            Usage(
                "nat.gb",
                "Data processed",
                "GB",
                meters.values.get("gb_month", 0.0),
                "Assumed where nothing says it",
            ),
        ]
        if self.connectivity == "public":
            lines.append(Usage("vpc.public_ipv4_hour", "Public IPv4 address", "hour", meters.hours))
        return tuple(lines)
