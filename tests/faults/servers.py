"""PostgreSQL servers that tests kill, start again and let take over from each other."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.plugins.postgres import Cluster

# The machine outlives the server, so nothing has to reach the disk; but what is acknowledged has
# to be in the hands of the system.
OPTIONS = "-c listen_addresses= -c fsync=off -c wal_level=replica -c max_wal_senders=4"
UNRESERVED = "-c superuser_reserved_connections=0"
START_WITHIN_S = 20.0


class Postgres(Cluster):
    """A server of its own; `like` another, it shares its programs."""

    def __init__(self, like: Postgres | None = None, *, connections: int = 100) -> None:
        self.connections = connections
        if like is None:
            super().__init__()
            return
        self.home = Path(tempfile.mkdtemp(prefix="headroom-pg-"))
        self.data, self.bin, self.user = self.home / "data", like.bin, like.user
        if self.user:
            os.chown(self.home, self.user["user"], self.user["group"])

    def create(self) -> None:
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    def copy_of(self, primary: Postgres) -> None:
        """Become a replica that has whatever the primary has acknowledged."""
        options = ("-h", str(primary.home), "-U", "postgres", "-R", "-X", "stream", "-c", "fast")
        self._run("pg_basebackup", *options)

    def start(self) -> None:
        options = f"-k {self.home} {OPTIONS} {UNRESERVED} -c max_connections={self.connections}"
        log, until_s = str(self.home / "log"), time.monotonic() + START_WITHIN_S
        while True:
            try:
                return self._run("pg_ctl", "-o", options, "-l", log, "-w", "start")
            except pytest.UsageError:
                # Processes of the one that was killed may still hold its memory.
                if time.monotonic() > until_s:
                    raise
                time.sleep(0.2)

    def promote(self) -> None:
        self._run("pg_ctl", "-w", "promote")

    def kill(self) -> None:
        """End it as a power cut would: nobody is told, nothing is written."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            with suppress(pytest.UsageError):  # It may have been killed.
                self._run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.home, ignore_errors=True)

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=str(self.home), user="postgres", dbname=database, autocommit=True
        )

    def query(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        with self.connect(database) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


class Endpoint:
    """The name by which the product knows the server in charge; it can lead to another."""

    def __init__(self, folder: Path, server: Postgres) -> None:
        self.path = folder / "db"
        self.lead_to(server)

    def lead_to(self, server: Postgres) -> None:
        new = self.path.with_name("new")
        new.symlink_to(server.home)
        new.replace(self.path)
