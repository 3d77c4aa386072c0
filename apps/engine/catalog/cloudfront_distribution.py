"""Amazon CloudFront distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    Accepts,
    Conversion,
    Kind,
    Limit,
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
from apps.engine.stages.cache import Cache
from apps.engine.stages.gate import Gate

DISTRIBUTION = "AWS::CloudFront::Distribution"
APPLICATION, BUCKET, BOTH = "application", "bucket", "both"
REQUESTS, DATA_RATE = "cloudfront.rps", "cloudfront.data_rate"
BYTES_PER_GB = 2**30
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


def _is_bucket(origin: Mapping[str, Any]) -> bool:
    domain = str(origin.get("DomainName", ""))
    return (
        "S3OriginConfig" in origin
        or ".s3." in domain
        or ".s3-" in domain
        or domain.endswith((".RegionalDomainName}", ".DomainName}"))
    )


def _origins(value: Any) -> str | None:
    """Tell what the origins of a distribution are; None where none is written."""
    written = value if isinstance(value, list) else [value]
    kinds = {_is_bucket(origin) for origin in written if isinstance(origin, Mapping)}
    if not kinds:
        return None
    if len(kinds) == 2:
        return BOTH
    return BUCKET if kinds.pop() else APPLICATION


ORIGINS = Conversion(_origins, str)


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
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(DISTRIBUTION, "DistributionConfig.Origins", "origins", ORIGINS),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/CloudFront", "Requests", "Sum", "rate"),)

    origins: str = setting(APPLICATION, "Origins", choices=(APPLICATION, BUCKET, BOTH))

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
        requests = meters.passed.get("request", 0.0)
        files = meters.values.get("files_per_request", FILES[self.origins].expected)
        sent = meters.bytes_out + requests * files * FILE_BYTES
        note = f"With {files:g} files beside each request" if files else ""
        return (
            Usage(
                "cloudfront.https_requests",
                "Requests (HTTPS)",
                "request",
                requests * (1.0 + files),
                note,
            ),
            Usage("cloudfront.transfer_gb", "Transfer out", "GB", sent / BYTES_PER_GB, note),
        )
