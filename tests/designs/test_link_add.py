from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design
from tests.designs.changes import newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/components/Api/connect/"


def test_it_connects_two_components(alice_client: Client, design: Design, url: str) -> None:
    response = alice_client.post(url, {"version": 1, "target": "read Table", "calls": "2"})

    assert response["Location"] == f"/designs/{design.pk}/?component=Api#panel"
    (link,) = [link for link in newest(design).outbound("Api") if link.target == "Table"]
    assert (link.role, link.calls, link.mode, link.origin) == ("read", 2.0, "sync", "drawn")
    assert design.latest().message == "Api → Table (read) connected"


def test_calls_may_be_left_to_the_assumption(
    alice_client: Client, design: Design, url: str
) -> None:
    alice_client.post(url, {"version": 1, "target": "write Table", "calls": ""})

    (link,) = [link for link in newest(design).outbound("Api") if link.target == "Table"]
    assert link.calls is None


def test_consumer_of_a_queue_reads_from_it(alice_client: Client, design: Design) -> None:
    drawn = {"version": 1, "kind": "sqs_queue", "name": "Mails"}
    alice_client.post(f"/designs/{design.pk}/components/", drawn)

    url = f"/designs/{design.pk}/components/sqs_queue-1/connect/"
    alice_client.post(url, {"version": 2, "target": "invoke Orders", "calls": ""})

    (link,) = newest(design).outbound("sqs_queue-1")
    assert link.mode == "stream"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"target": "read Nowhere"}, "Select a valid choice"),
        ({"target": "fly Table"}, "Select a valid choice"),
        ({"target": "invoke Orders"}, "Select a valid choice"),  # It is there already.
        ({"target": "request Api"}, "Select a valid choice"),  # It would call itself.
        ({"target": ""}, "required"),
        ({"target": "read Table", "calls": "-1"}, "Enter 0 or more."),
        ({"target": "read Table", "calls": "1e12"}, "Enter 10,000 or less."),
    ],
)
def test_wrong_connection_is_refused(
    alice_client: Client, design: Design, url: str, data: dict[str, str], sentence: str
) -> None:
    response = alice_client.post(url, {"version": 1, **data})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert design.versions.count() == 1


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_connect(
    request: pytest.FixtureRequest, design: Design, url: str, person: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, {"version": 1, "target": "read Table"}).status_code == 404
    assert design.versions.count() == 1


def test_get_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.get(url).status_code == 405
