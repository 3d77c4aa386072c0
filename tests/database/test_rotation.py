"""The password of the database is changed while functions run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connections

from project import lambda_secrets

pytestmark = [pytest.mark.django_db]


class Door:
    """Secrets Manager, as far as the application sees it."""

    def __init__(self) -> None:
        self.password = "first"
        self.asked = 0
        self.is_shut = False

    def read(self, name: str, environment: Mapping[str, str], now: datetime) -> dict[str, str]:
        self.asked += 1
        if self.is_shut:
            raise lambda_secrets.SecretsMissing("shut")
        return {"username": "head", "password": self.password}


@pytest.fixture
def door(guarded: str, monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door()
    monkeypatch.setattr(lambda_secrets, "read_secrets", door.read)
    variables = {"PGUSER": "head", "PGPASSWORD": "first", "DATABASE_SECRET_ARN": "database"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    run(guarded, "DROP ROLE IF EXISTS head")
    run(guarded, "CREATE ROLE head LOGIN PASSWORD 'first'")
    return door


def run(folder: str, statement: str) -> None:
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", port=5432) as session:
        session.execute("SELECT pg_reload_conf()")
        session.execute(statement)


def rotate(folder: str, door: Door, password: str) -> None:
    run(folder, f"ALTER ROLE head PASSWORD '{password}'")
    door.password = password


def new_environment(folder: str) -> Any:
    database = connections["default"].copy("rotating")
    database.settings_dict.update(HOST=folder, PORT="5432", NAME="postgres", USER="", PASSWORD="")
    return database


def user_of(database: Any) -> str:
    with database.cursor() as cursor:
        cursor.execute("SELECT current_user")
        name: str = cursor.fetchone()[0]
    database.close()
    return name


def test_new_password_is_read_once_and_kept(guarded: str, door: Door) -> None:
    database = new_environment(guarded)
    assert (user_of(database), door.asked) == ("head", 0)

    rotate(guarded, door, "second")

    assert [user_of(database) for _ in range(3)] == ["head"] * 3
    assert user_of(new_environment(guarded)) == "head"
    assert (door.asked, os.environ["PGPASSWORD"]) == (1, "second")


def test_password_that_is_wrong_in_the_secret_too_is_told(guarded: str, door: Door) -> None:
    run(guarded, "ALTER ROLE head PASSWORD 'elsewhere'")

    with pytest.raises(OperationalError, match="password authentication failed"):
        user_of(new_environment(guarded))
    assert door.asked == 1


def test_second_new_password_is_not_asked_for_again(guarded: str, door: Door) -> None:
    rotate(guarded, door, "second")
    door.password = "not yet"

    with pytest.raises(OperationalError, match="password authentication failed"):
        user_of(new_environment(guarded))
    assert door.asked == 1


def test_what_the_database_said_is_told_where_secrets_are_out_of_reach(
    guarded: str, door: Door
) -> None:
    rotate(guarded, door, "second")
    door.is_shut = True

    with pytest.raises(OperationalError, match="password authentication failed"):
        user_of(new_environment(guarded))


def test_other_faults_do_not_ask_for_secrets(guarded: str, door: Door) -> None:
    with pytest.raises(OperationalError):
        user_of(new_environment("/nowhere"))

    assert door.asked == 0


@pytest.mark.parametrize(
    "words",
    [
        'FATAL:  password authentication failed for user "head"',
        "FATAL:  The password that was provided for the role head is wrong.",
        "FATAL:  This RDS proxy has no credentials for the role head.",
    ],
)
def test_words_of_the_proxy_are_understood(
    words: str, guarded: str, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = new_environment(guarded)
    connect = psycopg.connect
    rotate(guarded, door, "second")

    def refuse_first(**parameters: Any) -> Any:
        if door.asked == 0:
            raise psycopg.OperationalError(words)
        return connect(**parameters)

    monkeypatch.setattr(database.Database, "connect", refuse_first)

    assert user_of(database) == "head"
