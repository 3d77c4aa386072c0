"""EC2 instances: a group between two bounds, and one instance as a group of one."""

from __future__ import annotations

import math
import textwrap

import pytest

from apps.engine.catalog.auto_scaling_group import AutoScalingGroup, vcpus_of
from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.formats import read
from apps.engine.graph import Architecture
from apps.engine.stages.group import Group
from tests.engine.catalog.building import US, lanes_of, make_place, run, usage_of

SCALED = AutoScalingGroup(
    instance_type="m5.xlarge", minimum=2, maximum=6, scales=True, target_percent=50.0
)


def design_of(text: str) -> Architecture:
    return read({"t.yaml": textwrap.dedent(text).encode()})


def group_of(kind: AutoScalingGroup) -> Group:
    stage = lanes_of(kind)["request"].stages[0]
    assert isinstance(stage, Group)
    return stage


# Processors from AWS's pages of instance types.
@pytest.mark.parametrize(
    ("instance_type", "vcpus"),
    [
        ("t2.micro", 1),
        ("t2.medium", 2),
        ("t3.nano", 2),
        ("t4g.medium", 2),
        ("m6g.medium", 1),
        ("m5.large", 2),
        ("c5.xlarge", 4),
        ("c5.18xlarge", 72),
        ("r6i.32xlarge", 128),
        ("m1.small", 1),
    ],
)
def test_a_type_says_how_many_processors_it_has(instance_type: str, vcpus: float) -> None:
    assert vcpus_of(instance_type) == vcpus


def test_a_type_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidSetting, match=r"must be one such as t3\.micro, not 'large'"):
        AutoScalingGroup(instance_type="large")


def test_a_template_says_bounds_and_launches() -> None:
    design = design_of("""
        Resources:
          Launch:
            Type: AWS::EC2::LaunchTemplate
            Properties:
              LaunchTemplateData: {InstanceType: c5.xlarge, Monitoring: {Enabled: true}}
          Fleet:
            Type: AWS::AutoScaling::AutoScalingGroup
            Properties:
              MinSize: '2'
              MaxSize: '8'
              LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: '1'}
          Policy:
            Type: AWS::AutoScaling::ScalingPolicy
            Properties:
              AutoScalingGroupName: !Ref Fleet
              PolicyType: TargetTrackingScaling
              TargetTrackingConfiguration:
                TargetValue: 55
                PredefinedMetricSpecification: {PredefinedMetricType: ASGAverageCPUUtilization}
    """)

    (group,) = design.components
    assert (group.kind, group.settings) == (
        "auto_scaling_group",
        {
            "minimum": 2,
            "maximum": 8,
            "instance_type": "c5.xlarge",
            "has_minute_metrics": True,
            "scales": True,
            "target_percent": 55.0,
        },
    )


def test_an_instance_is_a_group_of_one() -> None:
    design = design_of("""
        Resources:
          Box:
            Type: AWS::EC2::Instance
            Properties: {InstanceType: t3.large, ImageId: ami-1}
    """)

    (box,) = design.components
    kind = AutoScalingGroup(**box.settings)
    assert box.settings == {"instance_type": "t3.large", "maximum": 1, "is_alone": True}
    assert not kind.follows
    assert group_of(kind).servers == 2.0
    assert usage_of(kind, Meters())["ec2.t3.large.hour"].quantity == 730.0


def test_a_balancer_leads_to_the_group() -> None:
    design = design_of("""
        Resources:
          Alb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}
          Listener:
            Type: AWS::ElasticLoadBalancingV2::Listener
            Properties:
              LoadBalancerArn: !Ref Alb
              DefaultActions: [{TargetGroupArn: !Ref Targets}]
          Targets: {Type: 'AWS::ElasticLoadBalancingV2::TargetGroup'}
          Fleet:
            Type: AWS::AutoScaling::AutoScalingGroup
            Properties: {MinSize: 1, MaxSize: 3, TargetGroupARNs: [!Ref Targets]}
    """)

    assert [link.key for link in design.links] == [("Alb", "Fleet", "request")]


def test_metrics_every_five_minutes_make_the_alarm_late() -> None:
    plain, detailed = SCALED, AutoScalingGroup(has_minute_metrics=True)

    assert detailed.alarm(US).expected == 180.0
    assert plain.alarm(US).expected == 480.0


def test_two_instances_of_four_processors_serve_until_more_have_booted() -> None:
    values = {"Fleet": {"cpu_ms": 10.0, "alarm_s": 180.0, "start_s": 120.0}}

    seen = run({"Fleet": SCALED}, enter=("Fleet", "request"), rps=700.0, seconds=600, values=values)

    # 7 of 8 processors are above a half: four instances of four.
    assert seen.count("Fleet", "request", "kept") == 4.0
    assert seen.use("Fleet", "request", "ready") == pytest.approx(7 / 16)
    assert seen.use("Fleet", "request", "servers") == pytest.approx(7 / 24)
    extra = seen.at("Fleet", "request")
    assert extra.stage.meters(extra.port, seen.model.v)["environment_s"] == pytest.approx(2 * 420)


def test_the_only_instance_is_gone_until_it_is_replaced() -> None:
    alone = AutoScalingGroup(maximum=1, is_alone=True)

    assert math.isinf(alone.loses("zone", US).out_s)
    assert AutoScalingGroup(maximum=1).loses("instance", US).out_s == 180.0
    # Of two, one is left; of a zone's loss, two thirds.
    assert SCALED.loses("instance", US).share == 0.5
    assert SCALED.loses("zone", US).share == pytest.approx(1 / US.quota("region.zones"))


def test_a_self_healing_group_does_not_grow() -> None:
    group = AutoScalingGroup(minimum=1, maximum=4, desired=2)

    assert group_of(group).servers == group_of(group).minimum * 2.0 == 4.0
    (limit,) = group.limits(US, make_place(group))
    assert (limit.id, limit.capacity) == ("ec2.instances", 4.0)


def test_the_bill_follows_the_instances_and_has_no_price_yet() -> None:
    lines = usage_of(SCALED, Meters(environment_s=730 * 3600.0))

    assert lines["ec2.m5.xlarge.hour"].quantity == pytest.approx(3 * 730.0)
    assert US.price("ec2.m5.xlarge.hour") is None
