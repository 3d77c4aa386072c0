"""From the units of AWS's Price List to those of a price book."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

# A month is 730 hours, as on AWS's own pricing pages.
_HOURS_A_MONTH: Final = Decimal(730)
_ONE: Final = Decimal(1)
_MULTIPLES: Final = {"": 1, "K": 1_000, "M": 1_000_000, "MILLION": 1_000_000}
_LEADING: Final = re.compile(r"(?:per )?(\d+)? ?(K|M|million)?(?=$|[ -])", re.IGNORECASE)

# First fit wins. What fits none counts things: requests, events, keys.
_LISTED: Final = (
    (re.compile(r"g(i)?b-?(mo|month)s?"), "GB-month"),
    (re.compile(r"(.*-)?g(i)?b-?(h|hr|hrs|hour|hours)"), "GB-hour"),
    (re.compile(r"(.*-)?g(i)?b-?(s|second|seconds)"), "GB-second"),
    (re.compile(r"(gb|gib|gigabytes?)"), "GB"),
    (re.compile(r"(tb|tib|terabytes?)"), "TB"),
    (re.compile(r"(mb|mib|megabytes?)"), "MB"),
    (re.compile(r".*(mo|month|months)"), "month"),
    (re.compile(r".*(hr|hrs|hour|hours)"), "hour"),
    (re.compile(r".*(minutes?|mins?)"), "minute"),
    (re.compile(r".*seconds?"), "second"),
)
# (dimension of ours, dimension of the list) → how many of ours one of the list's is.
_RATIOS: Final = {
    ("GB-hour", "hour"): _ONE,
    ("GB-hour", "GB-month"): _HOURS_A_MONTH,
    ("GB-hour", "GB-second"): _ONE / 3600,
    ("GB-month", "GB-hour"): _ONE / _HOURS_A_MONTH,
    ("GB-second", "second"): _ONE,
    ("GB-second", "GB-hour"): Decimal(3600),
    ("GB", "TB"): Decimal(1024),
    ("GB", "MB"): _ONE / 1024,
    ("hour", "second"): _ONE / 3600,
    ("hour", "month"): _HOURS_A_MONTH,
    ("month", "count"): _ONE,
    ("month", "hour"): _ONE / _HOURS_A_MONTH,
    ("minute", "hour"): Decimal(60),
    ("minute", "second"): _ONE / 60,
}


def ours_in(ours: str, listed: str) -> tuple[Decimal, Decimal] | None:
    """Return how many of our units so many of the list's are, as a fraction; None for neither.

    A fraction, since an hour is no whole part of a month, nor a second of an hour.

    Examples
    --------
    >>> ours_in("request", "1M requests"), ours_in("GB-h", "GB-Seconds")
    ((Decimal('1000000'), Decimal('1')), (Decimal('1'), Decimal('3600')))
    >>> ours_in("GB-month", "GB-Mo"), ours_in("GB", "Hrs")
    ((Decimal('1'), Decimal('1')), None)
    """
    multiple, unit = _parted(listed.strip())
    mine, theirs = _dimension_of_ours(ours), _dimension_of_theirs(unit)
    if mine == theirs:
        return multiple, _ONE
    ratio, inverse = _RATIOS.get((mine, theirs)), _RATIOS.get((theirs, mine))
    if ratio is None:
        return None
    if ratio >= 1:
        return multiple * ratio, _ONE
    return multiple, (inverse or _ONE / ratio).to_integral_value()


def _parted(listed: str) -> tuple[Decimal, str]:
    """Part “1M requests” into how many and of what."""
    match = _LEADING.match(listed)
    if match is None or not match[0].strip() or not (match[1] or match[2]):
        return _ONE, listed
    many = Decimal(match[1] or 1) * _MULTIPLES[(match[2] or "").upper()]
    return many, listed[match.end() :].strip(" -")


def _dimension_of_theirs(unit: str) -> str:
    word = unit.lower().replace(" ", "-")
    return next((name for pattern, name in _LISTED if pattern.fullmatch(word)), "count")


def _dimension_of_ours(unit: str) -> str:
    known = {"GB-h": "GB-hour", "GB-s": "GB-second"}
    if unit in known:
        return known[unit]
    if unit in ("GB", "GB-month", "hour", "month", "minute"):
        return unit
    if unit.endswith("-h"):
        return "hour"
    return "month" if unit.endswith("-month") else "count"
