"""What a process has loaded by its first answer: a cold start pays for each module."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from apps.accounts.models import Team, User
from tests.forecasts.conftest import keep_forecast, make_design

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import json, sys
from wsgiref.util import setup_testing_defaults
from project.wsgi import application

environ = json.loads(sys.argv[1])
setup_testing_defaults(environ)
answer = application(environ, lambda status, headers: print(status))
b"".join(answer)
answer.close()
print(json.dumps(sorted(sys.modules)))
"""
PRODUCTION = {
    "SECRET_KEY": settings.SECRET_KEY,  # It signs the session.
    "ALLOWED_HOSTS": "127.0.0.1",
    "MEDIA_BUCKET": "none",
    "EMAIL_HOST": "none",
    "EMAIL_HOST_PASSWORD": "none",
    "DEFAULT_FROM_EMAIL": "none@example.com",
    "STATIC_ORIGIN": "https://static.example.com",
    "DEBUG": "True",  # Files are not collected here, so they have no other names.
}
# The engine's numbers, second steps, and clients that only some pages need.
HEAVY = {"numpy", "fido2", "qrcode", "cryptography", "yaml", "boto3", "botocore", "storages"}
# What Django loads of an app that has models, whoever asks for them.
INSTALLED = {
    f"allauth.mfa{part}"
    for part in ("", ".adapter", ".admin", ".app_settings", ".apps", ".checks", ".models",
                 ".signals", ".utils")
}  # fmt: skip


def loaded_by(
    path: str, *, status: str, database: str = "sqlite:///:memory:", **environ: str
) -> set[str]:
    asked: dict[str, Any] = {"PATH_INFO": path, "HTTP_X_FORWARDED_PROTO": "https", **environ}
    libpq = {name: value for name, value in os.environ.items() if name.startswith("PG")}
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(asked)],
        cwd=ROOT,
        env={**PRODUCTION, **libpq, "DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=True,
    )
    *_, said, modules = done.stdout.splitlines()
    assert said.startswith(status), done.stderr
    return set(json.loads(modules))


def heavy(modules: set[str]) -> list[str]:
    return sorted(
        name
        for name in modules - INSTALLED
        if name.partition(".")[0] in HEAVY or name.startswith("allauth.mfa")
    )


@pytest.mark.parametrize(
    ("path", "status", "most"),
    [("/", "302", 840), ("/healthz", "200", 840), ("/accounts/login/", "200", 900)],
)
def test_first_answer_loads_no_more_than_it_needs(path: str, status: str, most: int) -> None:
    modules = loaded_by(path, status=status)

    assert heavy(modules) == []
    assert len(modules) <= most


@pytest.mark.django_db(transaction=True)
def test_front_page_of_somebody_with_forecasts_runs_no_engine(team: Team, olga: User) -> None:
    keep_forecast(make_design(team, olga), {})
    client = Client()
    client.force_login(olga)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].OutputString()
    database = f"postgresql:///{connection.settings_dict['NAME']}"

    modules = loaded_by("/", status="200", database=database, HTTP_COOKIE=cookie)

    assert heavy(modules) == []
    assert len(modules) <= 980


def test_a_page_of_the_engine_would_be_noticed() -> None:
    modules = loaded_by("/designs/new/", status="302")

    assert "numpy" in modules
