"""Amazon EC2 instances: an Auto Scaling group, or one instance as a group of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._scaled_group import ScaledGroup
from apps.engine.catalog._tracked import PERCENT_TRACKED, REQUESTS_TRACKED
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
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
    setting,
)
from apps.engine.facts import Facts

GROUP, INSTANCE = "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Instance"
TEMPLATE, CONFIGURATION = "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"
POLICY, TRACKING = "AWS::AutoScaling::ScalingPolicy", "TargetTrackingConfiguration"
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
        Property(POLICY, "AutoScalingGroupName", "scales", PRESENT),
        Property(POLICY, TRACKING, "target_percent", PERCENT_TRACKED),
        Property(POLICY, TRACKING, "target_requests", REQUESTS_TRACKED),
    )
    # An instance without a type is an m1.small.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        INSTANCE: {"instance_type": "m1.small", "maximum": 1, "is_alone": True}
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

    def __post_init__(self) -> None:
        ScaledGroup.__post_init__(self)
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
        hours = self.hours(meters.environment_s, meters.hours)
        return (
            Usage(
                f"ec2.{self.instance_type}.hour",
                f"Instances ({self.instance_type})",
                "hour",
                hours,
                f"{hours / meters.hours:,.3g} on average",
            ),
        )
