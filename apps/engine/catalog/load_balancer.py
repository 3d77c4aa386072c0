"""Elastic Load Balancing, application load balancer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    Accepts,
    Kind,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
INTERNET, INTERNAL = "internet-facing", "internal"
BYTES_PER_GB = 2**30
# What one capacity unit covers, whichever of the four is used most.
# https://aws.amazon.com/elasticloadbalancing/pricing/
CONNECTIONS_PER_LCU_S, ACTIVE_PER_LCU, RULES_PER_LCU_S = 25.0, 3000.0, 1000.0
GB_PER_LCU_H, GB_PER_LCU_H_LAMBDA, FREE_RULES = 1.0, 0.4, 10
# A balancer stands in two zones at least, with an address in each.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
ZONES = 2.0


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
    TEMPLATE: ClassVar[tuple[Property, ...]] = (Property(BALANCER, "Scheme", "scheme"),)
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/ApplicationELB", "RequestCount", "Sum", "rate"),
        Metric("AWS/ApplicationELB", "ConsumedLCUs", "Sum", "units"),
    )

    scheme: str = setting(INTERNET, "Reached from", choices=(INTERNET, INTERNAL))
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
        gigabytes = GB_PER_LCU_H_LAMBDA if has_functions else GB_PER_LCU_H
        return {**place.values, "gb_per_lcu_h": gigabytes}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        addresses = ZONES * meters.hours if self.scheme == INTERNET else 0.0
        return (
            Usage("alb.hour", "Load balancer", "hour", meters.hours, "Used or not"),
            Usage(
                "alb.lcu_hour",
                "Load balancer capacity units",
                "LCU-h",
                self._capacity_hours(meters),
                "By connections, bytes or rules, whichever is most",
            ),
            Usage(
                "vpc.public_ipv4_hour",
                "Public IPv4 addresses",
                "hour",
                addresses,
                "One in each of two zones",
            ),
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                meters.bytes_out / BYTES_PER_GB if meters.is_edge else 0.0,
                "To the internet, drawn or not",
            ),
        )

    def _capacity_hours(self, meters: Meters) -> float:
        """Return the capacity units of a month. [LCU-h]"""
        requests, values = meters.passed.get("request", 0.0), meters.values
        connections = requests / values.get("requests_per_connection", 5.0)
        gigabytes = (meters.bytes_in + meters.bytes_out) / BYTES_PER_GB
        looked_at = requests * max(0, self.rules - FREE_RULES)
        return max(
            connections / 3600.0 / CONNECTIONS_PER_LCU_S,
            connections * values.get("connection_s", 60.0) / 3600.0 / ACTIVE_PER_LCU,
            gigabytes / values.get("gb_per_lcu_h", GB_PER_LCU_H),
            looked_at / 3600.0 / RULES_PER_LCU_S,
        )
