"""Every table of a forecast as CSV, all digits kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Summary = Mapping[str, Any]
# What a spreadsheet would take as a formula, or as the end of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Tables by name of the file: where they stand in the summary.
_TABLES: Mapping[str, tuple[str, ...]] = {
    "limits": ("limits",),
    "next-limits": ("next_limits",),
    "missed-targets": ("missed_targets",),
    "sizes": ("curve",),
    "bill": ("cost", "lines"),
    "not-priced": ("cost", "not_priced"),
    "idle": ("cost", "idle"),
    "growing": ("cost", "growing"),
    "break-evens": ("cost", "break_evens"),
    "cost-drivers": ("cost", "drivers"),
    "drivers": ("drivers",),
    "assumptions": ("assumptions",),
    "entries": ("entries",),
    "links": ("links",),
    "scaling": ("scaling",),
    "faults": ("faults",),
    "not-modelled": ("not_modelled",),
    "old-facts": ("old_facts",),
}
_VERDICT = (
    "asked_users", "holds_users", "headroom", "first_limit", "fix", "failure", "latency_ms",
    "refused_share", "cold_start_share", "targets", "region", "facts_version", "seed",
)  # fmt: skip
_COST = ("monthly_usd", "low", "high", "per_1000_requests_usd", "per_user_usd", "is_complete",
         "fixed_usd", "variable_usd", "requests_per_month")  # fmt: skip


def as_tables(summary: Summary) -> dict[str, str]:
    """Return the text of each table by the name of its file; what has no rows is left out."""
    tables = {"verdict": _verdict(summary), "day": _day(summary)}
    for name, path in _TABLES.items():
        rows: Any = summary
        for part in path:
            rows = rows.get(part) or {} if isinstance(rows, Mapping) else {}
        if rows:
            tables[name] = _records(rows)
    if summary["warnings"]:
        tables["warnings"] = _written(["warning"], ([text] for text in summary["warnings"]))
    return {f"{name}.csv": text for name, text in tables.items()}


def _verdict(summary: Summary) -> str:
    said = {name: summary[name] for name in _VERDICT if name in summary}
    said["cost"] = {name: summary["cost"].get(name) for name in _COST}
    return _written(["name", "value"], flat(said).items())


def _day(summary: Summary) -> str:
    """Return the quarters of an hour: requests a second, and the use of the busiest limits."""
    day = summary["day"]
    heads = [f"{row['component']}: {row['label']}" for row in day["limits"]]
    columns = [day["requests_per_s"], *(row["values"] for row in day["limits"])]
    rows = (
        [f"{15 * n // 60:02d}:{15 * n % 60:02d}", *values]
        for n, values in enumerate(zip(*columns, strict=True))
    )
    return _written(["from", "requests_per_s", *heads], rows)


def _records(records: Sequence[Mapping[str, Any]]) -> str:
    rows = [flat(record) for record in records]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _written(names, ([row.get(name) for name in names] for row in rows))


def flat(value: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested mappings as dotted names, and lists as one text."""
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            found |= flat(inner, f"{before}{name}.")
        elif isinstance(inner, list | tuple):
            found[f"{before}{name}"] = "; ".join(str(item) for item in inner)
        else:
            found[f"{before}{name}"] = inner
    return found


def _written(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([cell(name) for name in head])
    writer.writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def cell(value: Any) -> Any:
    """Return a value as a cell holds it; a text that would be a formula stays a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" \n\N{NO-BREAK SPACE}").startswith(_FORMULA) else value
