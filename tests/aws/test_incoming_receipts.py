"""Whose files a form may take from the bucket."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from apps.accounts.actions import create_team
from apps.accounts.models import Membership, Team, User
from apps.designs.models import Upload
from tests.aws.buckets import keys as keys_in
from tests.aws.sending import ask, received, submit, zip_of
from tests.forecasts.conftest import make_design

pytestmark = pytest.mark.django_db


def test_receipt_is_no_good_for_another_team(
    alice: User, alice_client: Client, team: Team, bucket: Any
) -> None:
    other = create_team(owner=alice, name="Bank")
    receipt = received(alice_client, team, zip_of(100_000))

    assert submit(alice_client, other, receipt).status_code == 404
    assert not Upload.objects.exists()
    assert len(keys_in(bucket)) == 1

    design = make_design(other, alice)
    again = alice_client.post(f"/designs/{design.pk}/upload/", {"received": [receipt]})
    assert again.status_code == 404


def test_receipt_is_no_good_in_another_session(
    alice: User, alice_client: Client, team: Team, bucket: Any
) -> None:
    receipt = received(alice_client, team, zip_of(100_000))
    elsewhere = Client()
    elsewhere.force_login(alice)

    assert submit(elsewhere, team, receipt).status_code == 404
    assert not Upload.objects.exists()


@pytest.mark.parametrize("receipt", ["x", "", "incoming/1/2", "a:b:c"])
def test_forged_receipt_is_not_found(
    alice_client: Client, team: Team, bucket: Any, receipt: str
) -> None:
    assert submit(alice_client, team, receipt).status_code == 404


def test_receipt_does_not_last(
    alice_client: Client, team: Team, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = received(alice_client, team, zip_of(100_000))
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 1201)

    response = submit(alice_client, team, receipt)

    assert response.status_code == 422
    assert "sent too long ago" in response.content.decode()


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_are_granted(
    request: pytest.FixtureRequest, client: Client, team: Team, bucket: Any, person: str
) -> None:
    client.force_login(request.getfixturevalue(person))

    assert ask(client, team, ("all.zip", 10)).status_code == 404


def test_who_edits_no_more_uploads_no_more(
    alice: User, alice_client: Client, team: Team, bucket: Any
) -> None:
    receipt = received(alice_client, team, zip_of(100_000))
    Membership.objects.filter(user=alice, team=team).update(role=Membership.Role.VIEWER)

    assert submit(alice_client, team, receipt).status_code == 422
    assert not Upload.objects.exists()
