"""What EC2 instances cost: hours by how they are bought, volumes, credits, metrics."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog.auto_scaling_group import AutoScalingGroup
from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.formats.infracost import meters_of
from apps.engine.formats.terraform.settings import settings_of
from tests.engine.catalog.building import read_template, usage_of


def quantities(kind: AutoScalingGroup, meters: Meters) -> dict[str, float]:
    return {price_id: line.quantity for price_id, line in usage_of(kind, meters).items()}


def terraform(type_: str, attributes: dict[str, Any], **usage: float) -> dict[str, float]:
    """Return the quantities of a resource, by price id."""
    settings = settings_of(AutoScalingGroup, type_, attributes)
    return quantities(AutoScalingGroup(**settings), meters_of(AutoScalingGroup, type_, usage))


def test_an_instance_has_a_volume_although_none_is_written() -> None:
    found = terraform("aws_instance", {"instance_type": "m5.large"})

    assert found == {"ec2.m5.large.hour": 730, "ebs.gp2.gb_month": 8}


def test_hours_of_a_part_of_the_month_leave_the_volumes() -> None:
    found = terraform("aws_instance", {"instance_type": "m5.large"}, monthly_hrs=50)

    assert found == {"ec2.m5.large.hour": 50, "ebs.gp2.gb_month": 8}


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ("root gp3 100 4000 250", {"gp3.gb_month": 100, "gp3.iops": 1000, "gp3.throughput": 125}),
        ("root gp3 100 3000 125", {"gp3.gb_month": 100}),
        ("root io2 100 2000", {"io2.gb_month": 100, "io2.iops": 2000}),
        ("root st1 500", {"st1.gb_month": 500}),
        ("root gp2 8 100", {"gp2.gb_month": 8}),
    ],
)
def test_a_volume_pays_for_what_its_type_does_not_include(
    volume: str, expected: dict[str, float]
) -> None:
    found = quantities(AutoScalingGroup(volumes=volume, minimum=2), Meters())

    assert {k: v for k, v in found.items() if k.startswith("ebs.")} == {
        f"ebs.{name}": 2 * value for name, value in expected.items()
    }


@pytest.mark.parametrize("text", ["root", "root gp9 8", "root gp3 many", "root gp3 8 1 1 1 1"])
def test_a_volume_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(InvalidSetting, match="Volumes must be like 'root gp2 8, data io1"):
        AutoScalingGroup(volumes=text)


def test_volumes_are_read_from_terraform() -> None:
    attributes = {
        "root_block_device": [{"volume_size": 20, "volume_type": "gp3"}],
        "ebs_block_device": [{"volume_size": 30}, {"volume_type": "standard", "volume_size": 5}],
    }

    settings = settings_of(AutoScalingGroup, "aws_instance", attributes)

    assert settings["volumes"] == "root gp3 20, 0 gp2 30, 1 standard 5"
    key = "ebs_block_device[1].monthly_standard_io_requests"
    meters = meters_of(AutoScalingGroup, "aws_instance", {key: 2e6})
    lines = usage_of(AutoScalingGroup(**settings), meters)
    assert lines["ebs.standard.io_request"].quantity == 2e6
    mappings = [
        {"device_name": "/dev/xvda", "ebs": [{"iops": 9}]},
        {"device_name": "/dev/sdb", "ebs": [{"volume_size": 9}]},
    ]
    template = {"block_device_mappings": mappings}
    of_template = settings_of(AutoScalingGroup, "aws_launch_template", template)
    assert of_template["volumes"] == "root gp2 8 9, 0 gp2 9"


def test_volumes_are_read_from_cloudformation() -> None:
    mappings = [
        {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": "50", "VolumeType": "gp3"}},
        {"DeviceName": "/dev/sdf", "Ebs": {"VolumeType": "io1", "VolumeSize": 9, "Iops": 100}},
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
    ]

    read = read_template(AutoScalingGroup, "AWS::EC2::Instance", {"BlockDeviceMappings": mappings})

    assert read == {"volumes": "root gp3 50, 0 io1 9 100"}


@pytest.mark.parametrize(
    ("settings", "price_id"),
    [
        ({}, "ec2.m5.large.hour"),
        ({"system": "windows"}, "ec2.m5.large.windows_hour"),
        ({"tenancy": "dedicated", "system": "rhel"}, "ec2.m5.large.rhel_dedicated_hour"),
        ({"on_demand_percent": 0.0}, "ec2.m5.large.spot_hour"),
        ({"committed_years": 1}, "ec2.m5.large.hour.reserved_1y_no"),
        (
            {"committed_years": 3, "commitment": "savings", "payment": "all upfront"},
            "ec2.m5.large.hour.savings_3y_all",
        ),
    ],
)
def test_each_way_to_buy_has_its_price(settings: dict[str, Any], price_id: str) -> None:
    found = quantities(AutoScalingGroup(instance_type="m5.large", **settings), Meters())

    assert {k: v for k, v in found.items() if k.startswith("ec2.")} == {price_id: 730}


def test_what_is_reserved_may_be_paid_at_once() -> None:
    usage = {"reserved_instance_type": "convertible", "reserved_instance_term": "3_year"}
    usage["reserved_instance_payment_option"] = "partial_upfront"

    found = terraform("aws_instance", {"instance_type": "m5.large", "usage": usage})

    hour = "ec2.m5.large.hour.convertible_3y_partial"
    assert found[hour] == 730
    assert found[f"{hour}.upfront"] == pytest.approx(1 / 36)


def test_on_a_host_only_the_volumes_are_billed() -> None:
    found = terraform("aws_instance", {"instance_type": "any", "host_id": "h-1"})

    assert found == {"ebs.gp2.gb_month": 8}


def test_a_mixed_group_has_whole_instances_of_each_sort() -> None:
    group = AutoScalingGroup(
        instance_type="m5.large", minimum=8, on_demand_base=2, on_demand_percent=40.0
    )

    found = quantities(group, Meters())

    # 2, and 40 % of 6 rounded up.
    assert (found["ec2.m5.large.hour"], found["ec2.m5.large.spot_hour"]) == (5 * 730, 3 * 730)
    counted = terraform("aws_autoscaling_group", {"min_size": 1, "max_size": 9}, instances=3)
    assert counted == {"ec2.t3.micro.hour": 3 * 730, "ebs.gp2.gb_month": 24}


def test_only_types_of_old_pay_for_the_way_to_their_volumes() -> None:
    old = AutoScalingGroup(instance_type="c3.xlarge", is_ebs_optimized=True)
    new = AutoScalingGroup(instance_type="m5.xlarge", is_ebs_optimized=True)

    assert quantities(old, Meters())["ec2.c3.xlarge.ebs_optimized_hour"] == 730
    assert not any("optimized" in price_id for price_id in quantities(new, Meters()))


def test_detailed_monitoring_sends_seven_metrics_and_is_usual_in_a_launch_configuration() -> None:
    assert quantities(AutoScalingGroup(has_minute_metrics=True, minimum=10), Meters())[
        "cw.metric_month"
    ] == pytest.approx(70)
    found = terraform("aws_launch_configuration", {"instance_type": "m5.large"})
    assert found["cw.metric_month"] == 7


def test_credits_are_billed_where_they_are_unlimited() -> None:
    usage = {"monthly_cpu_credit_hrs": 100.0, "vcpu_count": 2.0}

    assert (
        terraform("aws_instance", {"instance_type": "t3.large"}, **usage)["ec2.cpu_credits.t3"]
        == 200
    )
    standard = {"instance_type": "t3.large", "credit_specification": [{"cpu_credits": "standard"}]}
    assert "ec2.cpu_credits.t3" not in terraform("aws_instance", standard, **usage)
    assert "ec2.cpu_credits.t2" not in terraform("aws_instance", {"instance_type": "t2.large"},
                                                 **usage)  # fmt: skip


def test_a_simulated_load_pays_for_what_is_above_the_baseline() -> None:
    # 730 hours of one processor; a t3.large earns 0.6 of one.
    meters = Meters(passed={"request": 730 * 3600 * 100.0}, values={"cpu_ms": 10.0})

    found = quantities(AutoScalingGroup(instance_type="t3.large"), meters)

    assert found["ec2.cpu_credits.t3"] == pytest.approx(0.4 * 730)
