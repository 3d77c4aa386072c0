from __future__ import annotations

from math import isfinite
from typing import Final

from apps.engine.facts import Quota
from apps.facts.rows import Row, read_rows

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
    confidence = row.word("confidence", _CONFIDENCE)
    # What is recalled has no source, and says so; a list without an address is told by its name.
    if confidence != "memory" and not row.cells["source_url"]:
        row.text("source_date")
    return Quota(
        id=row.text("quota_id"),
        service=row.text("service"),
        name=row.text("name"),
        value=number_or_none(text),
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
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
