"""A bill from given usage, as text and as JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from apps.engine.facts import Facts
from apps.engine.pricing import Bill, BillLine
from apps.facts.ages import OLD_AFTER_DAYS, old_facts


def as_json(
    bill: Bill, facts: Facts, *, free_tier: bool, today: date, first_year: bool = False
) -> dict[str, Any]:
    """Return the bill in the form `headroom/estimate/1`; its numbers carry all digits."""
    return {
        "schema": "headroom/estimate/1",
        "region": bill.region,
        "free_tier": free_tier,
        "first_year": first_year,
        "monthly_usd": float(bill.monthly_usd),
        "is_complete": bill.is_complete,
        "lines": [_line(line) for line in bill.lines],
        "not_priced": [_line(line) for line in bill.not_priced],
        "old_facts": _old(bill, facts, today),
        "facts_version": facts.version,
    }


def as_text(bill: Bill, facts: Facts, today: date) -> str:
    """Return the bill as a table of its lines, the total last."""
    width = max((len(_name(line)) for line in (*bill.lines, *bill.not_priced)), default=0)
    lines = [f"{_name(line):<{width}}  {_amount(line):>14}  {_terms(line)}" for line in bill.lines]
    lines += [f"{_name(line):<{width}}  {'no price':>14}  {line.note}" for line in bill.not_priced]
    least = "" if bill.is_complete else "at least "
    total = f"{least}${bill.monthly_usd:,.2f}"
    if old := _old(bill, facts, today):
        names = ", ".join(row["fact"] for row in old)
        lines += ["", f"Prices older than {OLD_AFTER_DAYS} days, or without a date: {names}"]
    return "\n".join([*lines, "", f"{total} a month in {bill.region}"])


def _old(bill: Bill, facts: Facts, today: date) -> list[dict[str, Any]]:
    used = dict.fromkeys(line.price_id for line in bill.lines)
    return old_facts((facts.prices[name] for name in used), today)


def _line(line: BillLine) -> dict[str, Any]:
    return {
        "item": line.component,
        "name": line.name,
        "service": line.service,
        "unit": line.unit,
        "quantity": float(line.quantity),
        "unit_price_usd": _number(line.unit_price_usd),
        "monthly_usd": _number(line.monthly_usd),
        "price_id": line.price_id,
        "source": line.source,
        "source_date": line.source_date,
        "source_url": line.source_url,
        "confidence": line.confidence,
        "note": line.note,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _name(line: BillLine) -> str:
    return f"{line.component}  {line.name}"


def _amount(line: BillLine) -> str:
    return f"${line.monthly_usd:,.2f}"


def _terms(line: BillLine) -> str:
    quantity = f"{line.quantity:,f}".rstrip("0").rstrip(".")
    mark = " (recalled, not checked)" if line.confidence == "memory" else ""
    return f"{quantity} {line.unit} x ${_plain(line.unit_price_usd)}{mark}"


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
