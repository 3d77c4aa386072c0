"""What AWS bills for tasks on Fargate.

Known as they stand on a bill, in `Meters.given`: `tasks` of `task_s` seconds each, each of at
least a minute, or five with Windows; `log_gb`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from apps.engine.catalog._bill import Meters, Usage
from apps.engine.catalog._commitment import SAVINGS, committed

if TYPE_CHECKING:
    from apps.engine.catalog.ecs_service import EcsService

# A task has so much disk without charge. https://aws.amazon.com/fargate/pricing/
FREE_DISK_GB, BYTES_PER_GB = 20, 2**30
# What a task is billed for at least. [s]
LEAST_S: Final[Mapping[str, float]] = {"linux": 60.0, "windows": 300.0}


def service_usage(service: EcsService, meters: Meters) -> Iterator[Usage]:
    """Yield the lines of a service.

    Parameters
    ----------
    service : EcsService
        Its settings.
    meters : Meters
        What it did in a month.

    Yields
    ------
    Usage
        Processors and memory of tasks on Fargate, addresses and logs.
    """
    hours = _hours(service, meters)
    if service.is_fargate:  # Else instances are billed, not what runs on them.
        yield from _task_usage(service, hours)
    address = hours if service.has_public_ip else 0.0
    yield Usage("vpc.public_ipv4_hour", "Public IPv4 addresses", "hour", address)
    written_gb = meters.log_bytes / BYTES_PER_GB if service.writes_logs else 0.0
    log_gb = meters.given.get("log_gb", written_gb)
    yield Usage("cw.logs_ingest_gb", "Logs (CloudWatch)", "GB", log_gb)


def _hours(service: EcsService, meters: Meters) -> float:
    """Return the hours of all tasks. [h/month]"""
    given = meters.given
    if "task_s" in given:
        return given.get("tasks", 1.0) * max(given["task_s"], LEAST_S[service.system]) / 3600.0
    if "tasks" in given:
        return given["tasks"] * meters.hours
    return service.hours(meters.environment_s, meters.hours)


def _task_usage(service: EcsService, hours: float) -> Iterator[Usage]:
    arch = "arm" if service.architecture == "arm64" else "x86"
    if service.system == "windows":
        arch = "windows"
    gigabytes, vcpus = service.memory_mb / 1024.0, service.vcpus
    number = f"{hours / 730.0:,.3g} tasks on average"
    for name, label, unit, quantity in (
        ("vcpu_hour", f"Processors ({vcpus:g} vCPU a task)", "vCPU-h", hours * vcpus),
        ("gb_hour", f"Memory ({gigabytes:g} GB a task)", "GB-h", hours * gigabytes),
    ):
        price_id = f"fargate.{name}.{arch}"
        if service.is_spot:
            price_id = f"fargate.spot_{name}.{arch}"
        else:
            years, payment = service.committed_years, service.payment
            price_id = committed(price_id, years, payment, SAVINGS)
        yield Usage(price_id, label, unit, quantity, number)
    disk = hours * (service.disk_gb - FREE_DISK_GB)
    label = "Temporary storage above 20 GB"
    yield Usage("fargate.ephemeral_gb_hour", label, "GB-h", disk)
    if service.system == "windows":
        label = "Licence of Windows"
        yield Usage("fargate.windows_license_vcpu_hour", label, "vCPU-h", hours * vcpus)
