"""Django's PostgreSQL, with a password that may change and nothing that pins a proxy's session.

Django loads this module by name: ENGINE is `project.database`.

References
----------
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
"""

from __future__ import annotations

import logging
import os
import re
from typing import Any, Final

from django.db.backends.postgresql import base

from project.database.cursors import Cursor

logger = logging.getLogger(__name__)
# libpq gives no code for it, only the words of PostgreSQL or of RDS Proxy.
NOT_LET_IN: Final = re.compile("password|credentials|authentication", re.IGNORECASE)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; where the password is refused, ask once whether there is a new one."""
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError as error:
            if not NOT_LET_IN.search(str(error)) or not _has_new_user():
                raise
        logger.info("The user of the database has a new password.")
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        return cursor if name else Cursor(cursor)

    def _configure_timezone(self, connection: Any) -> bool:
        # A proxy that does not say which zone it has would be asked to set it by every
        # connection, and pin each. The role has the zone by itself: `migrate` sees to it.
        if connection.info.parameter_status("TimeZone") is None:
            return False
        return bool(super()._configure_timezone(connection))  # type: ignore[misc]


def _has_new_user() -> bool:
    # Imported here: only Lambda has secrets to read.
    from project.lambda_secrets import SecretsMissing, set_database_user

    before = os.environ.get("PGUSER"), os.environ.get("PGPASSWORD")
    try:
        set_database_user(os.environ)
    except SecretsMissing:
        # What the database said is the fault to tell.
        logger.exception("The user of the database cannot be read again.")
    return before != (os.environ.get("PGUSER"), os.environ.get("PGPASSWORD"))
