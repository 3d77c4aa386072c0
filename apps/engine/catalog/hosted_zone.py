"""Amazon Route 53: hosted zones, their records, and health checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._lines import used
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
    PRESENT,
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

ZONE, RECORD = "AWS::Route53::HostedZone", "AWS::Route53::RecordSet"
GROUP, CHECK = "AWS::Route53::RecordSetGroup", "AWS::Route53::HealthCheck"
ZONE_PART, RECORD_PART, CHECK_PART = "zone", "records", "health check"
STANDARD, LATENCY, GEO, IP = "standard", "latency", "geo", "ip"
TF_ZONE, TF_RECORD = "aws_route53_zone", "aws_route53_record"
TF_CHECK = "aws_route53_health_check"
QUERIES = {
    STANDARD: "Standard queries",
    LATENCY: "Latency-based routing queries",
    GEO: "Geo DNS and geoproximity queries",
    IP: "IP-based routing queries",
}


def _routed(word: str) -> Conversion:
    return Conversion(lambda _: word, str)


_BY_LATENCY, _BY_PLACE, _BY_IP = map(_routed, (LATENCY, GEO, IP))
# An alias of a record is looked up, and billed, as that record.
_ALIAS = Conversion(
    lambda value: "aws_route53_record." not in str(value) or None, lambda value: bool(value)
)
_ROWS = (
    ("AliasTarget", "is_alias", PRESENT),
    ("Region", "routing", _BY_LATENCY),
    ("GeoLocation", "routing", _BY_PLACE),
    ("GeoProximityLocation", "routing", _BY_PLACE),
    ("CidrRoutingConfig", "routing", _BY_IP),
)
_TF_ROWS = (
    ("alias.0.name", "is_alias", _ALIAS),
    ("latency_routing_policy.0", "routing", _BY_LATENCY),
    ("geolocation_routing_policy.0", "routing", _BY_PLACE),
    ("geoproximity_routing_policy.0", "routing", _BY_PLACE),
    ("cidr_routing_policy.0", "routing", _BY_IP),
)
# What a zone holds before its records cost, and how often a fast check looks.
# https://aws.amazon.com/route53/pricing/
RECORDS_FREE, FAST_S = 10_000, 10
CHECK_TYPES = (
    *("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"),
    *("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"),
)
# Names that AWS gives to what it runs.
_OF_AWS = (".amazonaws.com", ".cloudfront.net", ".awsglobalaccelerator.com", "ref:aws_")


def _is_outside(value: Any) -> bool:
    return not any(part in str(value) for part in _OF_AWS)


def _said_outside(value: Any) -> bool:
    return str(value).lower().replace("_", "-") == "non-aws"


OUTSIDE = Conversion(_is_outside, bool)
SAID_OUTSIDE = Conversion(_said_outside, lambda value: "non_aws" if value else "aws")


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
        Property(CHECK, "HealthCheckConfig.Type", "check_type", TEXT),
        Property(CHECK, "HealthCheckConfig.RequestInterval", "interval_s", COUNT),
        Property(CHECK, "HealthCheckConfig.MeasureLatency", "measures_latency", FLAG),
        Property(TF_ZONE, "", ""),
        *(Property(TF_RECORD, path, name, how) for path, name, how in _TF_ROWS),
        Property(TF_CHECK, "usage.endpoint_type", "checks_outside", SAID_OUTSIDE),
        Property(TF_CHECK, "fqdn", "checks_outside", OUTSIDE),
        Property(TF_CHECK, "type", "check_type", TEXT),
        Property(TF_CHECK, "request_interval", "interval_s", COUNT),
        Property(TF_CHECK, "measure_latency", "measures_latency", FLAG),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        RECORD: {"part": RECORD_PART},
        GROUP: {"part": RECORD_PART},
        CHECK: {"part": CHECK_PART},
        TF_RECORD: {"part": RECORD_PART},
        TF_CHECK: {"part": CHECK_PART},
    }
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TF_RECORD, "monthly_standard_queries", "given.queries.standard"),
        UsageKey(TF_RECORD, "monthly_latency_based_queries", "given.queries.latency"),
        UsageKey(TF_RECORD, "monthly_geo_queries", "given.queries.geo"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"resolve": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Route53", "DNSQueries", "Sum", "rate"),)

    part: str = setting(ZONE_PART, "What it is", choices=(ZONE_PART, RECORD_PART, CHECK_PART))
    is_alias: bool = setting(
        False, "Alias of an AWS resource", hint="Lookups of aliases are without charge."
    )
    routing: str = setting(STANDARD, "Routing", choices=tuple(QUERIES))
    checks_outside: bool = setting(False, "Checks what lies outside AWS")
    check_type: str = setting("HTTP", "Checked by", choices=CHECK_TYPES)
    interval_s: int = setting(30, "Checked every", unit="s", low=10, high=30)
    measures_latency: bool = setting(False, "Measures latency")

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
            return self._zone_lines(meters, months)
        if self.part == CHECK_PART:
            return self._check_lines(months)
        return self._query_lines(meters)

    def _zone_lines(self, meters: Meters, months: float) -> tuple[Usage, ...]:
        above = max(0.0, meters.given.get("records", 0.0) - RECORDS_FREE)
        return (
            Usage("route53.zone_month", "Hosted zone", "zone-month", months),
            *used(
                Usage(
                    "route53.record_month",
                    f"Records above {RECORDS_FREE:,}",
                    "record-month",
                    above * months,
                )
            ),
        )

    def _check_lines(self, months: float) -> tuple[Usage, ...]:
        where = "non_aws" if self.checks_outside else "aws"
        options = (
            self.check_type.startswith("HTTPS"),
            self.check_type.endswith("STR_MATCH"),
            self.interval_s == FAST_S,
            self.measures_latency,
        )
        return (
            Usage(
                f"route53.health_check.{where}",
                "Health check",
                "check-month",
                months,
                "50 of AWS are free",
            ),
            *used(
                Usage(
                    f"route53.health_check_option.{where}",
                    "Optional features of health checks",
                    "check-month",
                    sum(options) * months,
                    "HTTPS, text that is looked for, every 10 s, latency",
                )
            ),
        )

    def _query_lines(self, meters: Meters) -> tuple[Usage, ...]:
        simulated = {self.routing: meters.users * meters.values.get("lookups_per_user", 0.0)}
        known = {how: meters.given.get(f"queries.{how}") for how in QUERIES}
        is_given = any(number is not None for number in known.values())
        queries = known if is_given else simulated
        return tuple(
            Usage(
                f"route53.queries.{how}",
                QUERIES[how],
                "query",
                0.0 if self.is_alias else number,
                "Aliases of AWS resources are free",
            )
            for how, number in queries.items()
            if number is not None
        )
