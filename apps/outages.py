"""Errors that are nobody's fault in the code: something we need is out of reach for a while.

Whoever meets one waits and tries again, where any other error would only come again.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django import db

DATABASE: Final = "database"
DISK: Final = "disk"
FILES: Final = "store of files"

_FULL_OR_EXHAUSTED: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE}
)
# Named and not imported: loading boto3 would make every cold start wait.
_OF_AWS: Final = ("botocore.", "boto3.", "s3transfer.")
# Ours: a call that AWS could never have understood.
_WRONG_CALL: Final = "ParamValidationError"
# A statement that is too long or too deep stays so. https://www.postgresql.org/docs/current/errcodes-appendix.html
_TOO_COMPLEX: Final = "54"
# The other end is gone (57P01 to 57P03, class 08), or is no longer the one that may write (25006),
# as after a fail-over; 25P03 closes a connection that idled in its transaction.
_LOST_STATES: Final = frozenset({"57P01", "57P02", "57P03", "25006", "25P03"})
_LOST_CLASS: Final = "08"


@dataclass(frozen=True, slots=True)
class Outage:
    """What is out of reach; `is_lost` if a new connection may be all that it takes."""

    part: str
    is_lost: bool = False


class WriteLost(db.OperationalError):
    """A transaction could not be kept, although nobody had said so."""


def outage_of(error: BaseException | None) -> Outage | None:
    """Return what is out of reach if that is why an error was raised."""
    for link in _chain(error):
        found = _of_database(link) or _of_disk(link) or _of_files(link)
        if found:
            return found
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came of: cleaning up after an outage often fails as well."""
    while error is not None:
        yield error
        hidden = error.__context__ if not error.__suppress_context__ else None
        error = error.__cause__ or hidden


def _of_database(error: BaseException) -> Outage | None:
    if not isinstance(error, db.Error):
        return None
    cause = error.__cause__
    state = str(getattr(cause, "sqlstate", None) or "")
    if isinstance(error, db.InterfaceError) or state in _LOST_STATES:
        return Outage(DATABASE, is_lost=True)
    if not isinstance(error, db.OperationalError) or state.startswith(_TOO_COMPLEX):
        return None
    # SQLite's word for every mistake in a statement, such as a table that is not there.
    if getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR":
        return None
    return Outage(DATABASE, is_lost=_was_lost(cause, state))


def _was_lost(cause: BaseException | None, state: str) -> bool:
    """Say whether a connection broke that was there; what refuses new ones refuses the next too."""
    is_postgresql = hasattr(cause, "sqlstate")
    # psycopg hands over the connection where an attempt to connect has failed.
    is_refused = getattr(cause, "pgconn", None) is not None
    return state.startswith(_LOST_CLASS) or (is_postgresql and not state and not is_refused)


def _of_disk(error: BaseException) -> Outage | None:
    is_full = isinstance(error, OSError) and error.errno in _FULL_OR_EXHAUSTED
    return Outage(DISK) if is_full else None


def _of_files(error: BaseException) -> Outage | None:
    kinds = type(error).__mro__
    is_of_aws = any(f"{kind.__module__}.".startswith(_OF_AWS) for kind in kinds)
    is_ours = any(kind.__name__ == _WRONG_CALL for kind in kinds)
    return Outage(FILES) if is_of_aws and not is_ours else None
