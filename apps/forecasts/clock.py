"""The clock by which workers take work over: the database's, which all of them share.

By its own clock, a machine that is a minute ahead would take from all others what they are at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

Clock = Callable[[], datetime]


def database_now() -> datetime:
    """Return what the database's clock shows; SQLite has that of this machine."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT CLOCK_TIMESTAMP()")
        now: datetime = cursor.fetchone()[0]
    return now


def database_clock() -> Clock:
    """Return a clock that was set by the database's once, so that reading it costs no query."""
    ahead = timezone.now() - database_now()
    return lambda: timezone.now() - ahead
