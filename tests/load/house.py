"""What the function needs around it: PostgreSQL, the demo designs, people who are signed in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.plugins.postgres import Cluster

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "headroom_load"
KEY = "0123456789" * 6
DESIGN = "Headroom itself"
# A person may look at 120 forecasts in a minute (`project.ops.limits`); more come than that.
PEOPLE = 60
VARIABLES = {
    "DJANGO_SETTINGS_MODULE": "project.settings",
    "SECRET_KEY": KEY,
    "DATABASE_URL": f"postgresql:///{DATABASE}",
    "ALLOWED_HOSTS": ".on.aws",
    "MEDIA_BUCKET": "none",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_HOST_PASSWORD": "none",
    "DEFAULT_FROM_EMAIL": "headroom@example.com",
    "STATIC_ORIGIN": "https://static.example.com",
}
SIGN_IN = f"""
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from apps.accounts.models import Membership, User
from apps.designs.models import Design
from apps.forecasts.management.commands.load_demo import EMAIL

design = Design.objects.filter(name={DESIGN!r}).get(team__memberships__user__email=EMAIL)
store = import_module(settings.SESSION_ENGINE).SessionStore
keys = []
for k in range({PEOPLE}):
    user = User.objects.create(email=f"user{{k}}@example.com")
    Membership.objects.create(team=design.team, user=user, role=Membership.Role.VIEWER)
    session = store()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    keys.append(f"{{settings.SESSION_COOKIE_NAME}}={{session.session_key}}")
print(json.dumps({{"path": design.get_absolute_url(), "cookies": keys}}))
"""


@dataclass(frozen=True)
class House:
    """A database with the demo designs: the page to look at, and cookies of those who may."""

    path: str
    cookies: list[str]
    postmaster: int

    def variables(self) -> dict[str, str]:
        here = {name: value for name, value in os.environ.items() if name.startswith("PG")}
        return {**VARIABLES, **here}

    def queries(self) -> int:
        """Return how many statements the database has answered, each a transaction of its own."""
        with psycopg.connect("dbname=postgres", autocommit=True) as connection:
            connection.execute("SELECT pg_stat_clear_snapshot()")
            sql = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s"
            found = connection.execute(sql, [DATABASE]).fetchone()
        assert found is not None
        return int(found[0])

    def database_s(self) -> float:
        """Return the CPU time of all connections that have ended. proc(5): cutime, cstime."""
        fields = Path(f"/proc/{self.postmaster}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def open_house() -> Iterator[House]:
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    cluster = Cluster()
    cluster.start()
    try:
        with psycopg.connect("dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        for command in (("migrate", "--noinput"), ("load_facts",)):
            manage(*command)
        manage("load_demo")
        found = json.loads(manage("shell", "-v", "0", "-c", SIGN_IN).splitlines()[-1])
        postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
        yield House(found["path"], found["cookies"], postmaster)
    finally:
        cluster.stop()


def manage(*arguments: str) -> str:
    """Run a management command of the repository, at home in the test's own database."""
    home = {"STAGE": "home", "DATABASE_URL": VARIABLES["DATABASE_URL"], "SECRET_KEY": KEY}
    ran = subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env={**os.environ, **home},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        raise RuntimeError(f"manage.py {arguments[0]}: {ran.stderr[-3000:]}")
    return ran.stdout
