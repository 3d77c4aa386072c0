from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from project import env


def test_required_variable_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with pytest.raises(ImproperlyConfigured, match="Set the SECRET_KEY environment variable"):
        env.env_str("SECRET_KEY")


def test_truth_is_spelled_as_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "yes")

    with pytest.raises(ImproperlyConfigured, match="DEBUG=yes: use 'True' or 'False'"):
        env.env_bool("DEBUG", default=False)


def test_number_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_PORT", "smtp")

    with pytest.raises(ImproperlyConfigured, match="EMAIL_PORT=smtp: use a whole number"):
        env.env_int("EMAIL_PORT", 587)


def test_postgresql_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgresql://head:p%40ss@db.example.com:6432/room?sslmode=require"
    monkeypatch.setenv("DATABASE_URL", address)

    database = env.env_database("DATABASE_URL")

    assert database["ENGINE"] == "project.database"
    assert (database["USER"], database["PASSWORD"]) == ("head", "p@ss")
    assert (database["HOST"], database["PORT"]) == ("db.example.com", "6432")
    assert database["NAME"] == "room"
    assert database["OPTIONS"]["sslmode"] == "require"


def test_sqlite_address_is_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/c%23/db.sqlite3")

    assert env.env_database("DATABASE_URL")["NAME"] == "/srv/c#/db.sqlite3"


def test_other_databases_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://db.example.com/room")

    with pytest.raises(ImproperlyConfigured, match="must begin with 'postgresql://'"):
        env.env_database("DATABASE_URL")


def test_local_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"

    secret = env.local_secret(path)

    assert len(secret) > 50
    assert env.local_secret(path) == secret
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]
