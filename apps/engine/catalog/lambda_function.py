"""AWS Lambda function."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from apps.engine.catalog._commitment import check_years, payment_setting, years_setting
from apps.engine.catalog._lambda_bill import BYTES_PER_GB as BYTES_PER_GB
from apps.engine.catalog._lambda_bill import MB_PER_GB as MB_PER_GB
from apps.engine.catalog._lambda_bill import ROUNDING, function_usage
from apps.engine.catalog.base import (
    COUNT,
    PRESENT,
    SECONDS,
    TEXT,
    Accepts,
    Conversion,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Spread,
    Usage,
    UsageKey,
    about,
    check_settings,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue

FUNCTION, SAM = "AWS::Lambda::Function", "AWS::Serverless::Function"
TERRAFORM, CONFIG = "aws_lambda_function", "aws_lambda_provisioned_concurrency_config"
PROVISIONED = "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions"
CONCURRENCY = "lambda.concurrent_executions"
_NARROW = 1.0001
TRACED = Conversion(
    lambda value: str(value) == "Active", lambda value: "Active" if value else "PassThrough"
)
ALLOWS = Conversion(
    lambda value: str(value) == "Allow", lambda value: "Allow" if value else "Terminate"
)
SNAPS = Conversion(
    lambda value: str(value) == "PublishedVersions",
    lambda value: "PublishedVersions" if value else "None",
)
# Terraform writes -1 for what shares the account's.
SHARED_BELOW_0 = Conversion(lambda value: int(value) if int(value) >= 0 else None, int)
ISOLATES = Conversion(lambda value: str(value) == "PER_TENANT", lambda _: "PER_TENANT")
# What a handler computes at a full vCPU [ms], by the beginning of the runtime's name.
HANDLER_MS: Mapping[str, float] = {
    "nodejs": 8.0,
    "python": 12.0,
    "java": 10.0,
    "dotnet": 10.0,
    "go": 3.0,
    "provided": 3.0,
    "ruby": 15.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaFunction(Kind):
    name: ClassVar[str] = "lambda_function"
    label: ClassVar[str] = "Lambda function"
    service: ClassVar[str] = "lambda"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
    )
    ENTRY: ClassVar[str] = "invoke"
    IS_COMPUTE: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        *(
            Property(type_, path, name, conversion)
            for type_ in (FUNCTION, SAM)
            for path, name, conversion in (
                ("Runtime", "runtime", TEXT),
                ("MemorySize", "memory_mb", COUNT),
                ("Timeout", "timeout_s", SECONDS),
                ("ReservedConcurrentExecutions", "reserved_concurrency", COUNT),
                ("Architectures.0", "architecture", TEXT),
                ("PackageType", "package_type", TEXT),
                ("VpcConfig", "is_in_vpc", PRESENT),
                ("EphemeralStorage.Size", "ephemeral_mb", COUNT),
                ("SnapStart.ApplyOn", "snap_start", SNAPS),
                ("TenancyConfig.TenantIsolationMode", "isolates_tenants", ISOLATES),
            )
        ),
        Property(FUNCTION, "RecursiveLoop", "allows_recursion", ALLOWS),
        Property(SAM, "RecursiveLoop", "allows_recursion", ALLOWS),
        Property(SAM, "Tracing", "is_traced", TRACED),
        Property(FUNCTION, "TracingConfig.Mode", "is_traced", TRACED),
        Property(SAM, PROVISIONED, "provisioned_concurrency", COUNT),
        *(
            Property(TERRAFORM, path, name, conversion)
            for path, name, conversion in (
                ("runtime", "runtime", TEXT),
                ("memory_size", "memory_mb", COUNT),
                ("timeout", "timeout_s", SECONDS),
                ("reserved_concurrent_executions", "reserved_concurrency", SHARED_BELOW_0),
                ("architectures.0", "architecture", TEXT),
                ("package_type", "package_type", TEXT),
                ("vpc_config.0", "is_in_vpc", PRESENT),
                ("ephemeral_storage.0.size", "ephemeral_mb", COUNT),
                ("tracing_config.0.mode", "is_traced", TRACED),
                ("snap_start.0.apply_on", "snap_start", SNAPS),
                ("tenancy_config.0.tenant_isolation_mode", "isolates_tenants", ISOLATES),
            )
        ),
        Property(CONFIG, "provisioned_concurrent_executions", "provisioned_concurrency", COUNT),
        Property(CONFIG, "usage.memory_mb", "memory_mb", COUNT),
        Property(CONFIG, "usage.architecture", "architecture", TEXT),
    )
    # Beside the function itself, so that a usage file says its memory; Infracost's own default.
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {CONFIG: {"memory_mb": 512}}
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_requests", "passed.invoke"),
        UsageKey(TERRAFORM, "request_duration_ms", "busy_s", 1e-3, per="passed.invoke"),
        UsageKey(CONFIG, "monthly_requests", "passed.invoke"),
        UsageKey(CONFIG, "request_duration_ms", "ready_busy_s", 1e-3, per="passed.invoke"),
        UsageKey(CONFIG, "monthly_duration_hrs", "given.ready_hours"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "invoke": Accepts("sync"),
        "event": Accepts("async"),
    }
    SCALING: ClassVar[tuple[ScalingOption, ...]] = (
        ScalingOption(
            "lambda",
            "lambda:function:ProvisionedConcurrency",
            "LambdaProvisionedConcurrencyUtilization",
            1,
            1000,
        ),
    )
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/Lambda", "ConcurrentExecutions", "Maximum", "concurrency"),
        Metric("AWS/Lambda", "Throttles", "Sum", "concurrency"),
    )

    runtime: str = setting("python3.13", "Runtime", hint="Decides the time of a cold start.")
    memory_mb: int = setting(128, "Memory", unit="MB", low=128, high=10_240)
    timeout_s: float = setting(3.0, "Timeout", unit="s", low=1, high=900)
    reserved_concurrency: int | None = setting(
        None, "Reserved concurrency", low=0, high=100_000, hint="Empty: shares the account's."
    )
    provisioned_concurrency: int = setting(0, "Provisioned concurrency", low=0, high=100_000)
    architecture: str = setting("x86_64", "Architecture", choices=("x86_64", "arm64"))
    package_type: str = setting("Zip", "Package", choices=("Zip", "Image"))
    is_in_vpc: bool = setting(False, "Runs in a VPC")
    allows_recursion: bool = setting(
        False, "May call itself for ever", hint="Else Lambda ends a chain after about 16 rounds."
    )
    is_traced: bool = setting(False, "Traced by X-Ray")
    ephemeral_mb: int = setting(512, "Temporary storage", unit="MB", low=512, high=10_240)
    snap_start: bool = setting(False, "Starts from a snapshot", hint="SnapStart.")
    isolates_tenants: bool = setting(False, "Environments for each tenant")
    sqs_epus: int = setting(0, "Event poller units kept for queues", low=0, high=100_000)
    kafka_epus: int = setting(0, "Event poller units kept for Kafka", low=0, high=100_000)
    committed_years: int | None = years_setting()
    payment: str = payment_setting()

    def __post_init__(self) -> None:
        check_settings(self)
        check_years(self.label, self.committed_years)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        runtime = next((k for k in HANDLER_MS if self.runtime.startswith(k)), "python")
        slower = max(1.0, facts.quota("lambda.memory_per_vcpu") / self.memory_mb)
        handler = min(HANDLER_MS[runtime] * slower, 1000.0 * self.timeout_s)
        package = "image" if self.package_type == "Image" else "zip"
        start = facts.init_ms(self.runtime, package, self.architecture)
        return {
            "own_ms": about(
                handler,
                down=0.4,
                up=4.0,
                rule=f"{HANDLER_MS[runtime]:g} ms of {runtime} at a full vCPU, "
                f"× {slower:.1f} at {self.memory_mb} MB",
                unit="ms",
            ),
            "init_ms": about(
                start.init_ms_p50 if start else 300.0,
                rule="Measured for a small package of this runtime" if start else "Typical",
                unit="ms",
            ),
            "idle_life_s": Spread(360.0, 300.0, 640.0, "Not documented by AWS", "s"),
            "duration_p99_ratio": Spread(4.0, 2.0, 10.0, "p99 over median of a duration", "×"),
            "log_bytes": about(1000.0, down=0.4, up=10.0, rule="Per invocation", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        # A constant duration is a very narrow one.
        sigma = math.log(max(place.value("duration_p99_ratio"), _NARROW)) / 2.326
        reserved = self.reserved_concurrency
        pool = Pool(
            limit=math.inf if reserved is None else float(reserved),
            own_s=place.value("own_ms") / 1000.0,
            init_s=place.value("init_ms") / 1000.0,
            timeout_s=self.timeout_s,
            idle_s=place.value("idle_life_s"),
            ramp_per_s=facts.quota("lambda.concurrency_scaling_rate") / 10.0,
            ready=float(self.provisioned_concurrency),
            cv=math.sqrt(math.expm1(sigma**2)),
        )
        draws = (CONCURRENCY,) if reserved is None else ()
        invoke = Lane("invoke", (pool,), draws=draws)
        if not place.is_entered_by("event"):
            return (invoke,)
        keep_s = facts.quota("lambda.async_max_event_age")
        return (
            Lane("event", (Delay(0.010),), emits=False, sends_to="retry"),
            Lane("retry", (Queue(keep_s=keep_s),), emits=False, calls_lane="invoke"),
            invoke,
        )

    def reserves(self, quota_id: str) -> float:
        return float(self.reserved_concurrency or 0) if quota_id == CONCURRENCY else 0.0

    def without(self, gauge: str) -> Self:
        if gauge != "concurrency":
            return self
        return dataclasses.replace(self, reserved_concurrency=None)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        limits = (self._scaling_limit(facts), self._timeout_limit(place))
        if self.reserved_concurrency is None:
            return limits
        return (self._reserved_limit(place), *limits)

    def _scaling_limit(self, facts: Facts) -> Limit:
        ramp = facts.quota_row("lambda.concurrency_scaling_rate")
        return Limit(
            id=ramp.id,
            role="invoke",
            gauge="scaling",
            label="new environments",
            capacity=facts.quota(ramp.id),
            unit="environments in 10 s",
            effect="429 until the pool has grown",
            remedy="Keep environments ready with provisioned concurrency before the rush.",
            source_url=ramp.source_url,
        )

    def _timeout_limit(self, place: Place) -> Limit:
        return Limit(
            id="lambda.timeout",
            role="invoke",
            gauge="duration",
            label="timeout",
            capacity=self.timeout_s,
            unit="s",
            effect="the request, or the whole batch, fails and is tried again",
            remedy="Raise the timeout or the memory, or hand over smaller batches.",
            source_url=self.source_url,
            is_adjustable=True,
            check_command=f"aws lambda get-function-configuration --function-name {place.id}",
            grows=False,
        )

    def _reserved_limit(self, place: Place) -> Limit:
        return Limit(
            id="lambda.reserved_concurrency",
            role="invoke",
            gauge="concurrency",
            label="reserved concurrency",
            capacity=float(self.reserved_concurrency or 0),
            minimum=float(self.provisioned_concurrency),
            unit="environments",
            effect="429 to callers; events and messages wait and are retried",
            remedy="Raise or remove the reserved concurrency, or shorten the duration.",
            source_url=self.source_url,
            is_adjustable=True,
            check_command=f"aws lambda get-function-concurrency --function-name {place.id}",
        )

    def billed(self, place: Place) -> Mapping[str, float]:
        return {**place.values, **ROUNDING}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(function_usage(self, meters))
