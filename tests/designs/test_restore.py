from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import Team, User
from apps.designs.actions import create_blank_design
from apps.designs.models import Design
from tests.designs.changes import change_memory
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(design: Design) -> Design:
    change_memory(design, 1024)
    return design


@pytest.fixture
def url(changed: Design) -> str:
    return f"/designs/{changed.pk}/history/1/restore/"


def test_it_makes_a_new_version_of_the_old(alice_client: Client, changed: Design, url: str) -> None:
    response = alice_client.post(url, {"version": 2})

    assert response["Location"] == f"/designs/{changed.pk}/"
    changed.refresh_from_db()
    assert changed.latest().number == 3
    assert changed.latest().graph == changed.versions.get(number=1).graph
    assert changed.latest().message == "Version 1 restored"


def test_original_is_that_of_the_restored_version(alice_client: Client, design: Design) -> None:
    newer = SimpleUploadedFile("newer.yaml", TEMPLATE.replace(b"512", b"1024"))
    alice_client.post(f"/designs/{design.pk}/upload/", {"template": newer})

    alice_client.post(f"/designs/{design.pk}/history/1/restore/", {"version": 2})

    assert alice_client.get(f"/designs/{design.pk}/original/").content == TEMPLATE


def test_what_began_empty_has_no_original_again(
    alice_client: Client, team: Team, alice: User
) -> None:
    design = create_blank_design(team=team, author=alice, name="Drawn")
    file = SimpleUploadedFile("newer.yaml", TEMPLATE)
    alice_client.post(f"/designs/{design.pk}/upload/", {"template": file})

    alice_client.post(f"/designs/{design.pk}/history/1/restore/", {"version": 2})

    assert design.versions.get(number=3).source is None
    assert alice_client.get(f"/designs/{design.pk}/original/").status_code == 404


def test_restoring_over_a_newer_version_is_a_conflict(
    alice_client: Client, changed: Design, url: str
) -> None:
    change_memory(changed, 2048)

    assert alice_client.post(url, {"version": 2}).status_code == 409
    assert changed.versions.count() == 3


def test_without_a_version_nothing_is_saved(
    alice_client: Client, changed: Design, url: str
) -> None:
    alice_client.post(url)

    assert changed.versions.count() == 2


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_restore(
    request: pytest.FixtureRequest, changed: Design, url: str, person: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, {"version": 2}).status_code == 404
    assert changed.versions.count() == 2


def test_get_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.get(url).status_code == 405
