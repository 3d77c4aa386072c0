"""Elastic Load Balancing, application load balancer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._balancer_bill import (
    APPLICATION,
    BYTES_PER_GB,
    GATEWAY,
    GB_PER_LCU_H_LAMBDA,
    NETWORK,
    UNITS,
    unit_hours,
)
from apps.engine.catalog.base import (
    FLAG,
    TEXT,
    Accepts,
    Conversion,
    Kind,
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
from apps.engine.stages.delay import Delay

BALANCER, TERRAFORM = "AWS::ElasticLoadBalancingV2::LoadBalancer", ("aws_lb", "aws_alb")
INTERNET, INTERNAL = "internet-facing", "internal"
# What each type costs by, and the service that it is billed as.
PRICES = {APPLICATION: "alb", NETWORK: "nlb", GATEWAY: "gwlb"}
SCHEME = Conversion(
    lambda value: INTERNAL if FLAG.read(value) else INTERNET, lambda value: value == INTERNAL
)


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, list) and value else None


ZONES = Conversion(_length, lambda number: [None] * number)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer(Kind):
    """It scales by itself and has no quota of requests: what stands behind it holds it back."""

    name: ClassVar[str] = "load_balancer"
    label: ClassVar[str] = "Load balancer"
    service: ClassVar[str] = "alb"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
        "load-balancer-limits.html"
    )
    ENTRY: ClassVar[str] = "request"
    FACES_USERS: ClassVar[bool] = True
    ROUTES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(BALANCER, "Scheme", "scheme"),
        Property(BALANCER, "Subnets", "zones", ZONES),
        Property(BALANCER, "SubnetMappings", "zones", ZONES),
        *(
            Property(type_, path, name, conversion)
            for type_ in TERRAFORM
            for path, name, conversion in (
                ("load_balancer_type", "balancer_type", TEXT),
                ("internal", "scheme", SCHEME),
                ("subnets", "zones", ZONES),
                ("subnet_mapping", "zones", ZONES),
            )
        ),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = tuple(
        UsageKey(type_, key, f"given.{name}")
        for type_ in TERRAFORM
        for key, name in (
            ("new_connections", "connections_per_s"),
            ("active_connections", "active_connections"),
            ("processed_bytes_gb", "processed_gb"),
            ("rule_evaluations", "rules_per_s"),
        )
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/ApplicationELB", "RequestCount", "Sum", "rate"),
        Metric("AWS/ApplicationELB", "ConsumedLCUs", "Sum", "units"),
    )

    balancer_type: str = setting(APPLICATION, "Type", choices=tuple(PRICES))
    scheme: str = setting(INTERNET, "Reached from", choices=(INTERNET, INTERNAL))
    # A balancer stands in two zones at least, unless it is told otherwise.
    zones: int = setting(2, "Zones", low=1, high=6, hint="With a public address in each.")
    rules: int = setting(
        1, "Rules looked at for a request", low=1, high=100, hint="The first ten are free."
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(5.0, up=4.0, rule="Overhead of the balancer", unit="ms"),
            "bytes_out": about(5000.0, down=0.4, up=10.0, rule="A JSON response", unit="bytes"),
            "requests_per_connection": Spread(5.0, 1.0, 50.0, "A client keeps its connection"),
            "connection_s": Spread(60.0, 5.0, 300.0, "Closed when idle for a minute", "s"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("request", (Delay(place.value("latency_ms") / 1000.0),)),)

    def billed(self, place: Place) -> Mapping[str, float]:
        targets = [place.neighbours.get(link.target) for link in place.outbound]
        has_functions = any(kind is not None and kind.service == "lambda" for kind in targets)
        gigabytes = GB_PER_LCU_H_LAMBDA if has_functions else UNITS[self.balancer_type].gb_per_h
        return {**place.values, "gb_per_lcu_h": gigabytes}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        has_addresses = self.scheme == INTERNET and self.balancer_type != GATEWAY
        addresses = self.zones * meters.hours if has_addresses else 0.0
        price, name = PRICES[self.balancer_type], self.balancer_type.capitalize()
        return (
            Usage(f"{price}.hour", f"{name} load balancer", "hour", meters.hours, "Used or not"),
            Usage(
                f"{price}.lcu_hour",
                "Load balancer capacity units",
                "LCU-h",
                unit_hours(meters, self.balancer_type, self.rules),
                "By connections, bytes or rules, whichever is most",
            ),
            Usage(
                "vpc.public_ipv4_hour",
                "Public IPv4 addresses",
                "hour",
                addresses,
                "One in each zone",
            ),
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                meters.bytes_out / BYTES_PER_GB if meters.is_edge else 0.0,
                "To the internet, drawn or not",
            ),
        )
