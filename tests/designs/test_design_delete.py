from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design, Upload, Version
from tests.designs.changes import change_memory

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/delete/"


def test_it_takes_versions_and_uploads_with_it(
    alice_client: Client, design: Design, url: str
) -> None:
    change_memory(design, 1024)

    response = alice_client.post(url)

    assert response["Location"] == "/"
    assert not Design.objects.exists()
    assert not Version.objects.exists()
    assert not Upload.objects.exists()


def test_it_asks_first(alice_client: Client, design: Design, url: str) -> None:
    change_memory(design, 1024)

    page = alice_client.get(url).content.decode()

    assert "2 versions" in page
    assert Design.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_delete(
    request: pytest.FixtureRequest, url: str, person: str, method: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert getattr(client, method)(url).status_code == 404
    assert Design.objects.count() == 1


def test_put_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.put(url).status_code == 405
