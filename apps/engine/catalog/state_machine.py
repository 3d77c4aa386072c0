"""AWS Step Functions state machine, standard and express."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog._steps import steps
from apps.engine.catalog.base import (
    NUMBER,
    TEXT,
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
    UsageKey,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue

MACHINE, SAM = "AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"
TERRAFORM = "aws_sfn_state_machine"
STANDARD, EXPRESS = "STANDARD", "EXPRESS"
LONGEST = "states.execution_time_express"
TRANSITIONS, OPEN = "states.transition_refill", "states.open_executions"
# Transitions of an execution while nobody said how many states it passes.
USUAL_TRANSITIONS = Spread(5.0, 2.0, 20.0, "State transitions of one execution")
# Express memory is billed in chunks of 64 MB, time in steps of 100 ms.
# https://aws.amazon.com/step-functions/pricing/
STEP_MB, MB_PER_GB, STEP_S = 64.0, 1024.0, 0.1
SECONDS_PER_YEAR = 365.0 * 86_400.0
# A task that is tried again waits 1, 2 and 4 s where its definition does not say; so on average:
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
RETRY_S = 2.0
# How many states stand at the top of a definition; None for what is no mapping.
STATES = Conversion(lambda value: len(value) if isinstance(value, Mapping) else None, int)


def _states_in(text: Any) -> int | None:
    """Return how many states a definition in JSON has, None where it cannot be read."""
    try:
        read = json.loads(text)
    except (TypeError, ValueError):
        return None
    states = read.get("States") if isinstance(read, dict) else None
    return STATES.read(states) or None


STATES_TEXT = Conversion(_states_in, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachine(Kind):
    name: ClassVar[str] = "state_machine"
    label: ClassVar[str] = "State machine"
    service: ClassVar[str] = "stepfunctions"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"
    )
    ENTRY: ClassVar[str] = "start"
    IS_COMPUTE: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(MACHINE, "StateMachineType", "type", TEXT),
        Property(MACHINE, "Definition.States", "states", STATES),
        Property(SAM, "Type", "type", TEXT),
        Property(SAM, "Definition.States", "states", STATES),
        Property(TERRAFORM, "type", "type", TEXT),
        Property(TERRAFORM, "definition", "states", STATES_TEXT),
        Property(TERRAFORM, "usage.memory_mb", "memory_mb", NUMBER),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_requests", "passed.start"),
        UsageKey(TERRAFORM, "workflow_duration_ms", "busy_s", 1e-3, per="passed.start"),
        UsageKey(TERRAFORM, "monthly_transitions", "given.transitions"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "start": Accepts("async"),
        "start_sync": Accepts("sync"),
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/States", "ExecutionsStarted", "Sum", "rate"),
        Metric("AWS/States", "ExecutionThrottled", "Sum", "rate"),
    )

    type: str = setting(STANDARD, "Workflow", choices=(STANDARD, EXPRESS))
    states: int | None = setting(
        None, "States of an execution", low=1, high=25_000, hint="Empty: 5. Each is a transition."
    )
    wait_s: float = setting(
        0.0, "Waits", unit="s", low=0, high=31_536_000, hint="Wait states, and waiting for people."
    )
    retries: int = setting(3, "Retries of a failed task", low=0, high=99_999)
    memory_mb: float = setting(
        64.0, "Memory of an express execution", unit="MB", low=0, high=65_536
    )

    @property
    def is_express(self) -> bool:
        """Say whether it is of the type for short and many executions."""
        return self.type == EXPRESS

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        transitions = USUAL_TRANSITIONS
        if self.states is not None:
            rule = "The states at the top of the definition, each once"
            transitions = about(float(self.states), up=4.0, rule=rule)
        start = about(30.0, up=3.0, rule="StartExecution", unit="ms")
        return {"latency_ms": start, "transitions": transitions}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        lanes: list[Lane] = []
        if self._is_started(place):
            gate = self._start_gate(facts, place)
            lanes += [
                Lane("start", (gate,), emits=False, sends_to="run"),
                Lane("run", (self._run(facts, place),), emits=False, calls_lane="work"),
            ]
        if place.is_entered_by("start_sync"):
            door = self._sync_door(facts, place)
            lanes.append(Lane("start_sync", (door,), emits=False, calls_lane="work"))
        return (*lanes, self._work(facts, place))

    def _is_started(self, place: Place) -> bool:
        return place.is_entered_by("start") or not place.is_entered_by("start_sync")

    def _start_gate(self, facts: Facts, place: Place) -> Gate:
        prefix = self._start_quota
        rate, burst = facts.quota(f"{prefix}_refill"), facts.quota(f"{prefix}_bucket")
        return Gate(rate, burst, place.value("latency_ms") / 1000.0)

    def _sync_door(self, facts: Facts, place: Place) -> Stage:
        # AWS counts synchronous express starts against no quota of the account.
        if self.is_express:
            return Delay(place.value("latency_ms") / 1000.0)
        return self._start_gate(facts, place)

    @property
    def _start_quota(self) -> str:
        return "states.start_express" if self.is_express else "states.start_execution"

    def _run(self, facts: Facts, place: Place) -> Queue:
        """Return the executions under way; over the rate of transitions they wait."""
        attempts = 1.0 + self.retries
        if self.is_express:
            keep_s = facts.quota("states.execution_time_express")
            return Queue(hidden_s=RETRY_S, attempts=attempts, keep_s=keep_s)
        return Queue(
            hidden_s=RETRY_S,
            attempts=attempts,
            keep_s=facts.quota("states.execution_time_standard") * SECONDS_PER_YEAR,
            rate_per_s=self._executions_per_s(facts, place),
            in_flight=facts.quota(OPEN),
        )

    def _executions_per_s(self, facts: Facts, place: Place) -> float:
        return facts.quota(TRANSITIONS) / place.value("transitions")

    def _work(self, facts: Facts, place: Place) -> Lane:
        """Return the states themselves, which make the calls."""
        if self.is_express:
            # A pool without a limit: it counts the time that executions take, which is billed.
            timeout_s = facts.quota("states.execution_time_express")
            running = Pool(
                math.inf, max(self.wait_s, 1e-3), timeout_s=timeout_s, ramp_per_s=math.inf
            )
            return Lane("work", (running,))
        burst = facts.quota("states.transition_bucket") / place.value("transitions")
        gate = Gate(self._executions_per_s(facts, place), burst)
        return Lane("work", (gate, Delay(self.wait_s, cv=0.0)))

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        doors = ["start"] if self._is_started(place) else []
        is_counted = place.is_entered_by("start_sync") and not self.is_express
        doors += ["start_sync"] if is_counted else []
        limits = [self._start_limit(facts, door) for door in doors]
        if not self.is_express:
            limits.append(self._transition_limit(facts))
            limits += [self._open_limit(facts)] if "start" in doors else []
            return tuple(limits)
        return (*limits, self._duration_limit(facts))

    def _duration_limit(self, facts: Facts) -> Limit:
        longest = quota_limit(
            facts,
            LONGEST,
            role="work",
            gauge="duration",
            label="duration of an execution",
            unit="s",
            effect="the execution fails",
            remedy="Run it as a standard workflow, or shorten its tasks.",
        )
        return replace(longest, grows=False, source_url=longest.source_url or self.source_url)

    def _start_limit(self, facts: Facts, door: str) -> Limit:
        return quota_limit(
            facts,
            f"{self._start_quota}_refill",
            role=door,
            gauge="rate",
            label=f"starts of {'express' if self.is_express else 'standard'} executions",
            unit="executions/s",
            effect="ThrottlingException to who starts them",
            remedy="Ask AWS for a higher refill rate and bucket, or start through a queue."
            if self.is_express
            else "Make short workflows express ones, or start them through a queue.",
        )

    def _transition_limit(self, facts: Facts) -> Limit:
        return quota_limit(
            facts,
            TRANSITIONS,
            role="work",
            gauge="rate",
            label="state transitions of all standard workflows",
            unit="transitions/s",
            effect="executions go on late",
            remedy="Use fewer states, or an express workflow for the busy part.",
        )

    def _open_limit(self, facts: Facts) -> Limit:
        return quota_limit(
            facts,
            OPEN,
            role="run",
            gauge="in_flight",
            label="executions open at once",
            unit="executions",
            effect="ExecutionLimitExceeded to who starts more",
            remedy="Shorten what executions wait for, or ask AWS for a higher quota.",
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        executions = meters.passed.get("start", 0.0) + meters.passed.get("start_sync", 0.0)
        if self.is_express:
            return self._express_usage(meters, executions)
        usual = USUAL_TRANSITIONS.expected if self.states is None else float(self.states)
        each = meters.values.get("transitions", usual)
        given = meters.given.get("transitions")
        return (
            Usage(
                "sfn.standard.transitions",
                "State transitions",
                "transition",
                executions * each if given is None else given,
                f"{each:g} transitions per execution, retries not counted" if given is None else "",
            ),
        )

    def _express_usage(self, meters: Meters, executions: float) -> tuple[Usage, ...]:
        lasts_s = meters.busy_s / executions if executions else 0.0
        each_s = steps(lasts_s, 1.0, STEP_S) * STEP_S if lasts_s else 0.0
        billed_gb = steps(self.memory_mb, 1.0, STEP_MB) * STEP_MB / MB_PER_GB
        return (
            Usage("sfn.express.requests", "Express requests", "request", executions),
            Usage(
                "sfn.express.gb_hour",
                f"Express duration ({billed_gb * MB_PER_GB:g} MB)",
                "GB-h",
                executions * each_s * billed_gb / 3600.0,
                f"{lasts_s:.3g} s each, in steps of 100 ms",
            ),
        )
