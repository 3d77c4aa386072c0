"""How often a day EventBridge's rate(…), cron(…) and at(…) run."""

from __future__ import annotations

import re

from apps.engine.catalog.base import InvalidSetting

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12.0
_PER_DAY = {"minute": 1440.0, "hour": 24.0, "day": 1.0}
_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)")
_AT = re.compile(r"at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?\)")
_CRON = re.compile(r"cron\((.+)\)")
_STEP = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# The last day, the weekday nearest to a day, the third Friday: each once a month.
_ONCE_A_MONTH = re.compile(r"L(-\d+)?|LW|\d{1,2}W|\w{1,3}#[1-5]|\w{1,3}L")
_ANY = ("*", "?")


def runs_per_day(expression: str) -> float:
    """Return how often a day a schedule runs, on average over a year.

    Parameters
    ----------
    expression : str
        rate(…), cron(…) or at(…).

    Returns
    -------
    float
        Runs. [1/day]

    Raises
    ------
    InvalidSetting
        If AWS would not take the expression.

    Notes
    -----
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html

    Examples
    --------
    >>> runs_per_day("rate(5 minutes)")
    288.0
    >>> runs_per_day("cron(0 8-17 ? * MON-FRI *)") * 7
    50.0
    """
    text = expression.strip()
    rate = _RATE.fullmatch(text)
    if rate and int(rate[1]) > 0:
        return _PER_DAY[rate[2]] / int(rate[1])
    if _AT.fullmatch(text):
        return 1.0 / DAYS_PER_YEAR
    cron = _CRON.fullmatch(text)
    if cron and len(cron[1].split()) == 6:
        return _cron(cron[1].split(), text)
    raise InvalidSetting(
        f"'{expression}' is no schedule of AWS; write rate(5 minutes) or cron(0 2 * * ? *)."
    )


def starts_of_day(expression: str) -> tuple[int, ...]:
    """Return the seconds of a day on which a schedule runs at which it does. [s]

    Parameters
    ----------
    expression : str
        rate(…), cron(…) or at(…).

    Returns
    -------
    tuple of int
        Seconds since midnight, ascending. [s]

    Raises
    ------
    InvalidSetting
        If AWS would not take the expression.

    Examples
    --------
    >>> starts_of_day("rate(12 hours)")
    (0, 43200)
    >>> starts_of_day("cron(0 2 ? * MON *)")
    (7200,)
    """
    runs = runs_per_day(expression)
    text = expression.strip()
    at = re.fullmatch(r"at\(\S+T(\d{2}):(\d{2})(?::(\d{2}))?\)", text)
    if at:
        hour, minute, second = (int(part or 0) for part in at.groups())
        return (hour * 3600 + minute * 60 + second,)
    cron = _CRON.fullmatch(text)
    if cron:
        minutes, hours = cron[1].split()[:2]
        return tuple(
            3600 * hour + 60 * minute
            for hour in sorted(_values(hours, 0, 23))
            for minute in sorted(_values(minutes, 0, 59))
        )
    return tuple(round(k * 86_400 / runs) for k in range(max(1, round(runs))))


def _cron(fields: list[str], text: str) -> float:
    minutes, hours, day, month, weekday, year = fields
    try:
        _values(year, 1970, 2199)
        times = len(_values(minutes, 0, 59)) * len(_values(hours, 0, 23))
        return times * _day_share(day, weekday) * len(_values(month, 1, 12, _MONTHS)) / 12.0
    except ValueError as error:
        raise InvalidSetting(f"'{text}' is no schedule of AWS: {error}.") from error


def _day_share(day: str, weekday: str) -> float:
    """Return the share of all days that two fields allow; AWS takes one of them at most."""
    if day not in _ANY and weekday not in _ANY:
        raise ValueError("one of the days, of the month or of the week, must be ?")
    if weekday not in _ANY:
        if _ONCE_A_MONTH.fullmatch(weekday) and weekday != "L":
            return 1.0 / DAYS_PER_MONTH
        return len(_values(weekday.replace("L", "7"), 1, 7, _WEEKDAYS)) / 7.0
    if day in _ANY:
        return 1.0
    if _ONCE_A_MONTH.fullmatch(day):
        return 1.0 / DAYS_PER_MONTH
    return min(1.0, len(_values(day, 1, 31)) / DAYS_PER_MONTH)


def _values(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> set[int]:
    """Return the values that a field of a cron expression allows. Raises ValueError."""
    if field in _ANY:
        return set(range(low, high + 1))
    found: set[int] = set()
    for part in field.split(","):
        match = _STEP.fullmatch(part)
        if match is None:
            raise ValueError(f"'{part}' is no value")
        step = int(match["step"] or 1)
        if step < 1:
            raise ValueError("a step must be at least 1")
        first = low if match["first"] == "*" else _value(match["first"], low, high, names)
        last = _last(match, first, low, high, names)
        if last < first:  # From Friday to Monday, from 22 to 2 o'clock.
            last += high - low + 1
        found |= {low + (k - low) % (high - low + 1) for k in range(first, last + 1, step)}
    return found


def _last(match: re.Match[str], first: int, low: int, high: int, names: tuple[str, ...]) -> int:
    if match["last"]:
        return _value(match["last"], low, high, names)
    return high if match["first"] == "*" or match["step"] else first


def _value(text: str, low: int, high: int, names: tuple[str, ...]) -> int:
    if text.upper() in names:
        return low + names.index(text.upper())
    if not text.isdigit() or not low <= int(text) <= high:
        raise ValueError(f"'{text}' is not between {low} and {high}")
    return int(text)
