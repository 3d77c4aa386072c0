from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.designs.models import Design, Upload
from apps.designs.reading import read_upload
from apps.engine.graph import Architecture
from tests.designs.changes import change_memory, newest
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db
NEWER = TEMPLATE.replace(b"512", b"1024")


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/upload/"


def test_it_makes_the_next_version_with_the_same_ids(
    alice_client: Client, design: Design, url: str
) -> None:
    response = alice_client.post(url, {"template": SimpleUploadedFile("newer.yaml", NEWER)})

    assert response["Location"] == f"/designs/{design.pk}/"
    architecture = newest(design)
    assert design.latest().number == 2
    assert {component.id for component in architecture} == {"Api", "Orders", "Table"}
    assert architecture.component("Orders").settings["memory_mb"] == 1024


def test_newer_upload_becomes_the_original(alice_client: Client, design: Design, url: str) -> None:
    alice_client.post(url, {"template": SimpleUploadedFile("newer.yaml", NEWER)})

    assert alice_client.get(f"/designs/{design.pk}/original/").content == NEWER
    source = design.versions.get(number=1).source
    assert source is not None
    assert bytes(source.content) == TEMPLATE


def test_form_says_what_gives_way(alice_client: Client, url: str) -> None:
    page = alice_client.get(url).content.decode()

    assert "becomes version 2" in page
    assert "by hand gives way" in page


def test_unreadable_template_leaves_the_design_as_it_is(
    alice_client: Client, design: Design, url: str
) -> None:
    file = SimpleUploadedFile("newer.yaml", b"Resources:\n  Q: {Type: [}\n")

    response = alice_client.post(url, {"template": file})

    assert response.status_code == 422
    assert "newer.yaml:2" in response.content.decode()
    assert design.versions.count() == 1
    assert Upload.objects.count() == 1


def test_version_saved_at_the_same_moment_is_a_conflict(
    alice_client: Client, design: Design, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_slowly(files: dict[str, bytes]) -> Architecture:
        change_memory(Design.objects.get(), 2048)
        return read_upload(files)

    monkeypatch.setattr("apps.designs.actions.read_upload", read_slowly)
    response = alice_client.post(url, {"template": SimpleUploadedFile("newer.yaml", NEWER)})

    assert response.status_code == 409
    assert "Upload the template again" in response.content.decode()
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_upload_again(
    request: pytest.FixtureRequest, url: str, person: str, method: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert getattr(client, method)(url).status_code == 404


def test_put_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.put(url).status_code == 405
