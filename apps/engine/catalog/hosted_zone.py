"""Amazon Route 53: hosted zones, their records, and health checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog.base import (
    PRESENT,
    Accepts,
    Conversion,
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

ZONE, RECORD = "AWS::Route53::HostedZone", "AWS::Route53::RecordSet"
GROUP, CHECK = "AWS::Route53::RecordSetGroup", "AWS::Route53::HealthCheck"
ZONE_PART, RECORD_PART, CHECK_PART = "zone", "records", "health check"
STANDARD, LATENCY, GEO = "standard", "latency", "geo"
_ROWS = (
    ("AliasTarget", "is_alias", PRESENT),
    ("Region", "routing", Conversion(lambda _: LATENCY, str)),
    ("GeoLocation", "routing", Conversion(lambda _: GEO, str)),
    ("GeoProximityLocation", "routing", Conversion(lambda _: GEO, str)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedZone(Kind):
    """It answers who looks a name up; the requests themselves never pass it.

    AWS states no limit of queries.
    """

    name: ClassVar[str] = "hosted_zone"
    label: ClassVar[str] = "Route 53 DNS"
    service: ClassVar[str] = "route53"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html"
    )
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(ZONE, "", ""),
        *(Property(RECORD, path, name, how) for path, name, how in _ROWS),
        *(Property(GROUP, f"RecordSets.0.{path}", name, how) for path, name, how in _ROWS),
        Property(CHECK, "HealthCheckConfig.FullyQualifiedDomainName", "checks_outside", PRESENT),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        RECORD: {"part": RECORD_PART},
        GROUP: {"part": RECORD_PART},
        CHECK: {"part": CHECK_PART},
    }
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"resolve": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Route53", "DNSQueries", "Sum", "rate"),)

    part: str = setting(ZONE_PART, "What it is", choices=(ZONE_PART, RECORD_PART, CHECK_PART))
    is_alias: bool = setting(
        False, "Alias of an AWS resource", hint="Lookups of aliases are without charge."
    )
    routing: str = setting(STANDARD, "Routing", choices=(STANDARD, LATENCY, GEO))
    checks_outside: bool = setting(False, "Checks what lies outside AWS")

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        values = {"latency_ms": about(20.0, up=5.0, rule="A lookup", unit="ms")}
        if self.part == RECORD_PART:
            values["lookups_per_user"] = Spread(
                20.0, 5.0, 200.0, "Lookups of a user in a month; resolvers remember the others"
            )
        return values

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("resolve", (Delay(place.value("latency_ms") / 1000.0),), emits=False),)

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        months = meters.hours / 730.0
        if self.part == ZONE_PART:
            return (Usage("route53.zone_month", "Hosted zone", "zone-month", months),)
        if self.part == CHECK_PART:
            where = "non_aws" if self.checks_outside else "aws"
            price_id = f"route53.health_check.{where}"
            return (Usage(price_id, "Health check", "check-month", months, "50 of AWS are free"),)
        queries = meters.users * meters.values.get("lookups_per_user", 0.0)
        return (
            Usage(
                f"route53.queries.{self.routing}",
                "Queries",
                "query",
                0.0 if self.is_alias else queries,
                "Aliases of AWS resources are free",
            ),
        )
