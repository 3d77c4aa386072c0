from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apps.accounts.models import Team
from project.database.replica import COOKIE, ReplicaMiddleware, ReplicaRouter
from tests.project.test_stages import BACKUPS, PRODUCTION, run

router = ReplicaRouter()


def ask(request: HttpRequest, view: Callable[[], str]) -> tuple[str, HttpResponse]:
    where: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        where.append(view())
        return HttpResponse()

    response = ReplicaMiddleware(answer)(request)
    return where[0], response


def read() -> str:
    return router.db_for_read(Team)


def write_then_read() -> str:
    router.db_for_write(Team)
    return read()


@pytest.fixture
def get() -> HttpRequest:
    return RequestFactory().get("/")


def test_safe_request_reads_from_the_replica(get: HttpRequest) -> None:
    where, response = ask(get, read)

    assert where == "replica"
    assert COOKIE not in response.cookies


def test_request_that_changes_something_does_not() -> None:
    where, response = ask(RequestFactory().post("/"), read)

    assert where == "default"
    assert response.cookies[COOKIE]["max-age"] == 60


def test_whoever_wrote_lately_reads_what_he_wrote(get: HttpRequest) -> None:
    get.COOKIES[COOKIE] = "1"

    assert ask(get, read)[0] == "default"


def test_safe_request_that_writes_reads_what_it_wrote(get: HttpRequest) -> None:
    assert ask(get, write_then_read)[0] == "default"


def test_sessions_are_never_old(get: HttpRequest) -> None:
    assert ask(get, lambda: router.db_for_read(Session))[0] == "default"


def test_outside_requests_nothing_is_old(get: HttpRequest) -> None:
    ask(get, read)

    assert read() == "default"
    assert router.db_for_write(Team, instance=Team()) == "default"
    assert router.allow_migrate("replica", "accounts") is False
    assert router.allow_migrate("default", "accounts") is None


def test_replica_is_off_until_it_has_a_host() -> None:
    ask_settings = (
        "from project import settings as s; "
        "print(sorted(s.DATABASES), s.DATABASES.get('replica', {}).get('HOST'), "
        "getattr(s, 'DATABASE_ROUTERS', []), len([m for m in s.MIDDLEWARE if 'replica' in m]))"
    )
    off = run("-c", ask_settings, **PRODUCTION)
    on = run("-c", ask_settings, **PRODUCTION, DATABASE_REPLICA_HOST="replica.example.com")

    assert off.stdout == "['default'] None [] 0\n"
    assert on.stdout == (
        "['default', 'replica'] replica.example.com ['project.database.replica.ReplicaRouter'] 1\n"
    )


def test_application_starts_with_a_replica() -> None:
    more = {"DATABASE_REPLICA_HOST": "replica.example.com", "STAGE": "production", **BACKUPS}
    process = run("manage.py", "check", "--deploy", "--fail-level=WARNING", **PRODUCTION, **more)

    assert process.returncode == 0, process.stderr
