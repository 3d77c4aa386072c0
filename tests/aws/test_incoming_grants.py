"""What a browser may post to the bucket, and nothing else."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.models import Team
from tests.aws.post_policy import is_signed, refusal
from tests.aws.sending import ask, grant

pytestmark = pytest.mark.django_db
SIZE = 4_500_000


@pytest.fixture
def granted(alice_client: Client, team: Team, bucket: Any) -> dict[str, Any]:
    return grant(alice_client, team, "all.zip", SIZE)


def asked(granted: dict[str, Any], ours: Any, **changes: Any) -> str:
    """Return what S3 says to the form, sent now and as granted unless said otherwise."""
    now = datetime.now(UTC) + timedelta(seconds=changes.pop("after_s", 0))
    name, size = changes.pop("bucket", ours.name), changes.pop("size", SIZE)
    return refusal({**granted["fields"], **changes}, name, size, now)


def test_form_leads_to_a_place_of_the_team_that_nobody_can_guess(
    alice_client: Client, team: Team, bucket: Any, granted: dict[str, Any]
) -> None:
    other = grant(alice_client, team, "all.zip", SIZE)

    assert granted["url"].startswith(settings.MEDIA_ORIGIN)
    assert granted["fields"]["key"].startswith(f"incoming/{team.pk}/")
    assert len(granted["fields"]["key"].rpartition("/")[2]) == 36
    assert granted["fields"]["key"] != other["fields"]["key"]


def test_file_as_it_was_announced_is_taken(bucket: Any, granted: dict[str, Any]) -> None:
    assert asked(granted, bucket) == ""
    assert asked(granted, bucket, after_s=590) == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": SIZE + 1}, "EntityTooLarge"),
        ({"size": SIZE - 1}, "EntityTooSmall"),
        ({"after_s": 601}, "Policy expired"),
        ({"key": "series/x.npz"}, "key"),
        ({"bucket": "another"}, "bucket"),
        ({"Content-Type": "text/html"}, "Content-Type"),
        ({"acl": "public-read"}, "Extra input fields"),
        ({"success_action_redirect": "https://evil.example.com"}, "Extra input fields"),
    ],
    ids=str,
)
def test_anything_else_is_refused(
    bucket: Any, granted: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    assert code in asked(granted, bucket, **changes)


def test_policy_is_signed_so_it_cannot_be_changed(granted: dict[str, Any]) -> None:
    fields, secret = granted["fields"], os.environ["AWS_SECRET_ACCESS_KEY"]
    policy = json.loads(base64.b64decode(fields["policy"]))
    wider = base64.b64encode(json.dumps({**policy, "conditions": []}).encode()).decode()

    assert is_signed(fields, secret)
    assert not is_signed({**fields, "policy": wider}, secret)


@pytest.mark.parametrize("size", [5_000_000, 5_000_001])
def test_grant_is_for_what_is_read(
    alice_client: Client, team: Team, bucket: Any, size: int
) -> None:
    assert ask(alice_client, team, ("all.zip", size)).status_code == (
        200 if size <= 5_000_000 else 422
    )


def test_count_of_files_is_bounded_too(alice_client: Client, team: Team, bucket: Any) -> None:
    files = [(f"{n}.tf", 1) for n in range(501)]

    assert len(ask(alice_client, team, *files[:500]).json()["files"]) == 500
    assert "501 files" in ask(alice_client, team, *files).json()["problem"]
