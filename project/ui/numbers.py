"""How every number of the site is written, in one place.

What has no value, None or a number that is not finite, reads "no value".
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

Number = int | float | Decimal
# Templates pass "" for a variable that is missing.
Value = Number | str | None

NO_VALUE = "no value"
NBSP = "\u00a0"
TIMES = "\u00d7"
BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
DAY_S = 86_400


def users(value: Value) -> str:
    """412,000; from a million on 2.6M."""
    count = exact(value)
    if count is None:
        return NO_VALUE
    whole = _to_decimals(count, 0)
    if abs(whole) < 1_000_000:
        return _grouped(whole)
    return _trimmed(_to_decimals(whole / 1_000_000, 1)) + "M"


def compact(value: Value) -> str:
    """412k and 1.6k, for axes and diagrams only."""
    count = exact(value)
    if count is None:
        return NO_VALUE
    rounded = significant(count, 2 if abs(count) < 10 else 3)
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if abs(rounded) >= size:
            return _short(count / size) + letter
    return _short(count)


def quantity(value: Value, unit: str = "") -> str:
    """Three significant digits, whole from a thousand on, and the unit."""
    amount = exact(value)
    if amount is None:
        return NO_VALUE
    text = _amount(amount)
    return f"{text}{NBSP}{unit}" if unit else text


def money(value: Value) -> str:
    """Whole dollars, three significant digits below one dollar."""
    amount = exact(value)
    if amount is None:
        return NO_VALUE
    if amount == 0:
        return "$0"
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    rounded = significant(size, 3)
    text = f"{rounded:f}" if rounded < 1 else _grouped(_to_decimals(size, 0))
    return f"{sign}${text}"


def money_change(value: Value) -> str:
    """+$26, -$26 or "no change"."""
    amount = exact(value)
    if amount is None:
        return NO_VALUE
    text = money(amount)
    if text in ("$0", "-$0"):
        return "no change"
    return text if amount < 0 else f"+{text}"


def price(value: Value) -> str:
    """A price as it stands on the price list: every digit, at least cents."""
    amount = exact(value)
    if amount is None:
        return NO_VALUE
    plain = significant(amount, 12).normalize()
    decimals = max(2, -int(plain.as_tuple().exponent))
    return f"${plain:,.{decimals}f}"


def pct(share: Value, decimals: int = 1) -> str:
    """A share as per cent: 0.436 is 43.6%, 2.18 is 218%."""
    exact_share = exact(share)
    if exact_share is None:
        return NO_VALUE
    percent = exact_share * 100
    if percent == 0:
        return "0%"
    least = Decimal(1).scaleb(-decimals)
    if 0 < percent < least / 2:
        return f"<{NBSP}{least:f}%"
    rounded = _to_decimals(percent, decimals)
    return f"{_to_decimals(percent, 0):,}%" if abs(rounded) >= 100 else f"{rounded:f}%"


def ms(value: Value) -> str:
    """Milliseconds: whole ones from ten on."""
    amount = exact(value)
    if amount is None:
        return NO_VALUE
    text = _grouped(_to_decimals(amount, 0)) if abs(amount) >= 10 else _amount(amount, digits=2)
    return f"{text}{NBSP}ms"


def duration(seconds: Value) -> str:
    """45 s, 15 min, 5 h, 4 d: one unit, the largest that still says enough."""
    amount = exact(seconds)
    if amount is None:
        return NO_VALUE
    if 0 < abs(amount) < 1:
        return ms(amount * 1000)
    for size_s, unit in ((2 * DAY_S, "d"), (7200, "h"), (120, "min")):
        if abs(amount) >= size_s:
            return f"{_amount(amount / _SECONDS[unit])}{NBSP}{unit}"
    return f"{_amount(amount)}{NBSP}s"


def clock(second_of_day: Value) -> str:
    """Seconds since local midnight as HH:MM; the end of the day is 24:00."""
    seconds = exact(second_of_day)
    if seconds is None:
        return NO_VALUE
    whole = int(seconds)
    minutes = (whole if whole == DAY_S else whole % DAY_S) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def byte_size(value: Value) -> str:
    """Bytes in binary units: 1.5 GiB."""
    amount = exact(value)
    if amount is None:
        return NO_VALUE
    for unit in BYTE_UNITS[:-1]:
        if abs(amount) < 1024:
            return f"{_amount(amount)}{NBSP}{unit}"
        amount /= 1024
    return f"{_amount(amount)}{NBSP}{BYTE_UNITS[-1]}"


def times(factor: Value) -> str:
    """A factor with two significant digits: 2.3 and the sign of times."""
    amount = exact(factor)
    if amount is None:
        return NO_VALUE
    return _amount(significant(amount, 2)) + TIMES


def significant(value: Decimal, digits: int) -> Decimal:
    if value == 0:
        return Decimal(0)
    quantum = Decimal(1).scaleb(value.adjusted() - digits + 1)
    return value.quantize(quantum, ROUND_HALF_UP)


def exact(value: Value) -> Decimal | None:
    """Return the number with the digits that it prints, or None if it is none."""
    if value is None or value == "":
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None


_SECONDS = {"d": DAY_S, "h": 3600, "min": 60}


def _amount(value: Decimal, digits: int = 3) -> str:
    if value != 0 and abs(value) < Decimal("0.001"):
        return f"<{NBSP}0.001" if value > 0 else f"{significant(value, 2):f}"
    rounded = significant(value, digits)
    if abs(rounded) >= 1000:
        return _grouped(_to_decimals(value, 0))
    return _trimmed(rounded)


def _short(value: Decimal) -> str:
    if abs(significant(value, 2)) >= 10:
        return _grouped(_to_decimals(value, 0))
    return _trimmed(significant(value, 2))


def _to_decimals(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _grouped(whole: Decimal) -> str:
    return f"{whole:,f}"


def _trimmed(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
