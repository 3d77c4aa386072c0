from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/rename/"


def test_it_renames(alice_client: Client, design: Design, url: str) -> None:
    response = alice_client.post(url, {"name": "Orders"})

    assert response["Location"] == f"/designs/{design.pk}/history/"
    design.refresh_from_db()
    assert design.name == "Orders"
    assert design.versions.count() == 1


def test_empty_name_shows_an_error(alice_client: Client, design: Design, url: str) -> None:
    response = alice_client.post(url, {"name": ""})

    assert response.status_code == 422
    assert b"This field is required." in response.content
    design.refresh_from_db()
    assert design.name == "Checkout"


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_rename(
    request: pytest.FixtureRequest, design: Design, url: str, person: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, {"name": "Mine"}).status_code == 404
    design.refresh_from_db()
    assert design.name == "Checkout"


def test_get_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.get(url).status_code == 405
