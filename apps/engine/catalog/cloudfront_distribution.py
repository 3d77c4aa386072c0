"""Amazon CloudFront distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from apps.engine.catalog._cloudfront_bill import (
    Traffic,
    option_lines,
    shield_lines,
    traffic_lines,
)
from apps.engine.catalog._cloudfront_rows import APPLICATION, BOTH, BUCKET, TEMPLATE, USAGE_KEYS
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
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
from apps.engine.stages.cache import Cache
from apps.engine.stages.gate import Gate

REQUESTS, DATA_RATE = "cloudfront.rps", "cloudfront.data_rate"
BYTES_PER_GB = 2**30
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/flat-rate-pricing-plan.html
PLANS = ("free", "pro", "business")
# A page of 70 files weighs about 2.5 MB. https://almanac.httparchive.org/en/2024/page-weight
FILE_BYTES = 35_000.0
# Files that browsers ask for beside each request that the scenario counts.
FILES: Mapping[str, Spread] = {
    APPLICATION: Spread(0.0, 0.0, 0.0, "No bucket serves files here"),
    BUCKET: Spread(0.0, 0.0, 0.0, "The requests counted are the files"),
    BOTH: Spread(
        2.0, 0.5, 10.0, "70 files on the 40 % of visits that are new, for 15 requests a visit"
    ),
}
HIT_SHARES: Mapping[str, Spread] = {
    APPLICATION: Spread(
        0.0, 0.0, 0.5, "Answers of an application are not cached while nothing says so"
    ),
    BUCKET: Spread(0.8, 0.5, 0.95, "Files alike are answered by the edge"),
    BOTH: Spread(
        0.0, 0.0, 0.8, "The requests counted are the application's; its files come on top"
    ),
}

# Of the 2 files beside each request (0.5 to 10) the edge answers 80 % (50 to 95 %).
FILES_AT_ORIGIN = Spread(0.4, 0.025, 5.0, "Files beside a request that the edge does not hold")


class _Bound(NamedTuple):
    """The quota that a distribution meets first, in its own unit and in counted requests."""

    quota_id: str
    unit: str
    capacity: float
    requests_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudfrontDistribution(Kind):
    name: ClassVar[str] = "cloudfront_distribution"
    label: ClassVar[str] = "CloudFront distribution"
    service: ClassVar[str] = "cloudfront"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"
    )
    ENTRY: ClassVar[str] = "request"
    FACES_USERS: ClassVar[bool] = True
    ROUTES: ClassVar[bool] = True
    EXTRA_CALLS: ClassVar[Spread | None] = FILES_AT_ORIGIN
    TEMPLATE: ClassVar[tuple[Property, ...]] = TEMPLATE
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = USAGE_KEYS
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/CloudFront", "Requests", "Sum", "rate"),)

    origins: str = setting(APPLICATION, "Origins", choices=(APPLICATION, BUCKET, BOTH))
    plan: str = setting(
        "", "Flat-rate plan", choices=("", *PLANS), hint="Empty: every request and byte is billed."
    )
    shield_regions: str = setting(
        "", "Origin Shield in", hint="Regions with commas between, such as eu-west-1."
    )
    encrypts_fields: bool = setting(False, "Encrypts fields at the edge")
    has_realtime_logs: bool = setting(False, "Writes real-time logs", hint="A line a request.")
    has_dedicated_ip: bool = setting(False, "Certificate with addresses of its own")

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        size = FILE_BYTES if self.origins == BUCKET else 5000.0
        rule = "A file" if self.origins == BUCKET else "A JSON response"
        return {
            "latency_ms": about(5.0, up=4.0, rule="An edge near the user", unit="ms"),
            "hit_share": HIT_SHARES[self.origins],
            "files_per_request": FILES[self.origins],
            "bytes_out": about(size, down=0.4, up=10.0, rule=rule, unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        rate = self._bound(facts, place).requests_per_s
        gate = Gate(rate, rate, place.value("latency_ms") / 1000.0)
        return (Lane("request", (gate, Cache(place.value("hit_share")))),)

    def _bound(self, facts: Facts, place: Place) -> _Bound:
        requests, gigabits = facts.quota(REQUESTS), facts.quota(DATA_RATE)
        files = place.value("files_per_request")
        bytes_each = place.value("bytes_out") + files * FILE_BYTES
        by_data = gigabits * 1e9 / 8.0 / max(bytes_each, 1.0)
        if by_data < requests / (1.0 + files):
            return _Bound(DATA_RATE, "Gbit/s", gigabits, by_data)
        return _Bound(REQUESTS, "requests/s", requests, requests / (1.0 + files))

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        bound = self._bound(facts, place)
        what = "requests, files included" if bound.quota_id == REQUESTS else "data to viewers"
        return (
            quota_limit(
                facts,
                bound.quota_id,
                role="request",
                gauge="rate",
                label=f"{what}, of one distribution",
                unit=bound.unit,
                effect="503 to clients",
                remedy="Ask AWS for a higher quota, or spread the sites over more distributions.",
                check_command="aws service-quotas list-service-quotas --service-code cloudfront "
                "--region us-east-1",
            ),
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        if self.plan:
            name = f"Flat-rate plan ({self.plan.capitalize()})"
            note = "Requests and bytes are in its price, up to what it allows"
            months = meters.hours / 730.0
            return (Usage(f"cloudfront.flat_plan.{self.plan}", name, "month", months, note),)
        traffic = self._traffic(meters)
        lines = traffic.https_requests if self.has_realtime_logs else 0.0
        return (
            *traffic_lines(meters, traffic),
            *shield_lines(meters, self.shield_regions, meters.called.get("request", 0.0)),
            *option_lines(
                meters,
                has_dedicated_ip=self.has_dedicated_ip,
                encrypts_fields=self.encrypts_fields,
                log_lines=lines,
            ),
        )

    def _traffic(self, meters: Meters) -> Traffic:
        requests = meters.passed.get("request", 0.0)
        files = meters.values.get("files_per_request", FILES[self.origins].expected)
        return Traffic(
            https_requests=requests * (1.0 + files),
            sent_gb=(meters.bytes_out + requests * files * FILE_BYTES) / BYTES_PER_GB,
            origin_gb=meters.bytes_in / BYTES_PER_GB,
            note=f"With {files:g} files beside each request" if files else "",
        )
