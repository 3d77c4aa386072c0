from __future__ import annotations

import time

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client
from pytest_django.fixtures import Settings

from project.ops import maintenance


def test_everybody_is_told_when_to_come_again(client: Client) -> None:
    maintenance.close(seconds=600, now_s=time.time())

    response = client.get("/accounts/login/")

    assert response.status_code == 503
    assert 590 <= int(response["Retry-After"]) <= 600
    assert b"closed for maintenance" in response.content
    assert "Content-Security-Policy" in response.headers


def test_nothing_is_written_while_closed(client: Client, settings: Settings) -> None:
    """No database mark: a query would fail."""
    settings.MAINTENANCE = True

    assert client.post("/accounts/login/", {"login": "a", "password": "b"}).status_code == 503


def test_htmx_gets_a_fragment(client: Client, settings: Settings, htmx: dict[str, str]) -> None:
    settings.MAINTENANCE = True

    assert b"<html" not in client.get("/", headers=htmx).content


def test_process_stays_healthy_while_closed(client: Client, settings: Settings) -> None:
    settings.MAINTENANCE = True

    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_it_opens_again(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("maintenance", "on", minutes=5)
    assert Client().get("/accounts/login/").status_code == 503

    call_command("maintenance", "off")

    assert Client().get("/accounts/login/").status_code == 200
    assert capsys.readouterr().out == "Closed for 5 minutes.\nOpen.\n"


@pytest.mark.django_db
def test_running_process_hears_of_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = time.time()
    assert client.get("/accounts/login/").status_code == 200
    maintenance.close(seconds=600, now_s=now_s)

    monkeypatch.setattr(time, "time", lambda: now_s + maintenance.ASKED_EVERY_S + 1)

    assert client.get("/accounts/login/").status_code == 503


@pytest.mark.django_db
def test_lost_cache_does_not_close_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(key: str) -> None:
        raise DatabaseError("no such table: cache")

    monkeypatch.setattr(cache, "get", fail)

    assert client.get("/accounts/login/").status_code == 200


def test_what_a_variable_closes_a_command_cannot_open(settings: Settings) -> None:
    settings.MAINTENANCE = True

    with pytest.raises(CommandError, match="MAINTENANCE variable"):
        call_command("maintenance", "off")
