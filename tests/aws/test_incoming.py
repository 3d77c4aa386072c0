"""Files that are too large for a form, by way of the bucket."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.db import OperationalError, transaction
from django.test import Client

from apps.accounts.models import Team, User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design, Upload
from apps.engine.formats.archive import MAX_FILE_BYTES
from tests.aws.buckets import keys as keys_in
from tests.aws.buckets import refuse
from tests.aws.sending import INCOMING, NEW, ask, committed, grant, received, send, submit, zip_of
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db


def test_largest_upload_is_read_from_the_bucket_and_gone_from_it(
    alice_client: Client, team: Team, bucket: Any
) -> None:
    content = zip_of(MAX_FILE_BYTES)

    response = submit(alice_client, team, received(alice_client, team, content))

    assert response.status_code == 302
    assert Design.objects.get().name == "Large"
    kept = Upload.objects.get()
    assert (kept.name, bytes(kept.content)) == ("all.zip", content)
    assert keys_in(bucket) == set()


def test_one_byte_more_is_refused_before_it_is_sent(
    alice_client: Client, team: Team, bucket: Any
) -> None:
    answer = ask(alice_client, team, ("all.zip", MAX_FILE_BYTES + 1))

    assert answer.status_code == 422
    assert "all.zip has 5,000,001 bytes; up to 5,000,000 are read." in answer.json()["problem"]


def test_several_files_come_together(alice_client: Client, team: Team, bucket: Any) -> None:
    receipts = [
        received(alice_client, team, content, name)
        for name, content in (("shop.yaml", TEMPLATE), ("flow.json", b"{}"))
    ]

    assert submit(alice_client, team, *receipts).status_code == 302
    assert Upload.objects.get().name == "shop.zip"
    assert keys_in(bucket) == set()


def test_receipts_of_several_grants_are_no_way_round_the_limit(
    alice_client: Client, team: Team, bucket: Any
) -> None:
    half = MAX_FILE_BYTES // 2 + 1
    receipts = [grant(alice_client, team, name, half)["receipt"] for name in ("a.zip", "b.zip")]

    response = submit(alice_client, team, *receipts)

    assert response.status_code == 422
    assert "The files have 5,000,002 bytes" in response.content.decode()


def test_design_is_read_again_from_the_bucket(
    alice: User, alice_client: Client, team: Team, bucket: Any
) -> None:
    design = _design(team, alice)
    receipt = received(alice_client, team, zip_of(200_000))

    with committed():
        response = alice_client.post(f"/designs/{design.pk}/upload/", {"received": [receipt]})

    assert response.status_code == 302
    assert design.versions.count() == 2
    assert keys_in(bucket) == set()


def test_nothing_of_a_read_file_stays_where_the_bucket_keeps_versions(
    alice_client: Client, team: Team, bucket: Any
) -> None:
    bucket.Versioning().enable()

    submit(alice_client, team, received(alice_client, team, zip_of(100_000)))

    assert list(bucket.object_versions.all()) == []


def test_file_that_cannot_be_read_is_deleted_too(
    alice_client: Client, team: Team, bucket: Any
) -> None:
    receipt = received(alice_client, team, b"a: [1, 2\nb: }", "t.yaml")

    response = submit(alice_client, team, receipt)

    assert response.status_code == 422
    assert "This is not YAML" in response.content.decode()
    assert keys_in(bucket) == set()


def test_server_takes_no_other_size_even_from_the_bucket(
    alice_client: Client, team: Team, bucket: Any
) -> None:
    for size in (99_999, 100_001):
        granted = grant(alice_client, team, "all.zip", 100_000)
        assert send(granted, zip_of(size)) == 403
        bucket.put_object(Key=granted["fields"]["key"], Body=zip_of(size))

        response = submit(alice_client, team, granted["receipt"])

        assert response.status_code == 422
        assert "all.zip has not the size that was announced" in response.content.decode()
        assert not Upload.objects.exists()
        assert keys_in(bucket) == set()


def test_file_is_read_once(alice_client: Client, team: Team, bucket: Any) -> None:
    receipt = received(alice_client, team, zip_of(100_000))

    assert submit(alice_client, team, receipt).status_code == 302
    again = submit(alice_client, team, receipt)

    assert again.status_code == 422
    assert "did not arrive, or was read already" in again.content.decode()
    assert Upload.objects.count() == 1


def test_file_that_was_never_sent(alice_client: Client, team: Team, bucket: Any) -> None:
    receipt = grant(alice_client, team, "all.zip", 10)["receipt"]

    assert submit(alice_client, team, receipt).status_code == 422


@pytest.mark.parametrize(
    "text", ["", "10", "10 ", "x all.zip", "-1 all.zip", "1e3 a.zip", "9 ..", "9 a\nb", "9 /"]
)
def test_what_announces_no_file_is_refused(
    alice_client: Client, team: Team, bucket: Any, text: str
) -> None:
    assert alice_client.post(INCOMING, {"team": team.pk, "file": [text]}).status_code == 400


def test_path_in_a_name_leads_nowhere(alice_client: Client, team: Team, bucket: Any) -> None:
    content = zip_of(100_000)

    submit(alice_client, team, received(alice_client, team, content, "../../etc/a.zip"))

    assert Upload.objects.get().name == "a.zip"


def test_without_a_bucket_nothing_is_granted(alice_client: Client, team: Team) -> None:
    assert ask(alice_client, team, ("all.zip", 10)).status_code == 404
    assert "data-incoming" not in alice_client.get(NEW).content.decode()


def test_page_says_what_a_form_carries_itself(
    alice: User, alice_client: Client, team: Team, bucket: Any
) -> None:
    design = _design(team, alice)
    for url in (NEW, f"/designs/{design.pk}/upload/"):
        page = alice_client.get(url).content.decode()

        assert 'data-largest-bytes="4194304"' in page
        assert "only with JavaScript" in page
    assert f'data-team="{team.pk}"' in page


def test_small_file_needs_no_bucket(alice_client: Client, team: Team, bucket: Any) -> None:
    file = io.BytesIO(TEMPLATE)
    file.name = "shop.yaml"

    response = alice_client.post(NEW, {"template": file, "name": "", "team": team.pk})

    assert response.status_code == 302
    assert keys_in(bucket) == set()


def _design(team: Team, user: User) -> Design:
    files = {"template.yaml": TEMPLATE}
    return create_design_from_files(team=team, author=user, name="Shop", files=files)


def test_file_stays_for_another_try_when_nothing_is_kept(
    alice_client: Client, team: Team, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database fails after the file was read, and what the request wrote is rolled back."""
    receipt = received(alice_client, team, zip_of(100_000))

    def fail(**kwargs: Any) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr("apps.designs.actions.create_design_from_files", fail)
        with committed(), pytest.raises(OperationalError), transaction.atomic():
            alice_client.post(NEW, {"team": team.pk, "name": "", "received": [receipt]})
    assert len(keys_in(bucket)) == 1

    assert submit(alice_client, team, receipt).status_code == 302
    assert keys_in(bucket) == set()


def test_file_that_cannot_be_deleted_was_read_all_the_same(
    alice_client: Client, team: Team, bucket: Any
) -> None:
    receipt = received(alice_client, team, zip_of(100_000))
    refuse(bucket, "s3:DeleteObject")

    assert submit(alice_client, team, receipt).status_code == 302
    assert Design.objects.exists()


def test_refusing_bucket_is_a_fault_and_nothing_is_lost(
    alice_client: Client, team: Team, bucket: Any
) -> None:
    receipt = received(alice_client, team, zip_of(100_000))
    refuse(bucket, "s3:GetObject")

    with pytest.raises(ClientError):
        submit(alice_client, team, receipt)
    assert not Upload.objects.exists()

    bucket.Policy().delete()
    assert submit(alice_client, team, receipt).status_code == 302
