"""Amazon CloudWatch dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import Kind, Meters, Place, Property, Usage
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane

DASHBOARD, TERRAFORM = "AWS::CloudWatch::Dashboard", "aws_cloudwatch_dashboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard(Kind):
    """It stands beside the path: it costs, and holds nothing back.

    What it shows may be known as it stands on a bill, in `Meters.given`: `dashboards` where
    they are several, `custom_metrics`, and `api_requests` that fetch them.
    """

    name: ClassVar[str] = "dashboard"
    label: ClassVar[str] = "CloudWatch dashboard"
    service: ClassVar[str] = "cloudwatch"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html"
    )
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(DASHBOARD, "", ""),
        Property(TERRAFORM, "", ""),
    )

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        given = meters.given
        shown = (
            ("custom_metrics", "cw.metric_month", "Custom metrics", "metric-month"),
            ("api_requests", "cw.api_requests", "API requests", "request"),
        )
        return (
            Usage("cw.dashboard_month", "Dashboard", "month", given.get("dashboards", 1.0)),
            *(
                Usage(price_id, label, unit, given[name])
                for name, price_id, label, unit in shown
                if given.get(name)
            ),
        )
