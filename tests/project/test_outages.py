from __future__ import annotations

import errno
import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.files.storage import InMemoryStorage
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError, transaction
from django.test import Client

from apps.accounts.http import UserRequest
from apps.accounts.models import Team, User
from apps.designs import actions
from apps.designs.models import Design, Version
from apps.forecasts.models import Forecast
from apps.forecasts.views import home
from apps.outages import DATABASE, DISK, Outage, outage_of
from project.ops import outages, schema
from tests.forecasts.conftest import make_design

Raiser = Callable[..., Any]


def because(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def at_sqlite(statement: str) -> Exception:
    try:
        sqlite3.connect(":memory:").execute(statement)
    except sqlite3.Error as error:
        return error
    raise AssertionError("It was understood.")


def raising(error: BaseException) -> Raiser:
    def raise_it(*args: Any, **kwargs: Any) -> Any:
        raise error

    return raise_it


LOST = because(OperationalError("gone"), psycopg.OperationalError("server closed the connection"))
SHUT_DOWN = because(OperationalError("gone"), psycopg.errors.AdminShutdown("terminating"))
READ_ONLY = because(InternalError("a replica"), psycopg.errors.ReadOnlySqlTransaction("replica"))
EXHAUSTED = because(OperationalError("full"), psycopg.errors.TooManyConnections("too many clients"))
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (LOST, Outage(DATABASE, is_lost=True)),
        (SHUT_DOWN, Outage(DATABASE, is_lost=True)),
        (READ_ONLY, Outage(DATABASE, is_lost=True)),
        (InterfaceError("the connection is closed"), Outage(DATABASE, is_lost=True)),
        (EXHAUSTED, Outage(DATABASE)),
        (because(RuntimeError("cleaning up"), FULL), Outage(DISK)),
        (FULL, Outage(DISK)),
    ],
)
def test_what_is_out_of_reach_is_known(error: Exception, outage: Outage) -> None:
    assert outage_of(error) == outage


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("ours"),
        FileNotFoundError(errno.ENOENT, "no such file"),
        because(OperationalError("ours"), at_sqlite("SELECT nothing FROM nowhere")),
        because(OperationalError("ours"), psycopg.errors.StatementTooComplex("too deep")),
        because(ProgrammingError("ours"), psycopg.errors.SyntaxError("no SQL")),
    ],
)
def test_our_own_mistakes_stay_mistakes(error: Exception | None) -> None:
    assert outage_of(error) is None


@pytest.fixture
def quiet(client: Client, olga: User) -> Client:
    client.raise_request_exception = False
    client.force_login(olga)
    return client


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception]]:
    """What the front page meets, one after the other, before it meets nothing."""
    ahead: list[Exception] = []
    real = home._rows

    def rows(request: UserRequest) -> Any:
        if ahead:
            raise ahead.pop(0)
        return real(request)

    monkeypatch.setattr(home, "_rows", rows)
    yield ahead
    assert ahead == []


def test_outage_is_a_page_that_says_when_to_come_again(
    quiet: Client, failing: list[Exception]
) -> None:
    failing.append(EXHAUSTED)

    response = quiet.get("/")

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert b"cannot answer just now" in response.content
    assert b"Traceback" not in response.content
    assert b"too many clients" not in response.content
    # Headers are those of every page.
    assert "Content-Security-Policy" in response.headers
    assert response["X-Request-Id"]


def test_programs_get_json(quiet: Client, failing: list[Exception]) -> None:
    failing.append(EXHAUSTED)

    response = quiet.get("/", headers={"Accept": "application/json"})

    assert response.status_code == 503
    assert response["Content-Type"] == "application/json"
    said = json.loads(response.content)
    assert said["error"] == (
        f"Something that Headroom needs is out of reach; come again in {response['Retry-After']} s."
    )


def test_browsers_get_a_page_although_they_take_anything(
    quiet: Client, failing: list[Exception]
) -> None:
    failing.append(EXHAUSTED)

    response = quiet.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert b"<html" in response.content


def test_htmx_gets_a_fragment(
    quiet: Client, failing: list[Exception], htmx: dict[str, str]
) -> None:
    failing.append(EXHAUSTED)

    response = quiet.get("/", headers=htmx)

    assert response.status_code == 503
    assert b"<html" not in response.content


def test_reading_is_tried_again_on_a_new_connection(
    quiet: Client, failing: list[Exception]
) -> None:
    failing.append(LOST)

    assert quiet.get("/").status_code == 200


def test_reading_is_tried_again_once(quiet: Client, failing: list[Exception]) -> None:
    failing += [LOST, LOST]

    assert quiet.get("/").status_code == 503


def test_writing_is_not_tried_again(quiet: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def create(**fields: object) -> None:
        tried.append(fields)
        raise LOST

    monkeypatch.setattr(Version.objects, "create", create)
    team = Team.objects.get()

    response = quiet.post("/designs/new/blank/", {"name": "Shop", "team": team.pk})

    assert response.status_code == 503
    assert len(tried) == 1
    assert not Design.objects.exists()


def test_mistakes_are_still_mistakes(quiet: Client, failing: list[Exception]) -> None:
    failing.append(ValueError("ours"))

    assert quiet.get("/").status_code == 500


def test_middleware_may_meet_it_too(quiet: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FallbackStorage, "update", raising(EXHAUSTED))

    assert quiet.get("/").status_code == 503


def test_missing_column_is_an_outage_while_migrations_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = because(ProgrammingError("?"), psycopg.errors.UndefinedColumn("no such column"))

    monkeypatch.setattr(schema, "is_behind", lambda: False)
    assert schema.outage_of(missing) is None
    monkeypatch.setattr(schema, "is_behind", lambda: True)
    assert schema.outage_of(missing) == Outage(schema.SCHEMA)


@pytest.mark.django_db
def test_schema_of_the_tests_is_not_behind() -> None:
    assert not schema.is_behind()


def test_full_disk_leaves_nothing_half(
    quiet: Client, olga: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = make_design(team, olga, "Shop")
    address = f"/designs/{design.pk}/forecast/"
    with monkeypatch.context() as broken:
        # It lasts for the whole run of tests, and another may have kept the same day.
        broken.setattr(InMemoryStorage, "exists", lambda self, name: False)
        broken.setattr(InMemoryStorage, "_save", raising(FULL))
        refused = quiet.get(address)
    assert (refused.status_code, Forecast.objects.count()) == (503, 0)

    assert quiet.get(address).status_code == 200
    assert Forecast.objects.get().is_done


def test_swallowed_loss_does_not_pass_for_success(
    quiet: Client, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache says nothing when it cannot write; then what the view wrote is undone as well."""

    def create(**fields: object) -> SimpleNamespace:
        transaction.set_rollback(True)
        return SimpleNamespace(pk=uuid.uuid4())

    monkeypatch.setattr(actions, "create_blank_design", create)

    response = quiet.post("/designs/new/blank/", {"name": "Shop", "team": team.pk})

    assert response.status_code == 503


def test_log_has_one_line_with_what_is_away(
    quiet: Client, failing: list[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    failing.append(EXHAUSTED)

    quiet.get("/")

    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.getMessage() for record in errors] == ["Out of reach: the database"]
    assert vars(errors[0])["metrics"] == {"Outages": 1}
    assert errors[0].name == outages.logger.name
