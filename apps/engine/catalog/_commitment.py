"""Reserved instances and Savings Plans: the price of a line for who commits for years."""

from __future__ import annotations

from typing import Any, Final

from apps.engine.catalog._bill import Usage
from apps.engine.catalog._settings import InvalidSetting, setting
from apps.engine.catalog._template import Conversion

PAYMENTS: Final = ("no upfront", "partial upfront", "all upfront")
# How a price id names what was bought: "ec2.t3.micro.hour.reserved_1y_no".
RESERVED, CONVERTIBLE, SAVINGS = "reserved", "convertible", "savings"


def _years(value: Any) -> int | None:
    """Return the years of "1_year" or "3_year"; None for a term that nobody sells."""
    number = str(value).partition("_")[0]
    return int(number) if number in ("1", "3") else None


def _payment(value: Any) -> str | None:
    words = str(value).replace("_", " ")
    return words if words in PAYMENTS else None


YEARS = Conversion(_years, lambda value: f"{value}_year")
PAYMENT = Conversion(_payment, lambda value: str(value).replace(" ", "_"))


def years_setting() -> Any:
    """Return the field that says for how long one commits.

    Returns
    -------
    Any
        A field of a dataclass, empty at first. [years]
    """
    hint = "1 or 3 years at a lower price; empty: on demand."
    return setting(None, "Committed for", unit="years", low=1, high=3, hint=hint)


def payment_setting() -> Any:
    """Return the field that says how much of it is paid at once.

    Returns
    -------
    Any
        A field of a dataclass, one of `PAYMENTS`.
    """
    return setting(PAYMENTS[0], "Commitment paid", choices=PAYMENTS)


def check_years(label: str, years: int | None) -> None:
    """Refuse a term that AWS does not sell.

    Parameters
    ----------
    label : str
        What the kind is called.
    years : int or None
        The term.

    Raises
    ------
    InvalidSetting
        With one sentence.
    """
    if years == 2:
        raise InvalidSetting(f"{label}: Committed for must be 1 or 3 years, not 2.")


def committed(price_id: str, years: int | None, payment: str, what: str = RESERVED) -> str:
    """Return the price id of a line for who commits; the same where nobody does.

    Parameters
    ----------
    price_id : str
        The price on demand.
    years : int or None
        1 or 3, None on demand.
    payment : str
        One of `PAYMENTS`.
    what : str, optional
        What was bought: `RESERVED`, `CONVERTIBLE` or `SAVINGS`.

    Returns
    -------
    str
        A price id.

    Examples
    --------
    >>> committed("ec2.t3.micro.hour", 1, "no upfront")
    'ec2.t3.micro.hour.reserved_1y_no'
    """
    if years is None:
        return price_id
    return f"{price_id}.{what}_{years}y_{payment.partition(' ')[0]}"


def upfront_usage(
    price_id: str, years: int | None, payment: str, count: float, what: str = RESERVED
) -> tuple[Usage, ...]:
    """Return the month's part of what is paid at once for reserved instances; none without.

    Parameters
    ----------
    price_id : str
        The price of an hour on demand.
    years : int or None
        1 or 3, None on demand.
    payment : str
        One of `PAYMENTS`.
    count : float
        Instances that are reserved. [count]
    what : str, optional
        What was bought.

    Returns
    -------
    tuple[Usage, ...]
        One line, or none.
    """
    if years is None or payment == PAYMENTS[0] or count <= 0.0:
        return ()
    return (
        Usage(
            f"{committed(price_id, years, payment, what)}.upfront",
            "Paid at once for reserved instances",
            "instance",
            count / (12.0 * years),
            f"One of the {12 * years} months that it is paid for",
        ),
    )
