from __future__ import annotations

import pytest
from django.core.files.storage import InMemoryStorage
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from apps.facts.models import PriceBook
from project import health


def test_process_answers_without_the_database(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_broken_database_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setitem(health.CHECKS, "database", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] == "failed"
    assert "refused" not in response.content.decode()


@pytest.mark.django_db
def test_unreachable_storage_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: InMemoryStorage, name: str) -> bool:
        raise ConnectionError(name)

    monkeypatch.setattr(InMemoryStorage, "exists", refuse)

    assert client.get("/readyz").json()["storage"] == "failed"


@pytest.mark.django_db
def test_missing_table_of_the_cache_is_not_ready(client: Client, settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "never_made",
        }
    }

    assert client.get("/readyz").json()["cache"] == "failed"


@pytest.mark.django_db
def test_not_ready_before_facts_are_loaded(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "database": "ok",
        "storage": "ok",
        "cache": "ok",
        "facts": "failed",
    }


@pytest.mark.django_db
def test_ready_once_there_is_a_price_book(client: Client) -> None:
    PriceBook.objects.create(region="us-east-1", source="packaged", sha256="0", is_current=True)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert set(response.json().values()) == {"ok"}
