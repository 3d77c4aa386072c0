from __future__ import annotations

from typing import Final

from apps.engine.facts import Quota
from apps.facts.rows import Row, decimal_or_none, read_rows

# What AWS's quotas count in. A unit that is not here is a slip of the pen, or needs thought.
_UNITS: Final = (
    "count|%|% of target|x|x peak|x peak of 30 days|-|allowed|ms|s|min|h|days|year|bytes|KB|MB|GB|"
    "TB|KiB|MiB|GiB|TiB|chars|MB/s|GB/s|MiB/s|GB/h|Gbps|Mbit/s|pps|qps|rps|tps|rps/10s|rpm/tpm|"
    "per s|per min|per 24h|iops|iops/GiB|vCPU|ACU|LCU|RCU|WCU|RRU/s|WRU/s|ECPU/s|batches|"
    "connections|datapoints/s|entries|environments/10s|environments/min|events|files|invocations|"
    "invocations/min|items|messages|msg/s|polls/s|readers|records|records/s|requests|retries|rows|"
    "tasks|tasks/s|tasks/min|transitions|units"
)
UNITS: Final = frozenset(_UNITS.split("|"))

_COLUMNS: Final = (
    "service quota_id name default_value unit scope region_note adjustable service_quota_code "
    "exceeded_effect source_url source_date confidence"
)
_CONFIDENCE: Final = {word: word for word in ("seen", "estimate", "memory")}
_YES_NO: Final = {"yes": "yes", "no": ""}


def read_quotas(file: str, text: str) -> tuple[Quota, ...]:
    """Read the quotas; raises `BadFact`."""
    quotas: dict[str, Quota] = {}
    for row in read_rows(file, text, _COLUMNS):
        quota = _quota(row)
        if quota.id in quotas:
            raise row.bad(f"the quota {quota.id} stands here twice.")
        quotas[quota.id] = quota
    return tuple(quotas.values())


def _quota(row: Row) -> Quota:
    text = row.text("default_value")
    value = number_or_none(text)
    if value is not None and value < 0:
        raise row.bad(f"default_value must be a number from 0 up, not “{text}”.")
    if row.text("unit") not in UNITS:
        raise row.bad(f"the unit “{row.cells['unit']}” is not known.")
    confidence = row.word("confidence", _CONFIDENCE)
    # What is recalled has no source, and says so; a list without an address is told by its name.
    if confidence != "memory" and not row.cells["source_url"]:
        row.text("source_date")
    return Quota(
        id=row.text("quota_id"),
        service=row.text("service"),
        name=row.text("name"),
        value=value,
        text=text,
        unit=row.text("unit"),
        scope=row.text("scope"),
        adjustable=bool(row.word("adjustable", _YES_NO)),
        code=row.cells["service_quota_code"],
        effect=row.cells["exceeded_effect"],
        source_url=row.cells["source_url"],
        source_date=row.cells["source_date"],
        confidence=confidence,
        region_note=row.cells["region_note"],
    )


def number_or_none(text: str) -> float | None:
    """Return the number, or None for a formula, a list or “unlimited”."""
    number = decimal_or_none(text)
    return None if number is None else float(number)
