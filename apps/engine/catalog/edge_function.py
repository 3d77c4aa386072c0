"""AWS Lambda@Edge: a function that a CloudFront distribution runs near its viewers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import Accepts, Limit, Meters, Place, ScalingOption, Spread, Usage
from apps.engine.catalog.lambda_function import (
    BYTES_PER_GB,
    MB_PER_GB,
    LambdaFunction,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.gate import Gate

RATE = "cloudfront.edge_lambda_rps"
VIEWER, ORIGIN = "cloudfront.edge_lambda_timeout_viewer", "cloudfront.edge_lambda_timeout_origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeFunction(LambdaFunction):
    """It draws on the concurrency of the Region in which it runs, taken to be that of the design.

    A template does not say so of the function: a distribution names it.
    """

    name: ClassVar[str] = "edge_function"
    label: ClassVar[str] = "Lambda@Edge function"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "invoke": Accepts("sync", calls=Spread(1.0, 1.0, 2.0, "Once for each event of a request"))
    }
    # Neither reserved nor provisioned concurrency is to be had at the edge.
    SCALING: ClassVar[tuple[ScalingOption, ...]] = ()

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        (pool,) = self._at_edge(facts, place)._pools(facts, place)
        rate = facts.quota(RATE)
        door = Lane("invoke", (Gate(rate, rate),), emits=False, calls_lane="run")
        return (door, dataclasses.replace(pool, role="run"))

    def _pools(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        """Return the lane of the environments; nothing hands events to it."""
        lanes = LambdaFunction.stages(self, facts, place)
        return tuple(lane for lane in lanes if lane.role == "invoke")

    def _at_edge(self, facts: Facts, place: Place) -> EdgeFunction:
        """Return the function as the edge runs it: given up sooner, and nothing reserved."""
        return dataclasses.replace(
            self,
            timeout_s=min(self.timeout_s, facts.quota(self._timeout_id(place))),
            reserved_concurrency=None,
            provisioned_concurrency=0,
        )

    def _timeout_id(self, place: Place) -> str:
        """Return the quota of its time, that of viewers where one of its events is theirs."""
        faces_viewers = any(link.settings.get("viewer_calls") for link in place.inbound)
        return VIEWER if faces_viewers else ORIGIN

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        edge = self._at_edge(facts, place)
        own = [
            dataclasses.replace(limit, role="run")
            for limit in LambdaFunction.limits(edge, facts, place)
        ]
        rate = quota_limit(
            facts,
            RATE,
            role="invoke",
            gauge="rate",
            label="requests of functions at the edge, of one Region",
            unit="requests/s",
            effect="503 to viewers",
            remedy="Ask AWS for a higher quota, or use a CloudFront function, which has none.",
        )
        return (rate, *(self._of_edge(facts, place, limit) for limit in own))

    def _of_edge(self, facts: Facts, place: Place, limit: Limit) -> Limit:
        row = facts.quota_row(self._timeout_id(place))
        if limit.id != "lambda.timeout" or self.timeout_s <= facts.quota(row.id):
            return dataclasses.replace(limit, effect="503 to viewers")
        return dataclasses.replace(
            limit,
            id=row.id,
            effect="503 to viewers",
            remedy="Do less at the edge, or do it at the origin.",
            source_url=row.source_url,
            is_adjustable=False,
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        busy_s = meters.busy_s + meters.init_s
        return (
            Usage("lambda.edge.requests", "Requests", "request", meters.passed.get("run", 0.0)),
            Usage(
                "lambda.edge.gb_second",
                f"Duration ({self.memory_mb} MB)",
                "GB-s",
                self.memory_mb / MB_PER_GB * busy_s,
                "Cold starts included",
            ),
            Usage(
                "cw.logs_ingest_gb",
                "Logs (CloudWatch)",
                "GB",
                meters.log_bytes / BYTES_PER_GB,
                "In the Region where it ran",
            ),
        )
