"""What tasks on Fargate cost."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.ecs_service import EcsService
from apps.engine.formats.terraform.settings import settings_of
from tests.engine.catalog.building import usage_of


def quantities(service: EcsService, meters: Meters) -> dict[str, float]:
    lines = usage_of(service, meters)
    return {price_id: line.quantity for price_id, line in lines.items() if line.quantity}


@pytest.mark.parametrize(
    ("system", "seconds", "billed_s"),
    [("linux", 600, 600), ("linux", 20, 60), ("windows", 20, 300), ("windows", 301, 301)],
)
def test_a_task_runs_for_a_minute_at_least_and_five_with_windows(
    system: str, seconds: float, billed_s: float
) -> None:
    service = EcsService(cpu_units=1024, memory_mb=2048, system=system)

    found = quantities(service, Meters(given={"tasks": 12.0, "task_s": seconds}))

    hours = 12 * billed_s / 3600
    arch = "windows" if system == "windows" else "x86"
    assert found[f"fargate.vcpu_hour.{arch}"] == pytest.approx(hours)
    assert found[f"fargate.gb_hour.{arch}"] == pytest.approx(2 * hours)
    licence = found.get("fargate.windows_license_vcpu_hour", 0.0)
    assert licence == pytest.approx(hours if system == "windows" else 0.0)


def test_storage_above_20_gb_is_billed() -> None:
    found = quantities(EcsService(disk_gb=30), Meters(given={"tasks": 2.0}))

    assert found["fargate.ephemeral_gb_hour"] == 2 * 730 * 10


@pytest.mark.parametrize(
    ("settings", "price_id"),
    [
        ({"committed_years": 1}, "fargate.vcpu_hour.x86.savings_1y_no"),
        ({"committed_years": 3, "launch": "FARGATE_SPOT"}, "fargate.spot_vcpu_hour.x86"),
        ({"architecture": "arm64"}, "fargate.vcpu_hour.arm"),
    ],
)
def test_each_way_to_buy_has_its_price(settings: dict[str, Any], price_id: str) -> None:
    found = quantities(EcsService(**settings), Meters())

    assert [name for name in found if "vcpu" in name] == [price_id]


def test_tasks_on_instances_cost_nothing_of_their_own() -> None:
    assert quantities(EcsService(launch="EC2"), Meters()) == {}


def test_it_reads_terraform() -> None:
    definition = {"cpu": "1 vCPU", "memory": 2048, "ephemeral_storage": [{"size_in_gib": 50}]}
    attributes = {
        "desired_count": 3,
        "launch_type": "FARGATE",
        "network_configuration": [{"assign_public_ip": True}],
        "task_definition": [definition],
    }

    settings = settings_of(EcsService, "aws_ecs_service", attributes)

    assert settings == {
        "desired": 3,
        "launch": "FARGATE",
        "has_public_ip": True,
        "cpu_units": 1024,
        "memory_mb": 2048,
        "disk_gb": 50,
    }
    on_spot = {"capacity_provider_strategy": [{"capacity_provider": "FARGATE_SPOT"}]}
    assert settings_of(EcsService, "aws_ecs_service", on_spot) == {"launch": "FARGATE_SPOT"}
    assert settings_of(EcsService, "aws_ecs_service", {}) == {"launch": "EC2"}
