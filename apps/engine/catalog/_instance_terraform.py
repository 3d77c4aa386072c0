"""How Terraform and Infracost say what EC2 instances are, and what they did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from apps.engine.catalog._bill import UsageKey
from apps.engine.catalog._commitment import CONVERTIBLE, PAYMENT, RESERVED, YEARS
from apps.engine.catalog._template import COUNT, FLAG, NUMBER, SECONDS, Conversion, Property
from apps.engine.catalog._volumes import OF_INSTANCE, OF_TEMPLATE, ROOT

INSTANCE, GROUP = "aws_instance", "aws_autoscaling_group"
TEMPLATE, CONFIGURATION = "aws_launch_template", "aws_launch_configuration"
SYSTEMS: Final = ("linux", "windows", "rhel", "suse")
TENANCIES: Final = ("shared", "dedicated", "host")
CREDITS: Final = ("", "standard", "unlimited")
_NO_SPOT, _ALL_SPOT = 100.0, 0.0
# More volumes than these are known by their place alone.
_MOST_VOLUMES = 10


def _one_of(choices: tuple[str, ...]) -> Conversion:
    return Conversion(lambda v: str(v).lower() if str(v).lower() in choices else None, str)


def _type(resource: Mapping[str, Any]) -> str | None:
    """Return the type of an instance; on a host of one's own it decides nothing of the bill."""
    return None if resource.get("host_id") else resource.get("instance_type")


def _tenancy(resource: Mapping[str, Any]) -> str | None:
    if resource.get("host_id"):
        return "host"
    return TENANCY.read(resource.get("tenancy"))  # type: ignore[no-any-return]


SYSTEM, CPU_CREDITS = _one_of(SYSTEMS), _one_of(CREDITS[1:])
TENANCY = Conversion(
    lambda value: str(value).lower() if str(value).lower() in TENANCIES[1:] else None,
    lambda value: "default" if value == "shared" else value,
)
COMMITMENT = Conversion(
    lambda value: {"standard": RESERVED, "convertible": CONVERTIBLE}.get(str(value)), str
)
SPOT = Conversion(
    lambda value: _ALL_SPOT if str(value).lower() == "spot" else None, lambda _: "spot"
)
# A launch configuration with a price is for Spot instances.
SPOT_PRICE = Conversion(lambda value: _ALL_SPOT if value else None, lambda _: "")
TYPE = Conversion(_type, lambda value: value)
_MIXED = "mixed_instances_policy.0"
_SPREAD = f"{_MIXED}.instances_distribution.0"
_CREDIT = "credit_specification.0.cpu_credits"
_ROWS: Final = (
    (INSTANCE, "", "instance_type", TYPE),
    (INSTANCE, "", "volumes", OF_INSTANCE),
    (INSTANCE, "", "tenancy", Conversion(_tenancy, lambda value: value)),
    (INSTANCE, "monitoring", "has_minute_metrics", FLAG),
    (INSTANCE, "ebs_optimized", "is_ebs_optimized", FLAG),
    (INSTANCE, _CREDIT, "cpu_credits", CPU_CREDITS),
    (INSTANCE, "associate_public_ip_address", "has_public_ip", FLAG),
    (INSTANCE, "instance_market_options.0.market_type", "on_demand_percent", SPOT),
    (GROUP, "min_size", "minimum", COUNT),
    (GROUP, "max_size", "maximum", COUNT),
    (GROUP, "desired_capacity", "desired", COUNT),
    (GROUP, "default_cooldown", "pause_s", SECONDS),
    (GROUP, f"{_MIXED}.launch_template.0.override.0.instance_type", "instance_type", TYPE),
    (GROUP, f"{_SPREAD}.on_demand_base_capacity", "on_demand_base", COUNT),
    (GROUP, f"{_SPREAD}.on_demand_percentage_above_base_capacity", "on_demand_percent", NUMBER),
    (TEMPLATE, "", "instance_type", TYPE),
    (TEMPLATE, "", "volumes", OF_TEMPLATE),
    (TEMPLATE, "placement.0.tenancy", "tenancy", TENANCY),
    (TEMPLATE, "monitoring.0.enabled", "has_minute_metrics", FLAG),
    (TEMPLATE, "ebs_optimized", "is_ebs_optimized", FLAG),
    (TEMPLATE, _CREDIT, "cpu_credits", CPU_CREDITS),
    (TEMPLATE, "network_interfaces.0.associate_public_ip_address", "has_public_ip", FLAG),
    (TEMPLATE, "instance_market_options.0.market_type", "on_demand_percent", SPOT),
    (CONFIGURATION, "", "instance_type", TYPE),
    (CONFIGURATION, "", "volumes", OF_INSTANCE),
    (CONFIGURATION, "placement_tenancy", "tenancy", TENANCY),
    (CONFIGURATION, "enable_monitoring", "has_minute_metrics", FLAG),
    (CONFIGURATION, "ebs_optimized", "is_ebs_optimized", FLAG),
    (CONFIGURATION, "associate_public_ip_address", "has_public_ip", FLAG),
    (CONFIGURATION, "spot_price", "on_demand_percent", SPOT_PRICE),
)
_OF_USAGE: Final = (
    ("usage.operating_system", "system", SYSTEM),
    ("usage.reserved_instance_type", "commitment", COMMITMENT),
    ("usage.reserved_instance_term", "committed_years", YEARS),
    ("usage.reserved_instance_payment_option", "payment", PAYMENT),
)


def _rows() -> Iterator[Property]:
    for row in _ROWS:
        yield Property(*row)
    for type_ in (INSTANCE, GROUP, TEMPLATE, CONFIGURATION):
        for path, name, conversion in _OF_USAGE:
            yield Property(type_, path, name, conversion)


def _keys() -> Iterator[UsageKey]:
    for type_ in (INSTANCE, GROUP, TEMPLATE, CONFIGURATION):
        yield UsageKey(type_, "instances", "given.instances")
        yield UsageKey(type_, "monthly_hrs", "given.hours")
        yield UsageKey(type_, "monthly_cpu_credit_hrs", "given.cpu_credit_hours")
        yield UsageKey(type_, "vcpu_count", "given.vcpus")
        root = "root_block_device.monthly_standard_io_requests"
        yield UsageKey(type_, root, f"given.io_requests.{ROOT}")
        for place in range(_MOST_VOLUMES):
            key = f"ebs_block_device[{place}].monthly_standard_io_requests"
            yield UsageKey(type_, key, f"given.io_requests.{place}")


ROWS: Final = tuple(_rows())
USAGE_KEYS: Final = tuple(_keys())
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/launch_configuration
IMPLIED: Final[Mapping[str, Mapping[str, Any]]] = {
    INSTANCE: {"instance_type": "m1.small", "maximum": 1, "is_alone": True},
    CONFIGURATION: {"has_minute_metrics": True},
}
