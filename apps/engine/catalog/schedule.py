"""Amazon EventBridge schedule: of the Scheduler, or of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._schedule_expression import runs_per_day
from apps.engine.catalog.base import TEXT, Kind, Meters, Metric, Place, Property, Usage, setting
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.clock import Clock

SCHEDULE, RULE = "AWS::Scheduler::Schedule", "AWS::Events::Rule"
TERRAFORM, TERRAFORM_RULE = "aws_scheduler_schedule", "aws_cloudwatch_event_rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Kind):
    name: ClassVar[str] = "schedule"
    label: ClassVar[str] = "Schedule"
    service: ClassVar[str] = "scheduler"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"
    )
    ENTRY: ClassVar[str] = "tick"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(SCHEDULE, "ScheduleExpression", "expression", TEXT),
        Property(RULE, "ScheduleExpression", "expression", TEXT),
        Property(TERRAFORM, "schedule_expression", "expression", TEXT),
        Property(TERRAFORM_RULE, "schedule_expression", "expression", TEXT),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        RULE: {"is_scheduler": False},
        TERRAFORM_RULE: {"is_scheduler": False},
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/Scheduler", "InvocationAttemptCount", "Sum", "rate"),
    )

    expression: str = setting(
        "rate(5 minutes)", "Runs", hint="rate(5 minutes), or cron(0 2 * * ? *)."
    )
    is_scheduler: bool = setting(
        True, "By EventBridge Scheduler", hint="Schedules of rules are free."
    )

    def __post_init__(self) -> None:
        Kind.__post_init__(self)
        runs_per_day(self.expression)

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("tick", (Clock(),)),)

    def ticks_per_day(self) -> float:
        return runs_per_day(self.expression)

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        # A schedule runs every day, the quiet ones too, so its month is that of the calendar.
        runs = self.ticks_per_day() * meters.hours / 24.0
        return (
            Usage(
                "eventbridge.scheduler",
                "Scheduler invocations",
                "invocation",
                meters.given.get("invocations", runs) if self.is_scheduler else 0.0,
                self.expression,
            ),
        )
