"""AWS WAF web ACL: it looks at every request of what it protects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._lines import used
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog._waf_rules import COMMON, TARGETED, rows
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
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate

REGIONAL, CLOUDFRONT = "REGIONAL", "CLOUDFRONT"
RATE = "wafv2.rps"
WAFV2, CLASSIC = "aws_wafv2_web_acl", "aws_waf_web_acl"
# What the price of a request covers, and the steps above it.
# https://aws.amazon.com/waf/pricing/
UNITS_COVERED, UNITS_PER_STEP = 1500, 500


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
        Property(WAFV2, "scope", "scope"),
        *rows("AWS::WAFv2::WebACL", "Rules"),
        *rows("AWS::WAF::WebACL", "Rules"),
        *rows("AWS::WAFRegional::WebACL", "Rules"),
        *rows(WAFV2, "rule"),
        *rows(CLASSIC, "rules"),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "AWS::WAF::WebACL": {"scope": CLOUDFRONT},
        CLASSIC: {"scope": CLOUDFRONT},
    }
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(WAFV2, "monthly_requests", "offered.inspect"),
        UsageKey(WAFV2, "rule_group_rules", "given.rules_in_groups"),
        UsageKey(WAFV2, "managed_rule_group_rules", "given.rules_in_managed_groups"),
        UsageKey(CLASSIC, "monthly_requests", "offered.inspect"),
        UsageKey(CLASSIC, "rule_group_rules", "given.rules_in_groups"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "inspect": Accepts("sync", calls=Spread(1.0, 1.0, 1.0, "It sees every request"))
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/WAFV2", "AllowedRequests", "Sum", "rate"),
        Metric("AWS/WAFV2", "BlockedRequests", "Sum", "rate"),
    )

    scope: str = setting(REGIONAL, "Protects", choices=(REGIONAL, CLOUDFRONT))
    rules: int = setting(0, "Rules", low=0, high=5000)
    rule_groups: int = setting(0, "Rule groups of your own", low=0, high=5000)
    rules_in_groups: int = setting(0, "Rules in these groups", low=0, high=50_000)
    managed_rule_groups: int = setting(0, "Rule groups of AWS and vendors", low=0, high=5000)
    bot_control: str = setting("", "Bot Control", choices=("", COMMON, TARGETED))
    fraud_groups: int = setting(0, "Fraud Control groups", low=0, high=2)
    capacity_units: int = setting(
        UNITS_COVERED, "Capacity units", low=1, high=5000, hint="Above 1,500 a request costs more."
    )

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
        requests = meters.offered.get("inspect", 0.0)
        months, steps = meters.hours / 730.0, (self.capacity_units - UNITS_COVERED) / UNITS_PER_STEP
        return (
            Usage("waf.acl_month", "Web ACL", "month", months, "Used or not"),
            *self._rule_lines(meters, months),
            Usage("waf.requests", "Requests", "request", requests),
            *used(
                Usage(
                    "waf.requests.extra_units",
                    f"Requests, for each {UNITS_PER_STEP} capacity units above {UNITS_COVERED:,}",
                    "request",
                    requests * max(0, math.ceil(steps)),
                )
            ),
            *self._threat_lines(meters, requests, months),
        )

    def _rule_lines(self, meters: Meters, months: float) -> tuple[Usage, ...]:
        given = meters.given
        in_groups = given.get("rules_in_groups", self.rules_in_groups)
        rules = self.rules + in_groups + given.get("rules_in_managed_groups", 0.0)
        price, note = "waf.rule_month", "What a vendor asks for comes on top"
        return (
            Usage(price, "Rules", "month", rules * months, "Those in rule groups included"),
            *used(
                Usage(price, "Rule groups", "month", self.rule_groups * months),
                Usage(
                    price, "Managed rule groups", "month", self.managed_rule_groups * months, note
                ),
            ),
        )

    def _threat_lines(self, meters: Meters, requests: float, months: float) -> tuple[Usage, ...]:
        """Return what looking closely at bots, sign-ins and puzzles costs on top."""
        given, level = meters.given, (self.bot_control or COMMON).lower()
        bots = given.get("bot_control_requests", requests) if self.bot_control else 0.0
        return used(
            Usage("waf.bot_control_month", "Bot Control", "month", months * bool(self.bot_control)),
            Usage(f"waf.bot_control_requests.{level}", "Bot Control requests", "request", bots),
            Usage("waf.fraud_control_month", "Fraud Control", "month", months * self.fraud_groups),
            Usage(
                "waf.fraud_control_attempts",
                "Sign-ins and sign-ups analysed",
                "request",
                given.get("fraud_attempts", 0.0) if self.fraud_groups else 0.0,
            ),
            Usage(
                "waf.captcha_attempts",
                "CAPTCHA attempts",
                "request",
                given.get("captcha_attempts", 0.0),
            ),
            Usage(
                "waf.challenge_responses",
                "Challenges answered",
                "request",
                given.get("challenge_responses", 0.0),
            ),
        )
