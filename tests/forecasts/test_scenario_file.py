from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.designs.models import Design
from apps.forecasts.models import Scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def export_url(design: Design) -> str:
    return f"/designs/{design.pk}/traffic/scenario.json"


@pytest.fixture
def upload_url(design: Design) -> str:
    return f"/designs/{design.pk}/traffic/upload/"


def upload(content: bytes | dict[str, Any]) -> dict[str, SimpleUploadedFile]:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {"file": SimpleUploadedFile("sale.json", data)}


def test_what_is_downloaded_can_be_uploaded(
    alice_client: Client, bob_client: Client, design: Design, export_url: str, upload_url: str
) -> None:
    alice_client.post(upload_url, upload({"population": {"value": 7000}, "name": "Sale"}))

    response = bob_client.get(export_url)
    again = alice_client.post(upload_url, upload(response.content))

    assert response["Content-Disposition"] == 'attachment; filename="notes-scenario.json"'
    assert response.json()["schema"] == "headroom/scenario/1"
    assert response.json()["population"]["value"] == 7000
    assert again["Location"] == f"/designs/{design.pk}/forecast/"
    scenario = Scenario.objects.get(design=design)
    assert (scenario.revision, scenario.body) == (2, response.json())


NESTED = b"[" * 30 + b"]" * 30


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Resources:", "sale.json is not JSON"),
        (b"\xff\xfe\x00", "sale.json is not JSON"),
        (b"[]", "a scenario is a JSON object"),
        (b"{}", ""),
        (b'{"population": {"value": NaN}}', "NaN is not a number"),
        (b'{"population": {"value": 1e999}}', "population.value must be a number"),
        (b'{"population": {"value": ' + b"9" * 400 + b"}}", "population.value must be a number"),
        (b'{"population": {"value": 0}}', "population.value must be more than 0"),
        (b'{"populations": {}}', "'populations' is not a field; known are"),
        (b'{"live": ' + NESTED + b"}", "nested more than 20 deep"),
        (b'{"note": "\\u0000"}', "characters that are not text"),
        (b'{"note": "\\ud800"}', "characters that are not text"),
        (b'{"assume": {"Nobody": {}}}', "assume.Nobody names no component"),
        (b'{"actions": [{"name": "x", "entry": "Nowhere"}]}', "no component of this design"),
        (b'{"region": "mars-1"}', "mars-1"),
        (b" " * 1_000_001, "too large"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    alice_client: Client, design: Design, upload_url: str, content: bytes, sentence: str
) -> None:
    response = alice_client.post(upload_url, upload(content))

    if not sentence:
        assert response.status_code == 302
        return
    assert response.status_code == 422
    assert sentence in response.content.decode().replace("&#x27;", "'")
    assert not Scenario.objects.exists()


def test_no_file_is_refused(alice_client: Client, upload_url: str) -> None:
    response = alice_client.post(upload_url)

    assert response.status_code == 422
    assert b"Choose a scenario file." in response.content


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_upload(person: str, upload_url: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(upload_url, upload({})).status_code == 404


def test_outsider_finds_nothing(charlie_client: Client, export_url: str) -> None:
    assert charlie_client.get(export_url).status_code == 404


def test_wrong_methods(alice_client: Client, export_url: str, upload_url: str) -> None:
    assert alice_client.post(export_url).status_code == 405
    assert alice_client.get(upload_url).status_code == 405
