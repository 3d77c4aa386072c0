"""What AWS bills for a Lambda function.

Known as they stand on a bill, in `Meters.given`: `duration_s` and `ready_duration_s` (all
invocations together), `ready_hours`, `snapstart_hours` (of each version, at least 3),
`snapstart_restores`, `streamed_gb` (beyond the first 6 MB of each answer), `tenant_environments`,
`sqs_epu_hours`, `kafka_epu_hours`, `durable_operations`, `durable_written_gb`,
`durable_retained_gb`, `events` of `event_kb` each, `log_gb`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from apps.engine.catalog._bill import Meters, Usage
from apps.engine.catalog._commitment import SAVINGS, committed

if TYPE_CHECKING:
    from apps.engine.catalog.lambda_function import LambdaFunction

MB_PER_GB, BYTES_PER_GB = 1024, 2**30
# So much temporary storage costs nothing. https://aws.amazon.com/lambda/pricing/
FREE_DISK_MB: Final = 512
# Environments that are kept ready are billed in steps of five minutes, a snapshot for three hours.
STEPS_PER_HOUR, LEAST_SNAPSHOT_HOURS = 12.0, 3.0
# An event counts once up to the first size, and once more for each further step. [KB]
FIRST_EVENT_KB, EVENT_STEP_KB = 256.0, 64.0
# Each of many durations is rounded up to the next millisecond: half of one more on average.
ROUNDING: Final = {"rounding_ms": 0.5}
_ALMOST = 1e-6
# By the name of what is given: price, label and unit.
EXTRAS: Final[Mapping[str, tuple[str, str, str]]] = {
    "tenant_environments": (
        "lambda.tenant_isolation_gb",
        "Environments of single tenants",
        "env-GB",
    ),
    "streamed_gb": ("lambda.response_streaming_gb", "Streamed answers", "GB"),
    "sqs_epu_hours": ("lambda.esm.epu_hour.sqs", "Event pollers (SQS)", "EPU-h"),
    "kafka_epu_hours": ("lambda.esm.epu_hour.kafka", "Event pollers (Kafka)", "EPU-h"),
    "durable_operations": ("lambda.durable.operations", "Durable operations", "operation"),
    "durable_written_gb": ("lambda.durable.written_gb", "Durable data written", "GB"),
    "durable_retained_gb": ("lambda.durable.retained_gb_month", "Durable data kept", "GB-month"),
}


def function_usage(function: LambdaFunction, meters: Meters) -> Iterator[Usage]:
    """Yield the lines of a function.

    Parameters
    ----------
    function : LambdaFunction
        Its settings.
    meters : Meters
        What it did in a month.

    Yields
    ------
    Usage
        Requests, duration and logs always, the rest where there is any.
    """
    given = meters.given
    log_gb = given.get("log_gb", meters.log_bytes / BYTES_PER_GB)
    yield Usage("lambda.requests", "Requests", "request", _requests(meters))
    yield from _durations(function, meters)
    note = "Written by every invocation, drawn or not"
    yield Usage("cw.logs_ingest_gb", "Logs (CloudWatch)", "GB", log_gb, note)
    for line in (*_snapshots(function, meters), *_extras(function, meters)):
        if line.quantity > 0.0:
            yield line


def _requests(meters: Meters) -> float:
    given = meters.given
    further = max(0.0, given.get("event_kb", 0.0) - FIRST_EVENT_KB) / EVENT_STEP_KB
    return meters.passed.get("invoke", 0.0) + given.get("events", 0.0) * math.ceil(further)


def _durations(function: LambdaFunction, meters: Meters) -> Iterator[Usage]:
    arch = "arm" if function.architecture == "arm64" else "x86"
    gigabytes = function.memory_mb / MB_PER_GB
    all_s, ready_s = _billed_s(meters)
    cold_s = max(0.0, all_s - ready_s) + meters.init_s
    kept_s = function.provisioned_concurrency * _ready_s(meters)
    duration = f"Duration ({function.memory_mb} MB)"
    within = "Duration in provisioned concurrency"
    for name, label, seconds, note in (
        ("gb_second", duration, cold_s, "Cold starts included"),
        ("pc_gb_second", "Provisioned concurrency", kept_s, "Used or not"),
        ("pc_duration_gb_second", within, ready_s, "What found an environment ready"),
    ):
        if seconds or name == "gb_second":
            price_id = f"lambda.{name}.{arch}"
            price_id = committed(price_id, function.committed_years, function.payment, SAVINGS)
            yield Usage(price_id, label, "GB-s", gigabytes * seconds, note)
    disk_gb = (function.ephemeral_mb - FREE_DISK_MB) / MB_PER_GB
    disk_s = max(all_s, ready_s) + meters.init_s
    if disk_gb > 0.0:
        label = "Temporary storage above 512 MB"
        yield Usage("lambda.ephemeral_gb_second", label, "GB-s", disk_gb * disk_s)


def _ready_s(meters: Meters) -> float:
    """Return for how long environments were kept ready. [s/month]"""
    hours = meters.given.get("ready_hours", meters.hours)
    return math.ceil(hours * STEPS_PER_HOUR - _ALMOST) / STEPS_PER_HOUR * 3600.0


def _billed_s(meters: Meters) -> tuple[float, float]:
    """Return the time of all invocations and of those in ready environments. [s/month]

    Each is rounded up to the next millisecond. From a simulation the lengths are many and differ;
    from a usage file there is one mean, which is rounded as one length.
    """
    requests, given = meters.passed.get("invoke", 0.0), meters.given
    all_s = given.get("duration_s", meters.busy_s)
    ready_s = given.get("ready_duration_s", meters.ready_busy_s)
    spent_s = max(all_s, ready_s)
    if not (requests and spent_s):
        return all_s, ready_s
    ratio = _rounded_ms(spent_s * 1000.0 / requests, meters) / (spent_s * 1000.0 / requests)
    return all_s * ratio, ready_s * ratio


def _rounded_ms(mean_ms: float, meters: Meters) -> float:
    added = meters.values.get("rounding_ms")
    if added is not None:
        return mean_ms + added
    return max(1.0, math.ceil(mean_ms - _ALMOST))


def _snapshots(function: LambdaFunction, meters: Meters) -> Iterator[Usage]:
    # Snapshots of Java cost nothing. https://aws.amazon.com/lambda/pricing/
    if not function.snap_start or function.runtime.startswith("java"):
        return
    gigabytes, given = function.memory_mb / MB_PER_GB, meters.given
    hours = given.get("snapstart_hours", meters.hours)
    kept = gigabytes * max(hours, LEAST_SNAPSHOT_HOURS) * 3600.0
    restores = given.get("snapstart_restores", meters.cold_starts)
    yield Usage("lambda.snapstart.cache_gb_second", "SnapStart cache", "GB-s", kept)
    restored = gigabytes * restores
    yield Usage("lambda.snapstart.restore_gb", "SnapStart restores", "GB", restored)


def _extras(function: LambdaFunction, meters: Meters) -> Iterator[Usage]:
    own = {
        "tenant_environments": meters.cold_starts if function.isolates_tenants else 0.0,
        "sqs_epu_hours": function.sqs_epus * meters.hours,
        "kafka_epu_hours": function.kafka_epus * meters.hours,
    }
    for name, (price_id, label, unit) in EXTRAS.items():
        quantity = meters.given.get(name, own.get(name, 0.0))
        if name == "tenant_environments":
            quantity *= function.memory_mb / MB_PER_GB
        yield Usage(price_id, label, unit, quantity)
