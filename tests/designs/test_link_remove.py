from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design
from tests.designs.changes import newest

pytestmark = pytest.mark.django_db
READS = {"version": 1, "target": "Table", "role": "read"}


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/components/Orders/disconnect/"


def test_it_disconnects_one_door_only(alice_client: Client, design: Design, url: str) -> None:
    response = alice_client.post(url, READS)

    assert response["Location"] == f"/designs/{design.pk}/?component=Orders#panel"
    assert {link.key for link in newest(design).outbound("Orders")} == {
        ("Orders", "Table", "write")
    }
    assert design.latest().message == "Orders → Table (read) disconnected"


def test_link_that_is_not_there_changes_nothing(
    alice_client: Client, design: Design, url: str
) -> None:
    response = alice_client.post(url, {**READS, "role": "fly"}, follow=True)

    assert "Nothing is changed" in response.content.decode()
    assert design.versions.count() == 1


@pytest.mark.parametrize("missing", ["version", "target", "role"])
def test_half_a_form_changes_nothing(
    alice_client: Client, design: Design, url: str, missing: str
) -> None:
    alice_client.post(url, {**READS, missing: ""})

    assert design.versions.count() == 1


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_disconnect(
    request: pytest.FixtureRequest, design: Design, url: str, person: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, READS).status_code == 404
    assert design.versions.count() == 1


def test_get_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.get(url).status_code == 405
