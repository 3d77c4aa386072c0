"""AWS WAF web ACL: it looks at every request of what it protects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

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
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate

REGIONAL, CLOUDFRONT = "REGIONAL", "CLOUDFRONT"
RATE = "wafv2.rps"
# A list of rules counts by its length.
LENGTH = Conversion(len, lambda number: [None] * number)


@dataclass(frozen=True, slots=True, kw_only=True)
class WafWebAcl(Kind):
    """What it blocks is no user of the design, so all that users send passes.

    At the edge it goes as far as the distribution, whose own quota is met first.
    """

    name: ClassVar[str] = "waf_web_acl"
    label: ClassVar[str] = "WAF web ACL"
    service: ClassVar[str] = "waf"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/waf/latest/developerguide/limits.html"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property("AWS::WAFv2::WebACL", "Scope", "scope"),
        Property("AWS::WAFv2::WebACL", "Rules", "rules", LENGTH),
        Property("AWS::WAF::WebACL", "Rules", "rules", LENGTH),
        Property("AWS::WAFRegional::WebACL", "Rules", "rules", LENGTH),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {"AWS::WAF::WebACL": {"scope": CLOUDFRONT}}
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "inspect": Accepts("sync", calls=Spread(1.0, 1.0, 1.0, "It sees every request"))
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/WAFV2", "AllowedRequests", "Sum", "rate"),
        Metric("AWS/WAFV2", "BlockedRequests", "Sum", "rate"),
    )

    scope: str = setting(REGIONAL, "Protects", choices=(REGIONAL, CLOUDFRONT))
    rules: int = setting(0, "Rules and rule groups", low=0, high=5000)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"latency_ms": about(1.0, up=5.0, rule="Its rules look at a request", unit="ms")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        own_s = place.value("latency_ms") / 1000.0
        door: Stage = Delay(own_s)
        if self.scope == REGIONAL:
            rate = facts.quota(RATE)
            door = Gate(rate, rate, own_s)
        return (Lane("inspect", (door,), emits=False),)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        if self.scope != REGIONAL:
            return ()
        return (
            quota_limit(
                facts,
                RATE,
                role="inspect",
                gauge="rate",
                label="requests of one web ACL",
                unit="requests/s",
                effect="requests are throttled",
                remedy="Ask AWS for a higher quota, or protect each entry with a web ACL of its "
                "own.",
                check_command="aws service-quotas list-service-quotas --service-code wafv2",
            ),
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return (
            Usage("waf.acl_month", "Web ACL", "month", meters.hours / 730.0, "Used or not"),
            Usage(
                "waf.rule_month",
                "Rules and rule groups",
                "month",
                self.rules * meters.hours / 730.0,
                "Those of a vendor cost more",
            ),
            Usage("waf.requests", "Requests", "request", meters.offered.get("inspect", 0.0)),
        )
