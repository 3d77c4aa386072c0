from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.designs.models import Design
from tests.designs.changes import newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/components/"


def test_it_adds_a_component(alice_client: Client, design: Design, url: str) -> None:
    data = {"version": 1, "kind": "sqs_queue", "name": "Mails to send"}

    response = alice_client.post(url, data)

    assert response["Location"] == f"/designs/{design.pk}/?component=sqs_queue-1#panel"
    added = newest(design).component("sqs_queue-1")
    assert (added.kind, added.label) == ("sqs_queue", "Mails to send")
    assert design.latest().message == "Mails to send added"


def test_second_of_a_kind_gets_the_next_number(
    alice_client: Client, design: Design, url: str
) -> None:
    for number in (1, 2):
        alice_client.post(url, {"version": number, "kind": "sqs_queue", "name": "Mails"})

    assert {"sqs_queue-1", "sqs_queue-2"} < {component.id for component in newest(design)}


def test_form_offers_what_can_be_drawn(
    alice_client: Client, url: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        page = alice_client.get(url).content.decode()

    assert "SQS queue" in page
    assert 'value="account"' not in page
    assert 'value="not_modelled"' not in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "mainframe", "name": "X"}, "Select a valid choice"),
        ({"kind": "account", "name": "X"}, "Select a valid choice"),
        ({"kind": "sqs_queue", "name": ""}, "required"),
        ({"kind": "sqs_queue", "name": "x" * 101}, "at most 100 characters"),
        ({"kind": "sqs_queue", "name": "a\0b"}, "Null characters"),
    ],
)
def test_wrong_component_is_refused(
    alice_client: Client, design: Design, url: str, data: dict[str, str], sentence: str
) -> None:
    response = alice_client.post(url, {"version": 1, **data})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert design.versions.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_add(
    request: pytest.FixtureRequest, url: str, person: str, method: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    data = {"version": 1, "kind": "sqs_queue", "name": "Mails"}
    assert getattr(client, method)(url, data).status_code == 404


def test_delete_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.delete(url).status_code == 405
