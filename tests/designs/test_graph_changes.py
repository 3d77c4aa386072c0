from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design
from apps.engine.graph import Architecture

pytestmark = pytest.mark.django_db


def newest(design: Design) -> Architecture:
    design.refresh_from_db()
    return design.latest().architecture()


def test_it_adds_a_component(alice_client: Client, design: Design) -> None:
    data = {"version": 1, "kind": "sqs_queue", "id": "Mails"}

    response = alice_client.post(f"/designs/{design.pk}/components/", data)

    assert response["Location"] == f"/designs/{design.pk}/?component=Mails#panel"
    assert newest(design).component("Mails").kind == "sqs_queue"


def test_form_to_add_one(alice_client: Client, design: Design) -> None:
    response = alice_client.get(f"/designs/{design.pk}/components/")

    assert response.status_code == 200
    assert b"SQS queue" in response.content


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "sqs_queue", "id": "Orders"}, "There is a component"),
        ({"kind": "mainframe", "id": "X"}, "Select a valid choice"),
        ({"kind": "account", "id": "X"}, "Select a valid choice"),
        ({"kind": "sqs_queue", "id": ""}, "required"),
    ],
)
def test_wrong_component_is_refused(
    alice_client: Client, design: Design, data: dict[str, str], sentence: str
) -> None:
    response = alice_client.post(f"/designs/{design.pk}/components/", {"version": 1, **data})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert design.versions.count() == 1


def test_it_removes_a_component_with_its_links(alice_client: Client, design: Design) -> None:
    alice_client.post(f"/designs/{design.pk}/components/Table/remove/", {"version": 1})

    architecture = newest(design)
    assert {c.id for c in architecture} == {"Api", "Orders"}
    assert {link.target for link in architecture.links} == {"Orders"}


def test_it_connects_and_disconnects(alice_client: Client, design: Design) -> None:
    base = f"/designs/{design.pk}/components/Api"

    alice_client.post(f"{base}/connect/", {"version": 1, "target": "read Table", "calls": "2"})
    (link,) = [each for each in newest(design).outbound("Api") if each.target == "Table"]
    assert (link.role, link.calls, link.mode) == ("read", 2.0, "sync")

    data = {"version": 2, "target": "Table", "role": "read"}
    alice_client.post(f"{base}/disconnect/", data)
    assert {each.target for each in newest(design).outbound("Api")} == {"Orders"}


@pytest.mark.parametrize("target", ["read Nowhere", "fly Table", ""])
def test_connection_to_nothing_is_refused(
    alice_client: Client, design: Design, target: str
) -> None:
    url = f"/designs/{design.pk}/components/Api/connect/"

    response = alice_client.post(url, {"version": 1, "target": target})

    assert response.status_code == 422
    assert design.versions.count() == 1


@pytest.mark.parametrize("person", ["bob", "charlie"])
@pytest.mark.parametrize(
    "path",
    [
        "components/",
        "components/Table/remove/",
        "components/Api/connect/",
        "components/Api/disconnect/",
        "merge/",
        "rename/",
        "delete/",
        "upload/",
        "history/1/restore/",
    ],
)
def test_only_editors_change_a_design(
    request: pytest.FixtureRequest, client: Client, design: Design, path: str, person: str
) -> None:
    client.force_login(request.getfixturevalue(person))

    assert client.post(f"/designs/{design.pk}/{path}", {"version": 1}).status_code == 404
    assert design.versions.count() == 1


@pytest.mark.parametrize("path", ["components/Table/remove/", "merge/", "rename/"])
def test_get_is_not_allowed(alice_client: Client, design: Design, path: str) -> None:
    assert alice_client.get(f"/designs/{design.pk}/{path}").status_code in (404, 405)
