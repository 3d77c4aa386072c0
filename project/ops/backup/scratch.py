"""An empty database that is there for one proof, in a file of SQLite."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import connections

ALIAS: Final = "scratch"


@contextmanager
def scratch_database() -> Iterator[str]:
    """Give the alias of an empty, migrated database, and take it away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        default = connections.settings["default"]
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(folder) / "scratch")}
        added = connections.configure_settings({"default": default, ALIAS: database})
        connections.settings[ALIAS] = added[ALIAS]
        try:
            call_command("migrate", database=ALIAS, verbosity=0, interactive=False)
            yield ALIAS
        finally:
            connections[ALIAS].close()
            del connections[ALIAS]
            del connections.settings[ALIAS]
