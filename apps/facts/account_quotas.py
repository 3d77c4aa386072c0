"""Quotas of a connected account in place of AWS's defaults: what differs, and the corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from django.db import transaction
from django.utils import timezone

from apps.aws.quotas import AccountQuota
from apps.engine.facts import Quota
from apps.facts.models import Override, QuotaRow
from apps.facts.reader import DATA, rows_from

ADD: Final = "corrected"
WITHDRAW: Final = "as AWS's default again"
BY_HAND: Final = "kept, since it was corrected by hand"
# How the reason of a correction begins that was read from an account.
REASON: Final = "Service Quotas of account"
# AWS keeps the quotas of services without a Region in one.
_HOME: Final = "us-east-1"
_WITHOUT_REGION: Final = frozenset({"cloudfront"})
# Its code is that of a Region's quota, which begins at 0: not the bound of one load balancer.
_OTHERS: Final = frozenset({"elb.alb_reserved_lcu"})
# Family and size of each unit, in AWS's words and in those of the facts.
_UNITS: Final = {
    **dict.fromkeys(("bytes",), ("size", 1.0)),
    **dict.fromkeys(("kilobytes", "kb"), ("size", 2.0**10)),
    **dict.fromkeys(("megabytes", "mb"), ("size", 2.0**20)),
    **dict.fromkeys(("gigabytes", "gb"), ("size", 2.0**30)),
    **dict.fromkeys(("terabytes", "tb"), ("size", 2.0**40)),
    **dict.fromkeys(("milliseconds", "ms"), ("time", 1.0)),
    **dict.fromkeys(("seconds", "s"), ("time", 1e3)),
    **dict.fromkeys(("minutes", "min"), ("time", 6e4)),
    **dict.fromkeys(("hours", "h"), ("time", 3.6e6)),
    **dict.fromkeys(("days",), ("time", 8.64e7)),
}


class Asked(NamedTuple):
    """A service whose quotas are to be read, and the Region in which AWS keeps them."""

    service: str
    region: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A quota that the account has otherwise than it is in force, and what becomes of it."""

    quota: Quota
    region: str
    in_force: str
    value: str
    action: str


def to_ask(region: str) -> tuple[Asked, ...]:
    """Return the services that the facts have quota codes of."""
    services = dict.fromkeys(quota.code.partition("/")[0] for quota in _coded())
    return tuple(Asked(name, _HOME if name in _WITHOUT_REGION else region) for name in services)


def differences(
    region: str, found: Mapping[str, Mapping[str, AccountQuota]]
) -> tuple[Difference, ...]:
    """Return what differs in a Region, from the account's quotas by service and code."""
    ours, by_hand = _in_force(region)
    rows: list[Difference] = []
    for quota in _coded():
        service, _, code = quota.code.partition("/")
        account = found.get(service, {}).get(code)
        correction = by_hand.get(quota.id) or ours.get(quota.id)
        in_force = correction.value if correction else quota.text
        if account is None:
            continue
        value = in_unit_of(quota, account)
        if value is None:
            action = f"left out: AWS counts in {account.unit}, the facts in {quota.unit}"
            rows.append(Difference(quota, region, in_force, _text(account.value), action))
        elif value != float(in_force):
            action = ADD if value != quota.value else WITHDRAW
            action = BY_HAND if quota.id in by_hand else action
            rows.append(Difference(quota, region, in_force, _text(value), action))
    return tuple(rows)


@transaction.atomic
def correct(found: Iterable[Difference], *, account: str, today: date) -> int:
    """Write the corrections of one account, and withdraw those that it follows; say how many.

    What a person corrected by hand stays in force. The number of the account is cut short,
    since everybody may read where a fact is from.
    """
    written = 0
    for row in found:
        if row.action not in (ADD, WITHDRAW):
            continue
        mine = Override.objects.in_force().filter(
            kind=Override.Kind.QUOTA, fact_id=row.quota.id, region=row.region
        )
        mine.filter(reason__startswith=REASON).update(withdrawn_at=timezone.now())
        if row.action == ADD:
            _override(row, account, today).save()
        written += 1
    return written


def in_unit_of(quota: Quota, account: AccountQuota) -> float | None:
    """Return an account's value in the unit of the facts; None where the units do not fit."""
    ours, theirs = _UNITS.get(quota.unit.lower()), _UNITS.get(account.unit.lower())
    # AWS gives some times in milliseconds, and says so in the name alone.
    if ours is not None and theirs is None:
        theirs = _named(account.name)
    if ours is None or theirs is None:
        # A count fits a count; a time or a size has to say which.
        return account.value if ours is theirs else None
    return account.value * theirs[1] / ours[1] if ours[0] == theirs[0] else None


def _named(name: str) -> tuple[str, float] | None:
    words = name.lower().replace("(", " ").replace(")", " ").split()
    return next((_UNITS[word] for word in words if word in _UNITS and len(word) > 4), None)


def _override(row: Difference, account: str, today: date) -> Override:
    service, _, code = row.quota.code.partition("/")
    override = Override(
        kind=Override.Kind.QUOTA,
        fact_id=row.quota.id,
        region=row.region,
        value=row.value,
        reason=f"{REASON} {account[:4]}…, {today.isoformat()}",
        source=f"https://console.aws.amazon.com/servicequotas/home/services/{service}/quotas/{code}",
    )
    override.full_clean()
    return override


def _in_force(region: str) -> tuple[dict[str, Override], dict[str, Override]]:
    """Return the corrections that were read from an account here, and those of people."""
    ours: dict[str, Override] = {}
    by_hand: dict[str, Override] = {}
    quotas = Override.objects.in_force().for_region(region).filter(kind=Override.Kind.QUOTA)
    for override in quotas:
        is_ours = override.reason.startswith(REASON) and override.region == region
        (ours if is_ours else by_hand)[override.fact_id] = override
    return ours, by_hand


def _coded() -> Iterator[Quota]:
    """Yield the quotas in force that Service Quotas has too, with a number."""
    rows = QuotaRow.objects.filter(book__is_current=True).exclude(code="").order_by("pk")
    stored = [row.fact() for row in rows] or rows_from(DATA).quotas
    for quota in stored:
        if "/" in quota.code and quota.value is not None and quota.id not in _OTHERS:
            yield quota


def _text(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
