from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design
from tests.designs.changes import newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/components/Table/remove/"


def test_it_removes_a_component_with_its_links(
    alice_client: Client, design: Design, url: str
) -> None:
    response = alice_client.post(url, {"version": 1})

    assert response["Location"] == f"/designs/{design.pk}/"
    architecture = newest(design)
    assert {component.id for component in architecture} == {"Api", "Orders"}
    assert {link.target for link in architecture.links} == {"Orders"}
    assert design.latest().message == "Table removed"


def test_panel_asks_before_it_removes(
    alice_client: Client, design: Design, htmx: dict[str, str]
) -> None:
    url = f"/designs/{design.pk}/components/Table/"

    panel = alice_client.get(url, headers=htmx).content.decode()

    _, _, asked = panel.partition("<summary>Remove Table</summary>")
    assert "Version 1 stays in the history." in asked
    assert f'action="/designs/{design.pk}/components/Table/remove/"' in asked


def test_without_a_version_nothing_is_removed(
    alice_client: Client, design: Design, url: str
) -> None:
    response = alice_client.post(url, follow=True)

    assert "Nothing is saved" in response.content.decode()
    assert design.versions.count() == 1


def test_unknown_component_is_not_found(alice_client: Client, design: Design) -> None:
    url = f"/designs/{design.pk}/components/Nope/remove/"

    assert alice_client.post(url, {"version": 1}).status_code == 404


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_remove(
    request: pytest.FixtureRequest, design: Design, url: str, person: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, {"version": 1}).status_code == 404
    assert design.versions.count() == 1


def test_get_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.get(url).status_code == 405
