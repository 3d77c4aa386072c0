"""Cursors that keep the text of a statement short.

RDS Proxy pins a session whose statement has more than 16 KB of text. Values stand in the text of
what Django sends, since it binds them itself, and a design or an upload has more than that. So
long values travel beside the text, as parameters of a statement without a name, which the proxy
shares as it does plain text.

References
----------
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
https://aws.amazon.com/blogs/database/amazon-rds-proxy-multiplexing-support-for-postgresql-extended-query-protocol/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.backends.postgresql.psycopg_any import Jsonb
from psycopg import Binary
from psycopg import Cursor as ServerBindingCursor

# A character takes four bytes at most, so this is less than 16 KB.
SHORT_CHARACTERS: Final = 4000
# The protocol counts parameters in 16 bits.
MOST_PARAMETERS: Final = 65_535


class Cursor:
    """One of two cursors of psycopg: for short statements, and for those with long values."""

    def __init__(self, short: Any) -> None:
        self._short = self._active = short

    def execute(self, query: Any, params: Any = None) -> Any:
        self._active = self._of_long() if is_long(query, params) else self._short
        return self._active.execute(query, params)

    def executemany(self, query: Any, params: Any) -> Any:
        self._active = self._short
        return self._active.executemany(query, params)

    def close(self) -> None:
        self._active.close()
        self._short.close()

    def _of_long(self) -> Any:
        cursor = ServerBindingCursor(self._short.connection)
        # Django may have told this one cursor of another time zone.
        cursor._adapters = self._short.adapters
        return cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._active, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._active)


def is_long(query: Any, params: Any) -> bool:
    """Tell whether a statement might become too long a text with its values in it."""
    if not params or not isinstance(query, str) or len(params) > MOST_PARAMETERS:
        return False
    return len(query) + sum(map(_characters, params)) > SHORT_CHARACTERS


def _characters(value: Any) -> int:
    if isinstance(value, Jsonb):
        return SHORT_CHARACTERS  # Its length is known once it is written, which costs as much.
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Binary):
        return 2 * len(value.obj)
    if isinstance(value, bytes | bytearray | memoryview):
        return 2 * len(value)
    if isinstance(value, list | tuple):
        return sum(map(_characters, value))
    return 40  # The longest of the others is a time or a UUID, with its type.
