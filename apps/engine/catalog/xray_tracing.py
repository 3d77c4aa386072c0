"""AWS X-Ray: the traces of a design, by its groups and sampling rules."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    NUMBER,
    Kind,
    Meters,
    Place,
    Property,
    Spread,
    Usage,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane

RULE, GROUP = "AWS::XRay::SamplingRule", "AWS::XRay::Group"
TERRAFORM, TERRAFORM_GROUP = "aws_xray_sampling_rule", "aws_xray_group"
SECONDS_PER_MONTH = 730.0 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class XrayTracing(Kind):
    """The first requests of a second are traced, and a share of those that follow.

    Known as they stand on a bill, in `Meters.given`: `traces`, and `traces_read` or scanned.
    """

    name: ClassVar[str] = "xray_tracing"
    label: ClassVar[str] = "X-Ray tracing"
    service: ClassVar[str] = "xray"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html"
    )
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(GROUP, "", ""),
        Property(RULE, "SamplingRule.FixedRate", "fixed_rate", NUMBER),
        Property(RULE, "SamplingRule.ReservoirSize", "reservoir_per_s", NUMBER),
        Property(TERRAFORM, "fixed_rate", "fixed_rate", NUMBER),
        Property(TERRAFORM, "reservoir_size", "reservoir_per_s", NUMBER),
        Property(TERRAFORM_GROUP, "", ""),
    )

    reservoir_per_s: float = setting(1.0, "Traced of each second first", low=0, high=10_000)
    fixed_rate: float = setting(0.05, "Share traced of the others", low=0, high=1)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"read_share": Spread(0.1, 0.0, 1.0, "Traces that people or dashboards look at")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def billed(self, place: Place) -> Mapping[str, float]:
        rules = sum(isinstance(kind, XrayTracing) for kind in place.neighbours.values())
        return {**place.values, "rules": float(rules)}

    def traces(self, requests: float) -> float:
        """Return the traces of a month with so many requests. [count/month]

        Parameters
        ----------
        requests : float
            Requests at the entries that the rule sees. [count/month]

        Returns
        -------
        float
            Traces. [count/month]
        """
        rate = requests / SECONDS_PER_MONTH
        # Requests come by chance, so that a second has fewer than its reservoir now and then.
        first = self.reservoir_per_s
        kept = first * -math.expm1(-rate / first) if first > 0.0 else 0.0
        return (kept + self.fixed_rate * (rate - kept)) * SECONDS_PER_MONTH

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        requests = meters.design.get("requests", 0.0) / max(1.0, meters.values.get("rules", 1.0))
        traces = meters.given.get("traces", self.traces(requests))
        looked_at = traces * meters.values.get("read_share", 0.0)
        read = meters.given.get("traces_read", looked_at)
        note = "Of the requests at the entries, in equal parts among groups and rules"
        return (
            Usage("xray.traces_recorded", "Traces recorded", "trace", traces, note),
            Usage("xray.traces_retrieved", "Traces looked at", "trace", read),
        )
