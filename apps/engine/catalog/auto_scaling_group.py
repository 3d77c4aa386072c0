"""Amazon EC2 instances: an Auto Scaling group, or one instance as a group of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _instance_terraform
from apps.engine.catalog._commitment import (
    CONVERTIBLE,
    RESERVED,
    SAVINGS,
    check_years,
    payment_setting,
    years_setting,
)
from apps.engine.catalog._instance_bill import instance_usage
from apps.engine.catalog._instance_terraform import (
    CPU_CREDITS,
    CREDITS,
    SYSTEMS,
    TENANCIES,
    TENANCY,
)
from apps.engine.catalog._scaled_group import ScaledGroup
from apps.engine.catalog._tracked import PERCENT_TRACKED, REQUESTS_TRACKED
from apps.engine.catalog._volumes import OF_MAPPINGS, USUAL, volumes_of
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
    NUMBER,
    PRESENT,
    SECONDS,
    TEXT,
    InvalidSetting,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Spread,
    Usage,
    UsageKey,
    setting,
)
from apps.engine.facts import Facts

GROUP, INSTANCE = "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Instance"
TEMPLATE, CONFIGURATION = "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"
POLICY, TRACKING = "AWS::AutoScaling::ScalingPolicy", "TargetTrackingConfiguration"
SPREAD = "MixedInstancesPolicy.InstancesDistribution"
_CLASS = re.compile(r"([a-z][a-z0-9-]*)\.(nano|micro|small|medium|large|(\d*)xlarge|metal\S*)")
# A size means the same number of processors in every family, but for the smallest ones.
# https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html
_LARGE_VCPUS, _XLARGE_VCPUS = 2.0, 4.0
_SINGLE = ("t2.nano", "t2.micro", "t2.small", "t1.micro", "m1.small", "m1.medium", "m3.medium")


def vcpus_of(instance_type: str) -> float:
    """Return the processors of an instance type by its name. [count]

    Parameters
    ----------
    instance_type : str
        A type such as t3.micro.

    Returns
    -------
    float
        Its virtual processors.

    Raises
    ------
    InvalidSetting
        If the name is none of an instance type.

    Examples
    --------
    >>> vcpus_of("t3.micro"), vcpus_of("m6g.medium"), vcpus_of("c5.9xlarge")
    (2.0, 1.0, 36.0)
    """
    match = _CLASS.fullmatch(instance_type)
    if match is None:
        raise InvalidSetting(
            f"EC2 instances: Instance type must be one such as t3.micro, not '{instance_type}'."
        )
    family, size, times = match[1], match[2], match[3]
    if instance_type in _SINGLE or (size == "medium" and not family.startswith(("t", "c1"))):
        return 1.0
    if times is not None:
        return _XLARGE_VCPUS * int(times or 1)
    # The whole machine, most often of 96 processors.
    return 96.0 if size.startswith("metal") else _LARGE_VCPUS


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoScalingGroup(ScaledGroup):
    name: ClassVar[str] = "auto_scaling_group"
    label: ClassVar[str] = "EC2 instances"
    service: ClassVar[str] = "ec2"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html"
    )
    LIMIT_IDS: ClassVar[tuple[str, str]] = ("ec2.instances", "ec2.instances_running")
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(GROUP, "MinSize", "minimum", COUNT),
        Property(GROUP, "MaxSize", "maximum", COUNT),
        Property(GROUP, "DesiredCapacity", "desired", COUNT),
        Property(GROUP, "Cooldown", "pause_s", SECONDS),
        Property(
            GROUP, "MixedInstancesPolicy.LaunchTemplate.Overrides.0.InstanceType", "instance_type"
        ),
        Property(TEMPLATE, "LaunchTemplateData.InstanceType", "instance_type", TEXT),
        Property(TEMPLATE, "LaunchTemplateData.Monitoring.Enabled", "has_minute_metrics", FLAG),
        Property(CONFIGURATION, "InstanceType", "instance_type", TEXT),
        Property(CONFIGURATION, "InstanceMonitoring", "has_minute_metrics", FLAG),
        Property(INSTANCE, "InstanceType", "instance_type", TEXT),
        Property(INSTANCE, "Monitoring", "has_minute_metrics", FLAG),
        Property(GROUP, f"{SPREAD}.OnDemandBaseCapacity", "on_demand_base", COUNT),
        Property(
            GROUP, f"{SPREAD}.OnDemandPercentageAboveBaseCapacity", "on_demand_percent", NUMBER
        ),
        Property(TEMPLATE, "LaunchTemplateData.BlockDeviceMappings", "volumes", OF_MAPPINGS),
        Property(TEMPLATE, "LaunchTemplateData.EbsOptimized", "is_ebs_optimized", FLAG),
        Property(TEMPLATE, "LaunchTemplateData.Placement.Tenancy", "tenancy", TENANCY),
        Property(
            TEMPLATE,
            "LaunchTemplateData.CreditSpecification.CpuCredits",
            "cpu_credits",
            CPU_CREDITS,
        ),
        Property(CONFIGURATION, "BlockDeviceMappings", "volumes", OF_MAPPINGS),
        Property(CONFIGURATION, "EbsOptimized", "is_ebs_optimized", FLAG),
        Property(CONFIGURATION, "AssociatePublicIpAddress", "has_public_ip", FLAG),
        Property(INSTANCE, "BlockDeviceMappings", "volumes", OF_MAPPINGS),
        Property(INSTANCE, "EbsOptimized", "is_ebs_optimized", FLAG),
        Property(INSTANCE, "Tenancy", "tenancy", TENANCY),
        Property(INSTANCE, "CreditSpecification.CPUCredits", "cpu_credits", CPU_CREDITS),
        Property(INSTANCE, "NetworkInterfaces.0.AssociatePublicIpAddress", "has_public_ip", FLAG),
        Property(POLICY, "AutoScalingGroupName", "scales", PRESENT),
        Property(POLICY, TRACKING, "target_percent", PERCENT_TRACKED),
        Property(POLICY, TRACKING, "target_requests", REQUESTS_TRACKED),
        *_instance_terraform.ROWS,
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = _instance_terraform.USAGE_KEYS
    # An instance without a type is an m1.small.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        INSTANCE: _instance_terraform.IMPLIED[_instance_terraform.INSTANCE],
        **_instance_terraform.IMPLIED,
    }
    SCALING: ClassVar[tuple[ScalingOption, ...]] = (
        ScalingOption(
            "autoscaling",
            "autoscaling:autoScalingGroup:DesiredCapacity",
            "ASGAverageCPUUtilization",
            1,
            100_000,
        ),
    )
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/EC2", "CPUUtilization", "Average", "ready"),
        Metric("AWS/AutoScaling", "GroupInServiceInstances", "Average", "servers"),
    )

    instance_type: str = setting("t3.micro", "Instance type")
    has_minute_metrics: bool = setting(
        False, "Metrics every minute", hint="Detailed monitoring; else they come every 5 minutes."
    )

    is_alone: bool = setting(
        False, "One instance without a group", hint="Nothing replaces it when it fails."
    )
    volumes: str = setting(
        USUAL, "Volumes of each", hint="Name, type, GB, and if chosen IOPS and MB/s, by commas."
    )
    is_ebs_optimized: bool = setting(False, "EBS-optimized", hint="Costs on old types alone.")
    has_public_ip: bool = setting(False, "Public address for each instance")
    system: str = setting("linux", "Operating system", choices=SYSTEMS)
    tenancy: str = setting("shared", "Hardware", choices=TENANCIES)
    cpu_credits: str = setting(
        "", "CPU credits", choices=CREDITS, hint="Of burstable types; none: as AWS sets it."
    )
    on_demand_base: int = setting(0, "First instances that are not Spot", low=0, high=100_000)
    on_demand_percent: float = setting(100.0, "Others that are not Spot", unit="%", low=0, high=100)
    commitment: str = setting(RESERVED, "Commitment to", choices=(RESERVED, CONVERTIBLE, SAVINGS))
    committed_years: int | None = years_setting()
    payment: str = payment_setting()

    def __post_init__(self) -> None:
        ScaledGroup.__post_init__(self)
        check_years(self.label, self.committed_years)
        volumes_of(self.label, self.volumes)
        vcpus_of(self.instance_type)

    @property
    def vcpus(self) -> float:
        return vcpus_of(self.instance_type)

    @property
    def heals(self) -> bool:
        return not self.is_alone

    def alarm(self, facts: Facts) -> Spread:
        alarm = ScaledGroup.alarm(self, facts)
        if self.has_minute_metrics:
            return alarm
        rule = "Metrics come every 5 minutes, then the alarm"
        return Spread(alarm.expected + 300.0, alarm.low, alarm.high + 600.0, rule, "s")

    def start_up(self) -> Spread:
        return Spread(180.0, 60.0, 420.0, "Until an instance has booted and is healthy", "s")

    def check_command(self, place: Place) -> str:
        return f"aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names {place.id}"

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(instance_usage(self, meters))
