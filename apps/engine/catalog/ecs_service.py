"""Amazon ECS service, on Fargate or on instances."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._commitment import check_years, payment_setting, years_setting
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog._scaled_group import ScaledGroup
from apps.engine.catalog._task_bill import service_usage
from apps.engine.catalog._tracked import PERCENT_TRACKED, REQUESTS_TRACKED
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
    PRESENT,
    SECONDS,
    Conversion,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Spread,
    Usage,
    about,
    setting,
)
from apps.engine.facts import Facts

SERVICE, TASK = "AWS::ECS::Service", "AWS::ECS::TaskDefinition"
TERRAFORM = "aws_ecs_service"
SCALABLE = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
TRACKING = "TargetTrackingScalingPolicyConfiguration"
FARGATE, SPOT, EC2, EXTERNAL = "FARGATE", "FARGATE_SPOT", "EC2", "EXTERNAL"
QUOTAS: Mapping[str, str] = {FARGATE: "ecs.fargate_vcpu_ondemand", SPOT: "ecs.fargate_vcpu_spot"}
MOST_TASKS = "ecs.tasks_per_service"


def _units(value: Any) -> int | None:
    """Return the processor units of a task: 1024, or "1 vCPU"."""
    number, _, word = str(value).strip().lower().partition(" ")
    if word in ("vcpu", "vcpus"):
        return round(float(number) * 1024)
    return int(float(number)) or None


def _memory(value: Any) -> int | None:
    """Return the memory of a task in MB: 512, or "0.5 GB"."""
    number, _, word = str(value).strip().lower().partition(" ")
    return round(float(number) * 1024) if word == "gb" else int(float(number)) or None


UNITS, MEMORY = Conversion(_units, str), Conversion(_memory, str)
PROVIDER = Conversion(
    lambda value: str(value) if value in (FARGATE, SPOT) else EC2, lambda value: value
)
LAUNCH = Conversion(
    lambda value: value if value in (FARGATE, SPOT, EC2, EXTERNAL) else None, lambda value: value
)
IS_ON = Conversion(lambda value: value == "ENABLED", lambda value: "ENABLED" if value else "")
IS_ARM = Conversion(
    lambda value: "arm64" if str(value).upper() == "ARM64" else "x86_64",
    lambda value: "ARM64" if value == "arm64" else "X86_64",
)
SYSTEM = Conversion(
    lambda value: "windows" if str(value).upper().startswith("WINDOWS") else "linux",
    lambda value: "WINDOWS_SERVER_2022_CORE" if value == "windows" else "LINUX",
)
DEFINITION, STRATEGY = "task_definition.0", "capacity_provider_strategy.0"
WRITES_LOGS = Conversion(lambda value: value == "awslogs", lambda _: "awslogs")


@dataclass(frozen=True, slots=True, kw_only=True)
class EcsService(ScaledGroup):
    name: ClassVar[str] = "ecs_service"
    label: ClassVar[str] = "ECS service"
    service: ClassVar[str] = "ecs"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html"
    )
    WORDS: ClassVar[tuple[str, str]] = ("task", "tasks")
    LIMIT_IDS: ClassVar[tuple[str, str]] = ("ecs.tasks", "ecs.tasks_running")
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(SERVICE, "DesiredCount", "desired", COUNT),
        Property(SERVICE, "LaunchType", "launch"),
        Property(SERVICE, "CapacityProviderStrategy.0.CapacityProvider", "launch", PROVIDER),
        Property(
            SERVICE,
            "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
            "has_public_ip",
            IS_ON,
        ),
        Property(TASK, "RequiresCompatibilities.0", "launch"),
        Property(TASK, "Cpu", "cpu_units", UNITS),
        Property(TASK, "Memory", "memory_mb", MEMORY),
        Property(TASK, "RuntimePlatform.CpuArchitecture", "architecture", IS_ARM),
        Property(TASK, "RuntimePlatform.OperatingSystemFamily", "system", SYSTEM),
        Property(TASK, "EphemeralStorage.SizeInGiB", "disk_gb", COUNT),
        Property(
            TASK, "ContainerDefinitions.0.LogConfiguration.LogDriver", "writes_logs", WRITES_LOGS
        ),
        Property(SCALABLE, "MinCapacity", "minimum", COUNT),
        Property(SCALABLE, "MaxCapacity", "maximum", COUNT),
        Property(POLICY, "PolicyName", "scales", PRESENT),
        Property(POLICY, TRACKING, "target_percent", PERCENT_TRACKED),
        Property(POLICY, TRACKING, "target_requests", REQUESTS_TRACKED),
        Property(POLICY, f"{TRACKING}.ScaleInCooldown", "pause_s", SECONDS),
        *(
            Property(TERRAFORM, path, name, conversion)
            for path, name, conversion in (
                ("desired_count", "desired", COUNT),
                ("launch_type", "launch", LAUNCH),
                (f"{STRATEGY}.capacity_provider", "launch", PROVIDER),
                ("network_configuration.0.assign_public_ip", "has_public_ip", FLAG),
                # Where the definition of the task stands in the service, as plans resolve it.
                (f"{DEFINITION}.cpu", "cpu_units", UNITS),
                (f"{DEFINITION}.memory", "memory_mb", MEMORY),
                (f"{DEFINITION}.requires_compatibilities.0", "launch", LAUNCH),
                (f"{DEFINITION}.runtime_platform.0.cpu_architecture", "architecture", IS_ARM),
                (f"{DEFINITION}.runtime_platform.0.operating_system_family", "system", SYSTEM),
                (f"{DEFINITION}.ephemeral_storage.0.size_in_gib", "disk_gb", COUNT),
            )
        ),
    )
    # Without a launch type a service runs on instances.
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        SERVICE: {"launch": EC2},
        TERRAFORM: {"launch": EC2},
    }
    SCALING: ClassVar[tuple[ScalingOption, ...]] = (
        ScalingOption(
            "ecs", "ecs:service:DesiredCount", "ECSServiceAverageCPUUtilization", 1, 5000
        ),
    )
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/ECS", "CPUUtilization", "Average", "ready"),
        Metric("ECS/ContainerInsights", "RunningTaskCount", "Average", "servers"),
    )

    launch: str = setting(FARGATE, "Runs on", choices=(FARGATE, SPOT, EC2, EXTERNAL))
    cpu_units: int = setting(
        256, "Processor of a task", unit="units", low=1, high=196_608, hint="1,024 are one vCPU."
    )
    memory_mb: int = setting(512, "Memory of a task", unit="MB", low=4, high=2_000_000)
    architecture: str = setting("x86_64", "Architecture", choices=("x86_64", "arm64"))
    disk_gb: int = setting(20, "Temporary storage", unit="GB", low=20, high=200)
    has_public_ip: bool = setting(False, "Public address for each task")
    writes_logs: bool = setting(False, "Logs to CloudWatch")
    system: str = setting("linux", "Operating system", choices=("linux", "windows"))
    committed_years: int | None = years_setting()
    payment: str = payment_setting()

    def __post_init__(self) -> None:
        ScaledGroup.__post_init__(self)
        check_years(self.label, self.committed_years)

    @property
    def vcpus(self) -> float:
        return self.cpu_units / 1024.0

    @property
    def is_fargate(self) -> bool:
        """Say whether AWS runs its tasks on machines of its own."""
        return self.launch in QUOTAS

    @property
    def is_spot(self) -> bool:
        """Say whether its tasks may be taken away at short notice."""
        return self.launch == SPOT

    @property
    def is_in_vpc(self) -> bool:
        """Whether it needs a way out of its VPC."""
        return self.is_fargate and not self.has_public_ip

    def most(self, facts: Facts) -> float:
        number = min(ScaledGroup.most(self, facts), facts.quota(MOST_TASKS))
        return max(1.0, min(number, self._granted(facts)))

    def _granted(self, facts: Facts) -> float:
        """Return the tasks that the account's quota of processors lets run. [count]"""
        quota = QUOTAS.get(self.launch)
        return facts.quota(quota) // self.vcpus if quota else float("inf")

    def start_up(self) -> Spread:
        return Spread(90.0, 45.0, 240.0, "Until a task runs, its image pulled, and is healthy", "s")

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        values = dict(ScaledGroup.assumed(self, facts))
        if self.writes_logs:
            values["log_bytes"] = about(500.0, down=0.4, up=10.0, rule="Per request", unit="bytes")
        return values

    def _most_limit(self, facts: Facts, place: Place) -> Limit:
        limit = ScaledGroup._most_limit(self, facts, place)
        if not self.is_fargate or ScaledGroup.most(self, facts) <= self._granted(facts):
            return limit
        return dataclasses.replace(
            quota_limit(
                facts,
                QUOTAS[self.launch],
                role="request",
                gauge="servers",
                label="Fargate processors of the account",
                unit="vCPU",
                effect="tasks stay pending, and requests wait for a processor",
                remedy="Ask AWS for a higher quota before the users come.",
                capacity=limit.capacity,
            ),
            minimum=limit.minimum,
        )

    def check_command(self, place: Place) -> str:
        return f"aws ecs describe-services --services {place.id}"

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(service_usage(self, meters))
