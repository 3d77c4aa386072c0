"""VPC endpoint: a private way from a VPC to an AWS service, by interface or by gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog.base import (
    PATTERN,
    TEXT,
    Conversion,
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

ENDPOINT, TERRAFORM = "AWS::EC2::VPCEndpoint", "aws_vpc_endpoint"
GATEWAY, INTERFACE, BALANCER = "Gateway", "Interface", "GatewayLoadBalancer"
# Names of services in endpoints, where they are not the short name of the service.
SERVICES: Mapping[str, str] = {
    "aoss": "opensearch",
    "elasticfilesystem": "efs",
    "es": "opensearch",
    "events": "eventbridge",
    "execute-api": "apigateway",
    "kinesis-firehose": "firehose",
    "kinesis-streams": "kinesis",
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
}


def _zones(value: Any) -> int:
    return len(value) if isinstance(value, list) else 1


ZONES = Conversion(_zones, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcEndpoint(Kind):
    """It holds nothing back here: it spares a NAT gateway, and an interface costs."""

    name: ClassVar[str] = "vpc_endpoint"
    label: ClassVar[str] = "VPC endpoint"
    service: ClassVar[str] = "ec2"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(ENDPOINT, "ServiceName", "service_name", PATTERN),
        Property(ENDPOINT, "VpcEndpointType", "endpoint_type", TEXT),
        Property(ENDPOINT, "SubnetIds", "zones", ZONES),
        Property(TERRAFORM, "service_name", "service_name", PATTERN),
        Property(TERRAFORM, "vpc_endpoint_type", "endpoint_type", TEXT),
        Property(TERRAFORM, "subnet_ids", "zones", ZONES),
        Property(TERRAFORM, "subnet_configuration", "zones", ZONES),
    )
    # Terraform does not choose subnets, so silence there is one.
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {TERRAFORM: {"zones": 1}}
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_data_processed_gb", "values.gb_month"),
    )

    service_name: str = setting("", "Service", hint="Such as com.amazonaws.us-east-1.s3.")
    endpoint_type: str = setting(GATEWAY, "Type", choices=(GATEWAY, INTERFACE, BALANCER))
    zones: int = setting(2, "Zones", low=1, high=6, hint="Each has its interface.")

    @property
    def reaches(self) -> str:
        """Short name of the service that it leads to; empty where the name does not say it."""
        word = self.service_name.rpartition(".")[2].lower()
        return SERVICES.get(word, word)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        if self.endpoint_type == GATEWAY:
            return {}
        return {"gb_month": Spread(20.0, 1.0, 500.0, "What passes in a month", "GB")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        if self.endpoint_type == GATEWAY:
            return ()
        data = "vpce.gb" if self.endpoint_type == INTERFACE else "vpce.gwlb_gb"
        return (
            Usage(
                "vpce.hour",
                "Endpoint interfaces",
                "AZ-h",
                self.zones * meters.hours,
                "One in each zone",
            ),
            Usage(
                data,
                "Data processed",
                "GB",
                meters.values.get("gb_month", 0.0),
                "Assumed where nothing says it",
            ),
        )
