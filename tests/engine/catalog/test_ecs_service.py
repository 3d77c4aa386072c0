"""ECS service: tasks that follow the load between two bounds, and their bill by the hour."""

from __future__ import annotations

import textwrap

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.ecs_service import EcsService
from apps.engine.formats import read
from apps.engine.graph import Architecture
from apps.engine.headroom.peak import fullness_at, peak_rates
from apps.engine.pricing import price_bill
from apps.engine.stages.group import Group
from tests.engine.catalog.building import (
    US,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)
from tests.engine.worlds import case as case_of
from tests.engine.worlds import component, link

SCALED = EcsService(cpu_units=1024, minimum=2, maximum=5, scales=True, target_percent=50.0)
SERVICE = """
    Resources:
      Tasks:
        Type: AWS::ECS::TaskDefinition
        Properties: {Cpu: '2048', Memory: '4 GB', RequiresCompatibilities: [FARGATE]}
      Web:
        Type: AWS::ECS::Service
        Properties: {TaskDefinition: !Ref Tasks, Cluster: !Ref Cluster, DesiredCount: 3}
      Cluster: {Type: 'AWS::ECS::Cluster'}
      Target:
        Type: AWS::ApplicationAutoScaling::ScalableTarget
        Properties:
          MinCapacity: 2
          MaxCapacity: 20
          ResourceId: !Sub 'service/${Cluster}/${Web.Name}'
      Policy:
        Type: AWS::ApplicationAutoScaling::ScalingPolicy
        Properties:
          PolicyName: load
          ScalingTargetId: !Ref Target
          TargetTrackingScalingPolicyConfiguration:
            TargetValue: TARGET
            ScaleInCooldown: 60
            PredefinedMetricSpecification: {PredefinedMetricType: METRIC}
"""


def group_of(service: EcsService, cpu_ms: float = 12.0) -> Group:
    stage = lanes_of(service, make_place(service, cpu_ms=cpu_ms))["request"].stages[0]
    assert isinstance(stage, Group)
    return stage


def design_of(metric: str, target: float) -> Architecture:
    text = SERVICE.replace("METRIC", metric).replace("TARGET", str(target))
    return read({"t.yaml": textwrap.dedent(text).encode()})


def test_a_template_says_between_which_bounds_and_towards_which_use() -> None:
    design = design_of("ECSServiceAverageCPUUtilization", 60)

    (service,) = design.components
    assert service.kind == "ecs_service"
    assert service.settings == {
        "desired": 3,
        "launch": "FARGATE",
        "cpu_units": 2048,
        "memory_mb": 4096,
        "minimum": 2,
        "maximum": 20,
        "scales": True,
        "target_percent": 60.0,
        "pause_s": 60.0,
    }


def test_a_target_of_requests_is_one_of_use() -> None:
    service = EcsService(**design_of("ALBRequestCountPerTarget", 3000).components[0].settings)

    # 50 requests a second of 12 ms keep 0.6 of 2 processors busy.
    stage = group_of(service, cpu_ms=12.0)
    assert (service.target_requests, service.target_percent) == (3000.0, None)
    assert stage.target == pytest.approx(0.3)
    assert stage.counts_requests


def test_the_lag_is_that_of_the_facts() -> None:
    stage = group_of(SCALED)

    # quotas.csv: autoscaling.tt_scale_out_points 3 min, tt_scale_in_points 15 min, cooldown 300 s.
    assert (stage.alarm_s, stage.calm_s, stage.pause_s) == (180.0, 900.0, 300.0)
    assert (stage.minimum, stage.servers, stage.each) == (2.0, 5.0, 1.0)


def test_half_a_processor_is_one_that_is_slower() -> None:
    stage = group_of(EcsService(cpu_units=512, desired=4), cpu_ms=12.0)

    assert (stage.servers, stage.each, stage.minimum) == (4.0, 1.0, 4.0)
    assert stage.unit_s == pytest.approx(0.024)


def test_a_rush_is_served_late() -> None:
    values = {"Web": {"cpu_ms": 10.0, "alarm_s": 180.0, "start_s": 60.0}}

    seen = run({"Web": SCALED}, enter=("Web", "request"), rps=240.0, seconds=900, values=values)

    # 2.4 of two processors until 180 + 60 s, then 2.4 of five.
    assert seen.count("Web", "request", "kept") == 5.0
    assert seen.use("Web", "request", "servers") == pytest.approx(0.48)
    assert seen.use("Web", "request", "ready") == pytest.approx(0.48)
    # 0.4 × 240 s wait at the end of the rush, which is less than a minute of two processors.
    assert seen.count("Web", "request", "refused") == 0.0


def test_a_settled_minute_has_the_tasks_that_it_needs() -> None:
    design = Architecture(
        components=(
            component("Alb", "load_balancer"),
            component("Web", "ecs_service", minimum=1, maximum=20, scales=True, launch="EC2"),
        ),
        links=(link("Alb", "Web", "request"),),
    )
    case = case_of(design)
    rates = peak_rates(case, 20_000.0)

    settled = fullness_at(case, rates, 20_000.0)

    # However late the tasks would come, they are there.
    assert settled.by_gauge["Web", "request", "ready"] == 0.0
    busy = sum(rates.at(20_000.0)) * 0.012
    assert settled.by_gauge["Web", "request", "servers"] == pytest.approx(busy / (20 * 0.25))


def test_its_limits_are_the_maximum_and_what_runs() -> None:
    most, running = SCALED.limits(US, make_place(SCALED))

    assert (most.capacity, most.minimum, most.unit) == (5.0, 2.0, "vCPU")
    assert (running.gauge, running.capacity, running.grows) == ("ready", 2.0, False)
    (alone,) = EcsService(desired=4).limits(US, make_place(SCALED))
    assert (alone.capacity, alone.minimum) == (1.0, 1.0)


def test_the_account_grants_six_processors_at_first() -> None:
    many = EcsService(cpu_units=1024, minimum=1, maximum=50, scales=True)

    most, _ = many.limits(US, make_place(many))

    # quotas.csv: ecs.fargate_vcpu_ondemand.
    assert most.id == "ecs.fargate_vcpu_ondemand"
    assert most.capacity == US.quota(most.id) == 6
    assert "L-3032A538" in most.check_command
    assert group_of(many).servers == 6.0
    on_instances = EcsService(cpu_units=1024, minimum=1, maximum=50, scales=True, launch="EC2")
    assert group_of(on_instances).servers == 50.0


def test_without_a_policy_the_desired_number_stands() -> None:
    service = EcsService(cpu_units=256, desired=3, minimum=1, maximum=10)

    assert not service.follows
    assert group_of(service).minimum == group_of(service).servers == 3.0
    assert "alarm_s" not in service.assumed(US)
    assert group_of(EcsService(desired=0)).servers == 1.0


def test_two_tasks_cost_what_fargate_says() -> None:
    service = EcsService(cpu_units=512, memory_mb=1024, desired=2)

    bill = price_bill([("Web", usage) for usage in service.usage(Meters())], US)

    # prices.csv: 0.04048 a vCPU-hour, 0.004445 a GB-hour.
    assert bill.is_complete
    assert float(bill.monthly_usd) == pytest.approx(730 * 2 * (0.5 * 0.04048 + 1.0 * 0.004445))


def test_the_bill_follows_the_tasks_that_ran() -> None:
    lines = usage_of(SCALED, Meters(environment_s=100 * 3600.0))

    assert lines["fargate.vcpu_hour.x86"].quantity == pytest.approx(2 * 730 + 100)
    most = usage_of(SCALED, Meters(environment_s=1e9))
    assert most["fargate.vcpu_hour.x86"].quantity == pytest.approx(5 * 730)


def test_arm_spot_disk_and_instances_have_lines_of_their_own() -> None:
    large = EcsService(architecture="arm64", disk_gb=30, has_public_ip=True)

    lines = usage_of(large, Meters())
    assert {"fargate.vcpu_hour.arm", "fargate.gb_hour.arm"} <= set(lines)
    assert lines["fargate.ephemeral_gb_hour"].quantity == 7300.0
    assert lines["vpc.public_ipv4_hour"].quantity == 730.0
    assert "fargate.spot_vcpu_hour.x86" in usage_of(EcsService(launch="FARGATE_SPOT"), Meters())
    on_instances = usage_of(EcsService(launch="EC2"), Meters())
    assert not [line for line in on_instances.values() if line.quantity]


def test_more_users_need_a_larger_maximum() -> None:
    raised = SCALED.raised(US, {("request", "servers"): 3.1})

    assert isinstance(raised, EcsService)
    assert (raised.minimum, raised.maximum) == (2, 16)
    assert SCALED.raised(US, {("request", "servers"): 0.9}) is SCALED


@pytest.mark.parametrize(
    ("properties", "settings"),
    [
        ({"Cpu": "0.5 vCPU", "Memory": "1 GB"}, {"cpu_units": 512, "memory_mb": 1024}),
        ({"Cpu": 256}, {"cpu_units": 256}),
        ({"RuntimePlatform": {"CpuArchitecture": "ARM64"}}, {"architecture": "arm64"}),
        (
            {"ContainerDefinitions": [{"LogConfiguration": {"LogDriver": "awslogs"}}]},
            {"writes_logs": True},
        ),
    ],
)
def test_it_reads_task_definitions(
    properties: dict[str, object], settings: dict[str, object]
) -> None:
    assert read_template(EcsService, "AWS::ECS::TaskDefinition", properties) == settings


def test_wrong_bounds_are_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidSetting, match="Maximum must be at least the minimum of 4, not 2"):
        make_kind("ecs_service", minimum=4, maximum=2)
