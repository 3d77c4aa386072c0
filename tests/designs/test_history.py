from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.designs.actions import save_version
from apps.designs.models import Design, Upload
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(design: Design, alice: User) -> Design:
    for number in (1, 2, 3):
        architecture = design.latest().architecture()
        settings = {"memory_mb": 512 * (number + 1)}
        save_version(
            design=design,
            based_on=number,
            architecture=architecture.with_settings("Orders", settings),
            author=alice,
            message=f"More memory {number}",
        )
    return design


def test_it_lists_versions_newest_first(alice_client: Client, changed: Design) -> None:
    content = alice_client.get(f"/designs/{changed.pk}/history/").content.decode()

    assert content.index("More memory 3") < content.index("More memory 1")
    assert "alice@example.com" in content


def test_queries_do_not_grow_with_versions(
    alice_client: Client,
    changed: Design,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(12):
        alice_client.get(f"/designs/{changed.pk}/history/")


def test_version_shows_what_changed_since(bob_client: Client, changed: Design) -> None:
    response = bob_client.get(f"/designs/{changed.pk}/history/1/")

    assert "Orders: memory mb 512 → 2048" in response.content.decode()


def test_restore_makes_a_new_version(alice_client: Client, changed: Design) -> None:
    alice_client.post(f"/designs/{changed.pk}/history/1/restore/", {"version": 4})

    changed.refresh_from_db()
    assert changed.latest().number == 5
    assert changed.latest().graph == changed.versions.get(number=1).graph


def test_rename_changes_the_name_only(alice_client: Client, design: Design) -> None:
    alice_client.post(f"/designs/{design.pk}/rename/", {"name": "Orders"})

    design.refresh_from_db()
    assert design.name == "Orders"


def test_empty_name_shows_an_error(alice_client: Client, design: Design) -> None:
    response = alice_client.post(f"/designs/{design.pk}/rename/", {"name": ""})

    assert response.status_code == 422


def test_delete_asks_first_and_takes_all_with_it(alice_client: Client, changed: Design) -> None:
    url = f"/designs/{changed.pk}/delete/"

    assert b"4 versions" in alice_client.get(url).content
    assert alice_client.post(url)["Location"] == "/"
    assert not Design.objects.exists()
    assert not Upload.objects.exists()


def test_original_comes_back_byte_for_byte_as_a_download(
    bob_client: Client, design: Design
) -> None:
    response = bob_client.get(f"/designs/{design.pk}/original/")

    assert response.content == TEMPLATE
    assert response["Content-Disposition"] == 'attachment; filename="template.yaml"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_upload_again_keeps_the_identity_of_components(
    alice_client: Client, design: Design
) -> None:
    newer = SimpleUploadedFile("template.yaml", TEMPLATE.replace(b"512", b"1024"))

    alice_client.post(f"/designs/{design.pk}/upload/", {"template": newer})

    design.refresh_from_db()
    assert design.latest().number == 2
    assert design.latest().architecture().component("Orders").settings["memory_mb"] == 1024


@pytest.mark.parametrize("path", ["history/", "history/1/", "original/"])
def test_outsider_sees_nothing(charlie_client: Client, design: Design, path: str) -> None:
    assert charlie_client.get(f"/designs/{design.pk}/{path}").status_code == 404
