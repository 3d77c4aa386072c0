from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models.deletion import Collector
from django.test import Client
from pytest_django.fixtures import Settings

from apps.accounts.actions import create_team, invite
from apps.accounts.models import Membership, Team, User
from apps.designs.models import Upload
from apps.forecasts.models import Sampling
from project import team_export
from tests.factories import make_token, make_user
from tests.forecasts.conftest import TEMPLATE, keep_forecast, make_design

SIGNED = "https://headroom-media.s3.amazonaws.com/x?signed"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def full_team(team: Team, olga: User, alice: User) -> Team:
    forecast = keep_forecast(make_design(team, olga), {"population": {"value": 1000}})
    Sampling.objects.create(forecast=forecast, count=10, asked_at=NOW, changed_at=NOW)
    invite(team=team, email="new@example.com", role="viewer", invited_by=olga, now=NOW)
    make_token(olga, team)
    make_design(create_team(owner=make_user("rita@example.com"), name="Rivalry"), olga, "Rivals")
    return team


def export(client: Client, team: Team) -> zipfile.ZipFile:
    response: Any = client.get(f"/accounts/teams/{team.id}/export/")
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def rows(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(f"{name}.json"))["rows"]


def test_owner_gets_all_that_the_team_keeps(olga_client: Client, full_team: Team) -> None:
    archive = export(olga_client, full_team)

    (design,), (upload,) = rows(archive, "design"), rows(archive, "upload")
    assert design["name"] == "Notes"
    assert archive.read(upload["content"]) == TEMPLATE
    assert rows(archive, "forecast")[0]["summary"]["holds_users"]
    assert set(rows(archive, "people").values()) == {"olga@example.com", "alice@example.com"}


def test_nothing_of_other_teams_and_no_token_is_in_it(olga_client: Client, full_team: Team) -> None:
    archive = export(olga_client, full_team)
    whole = b"".join(archive.read(name) for name in archive.namelist())

    assert b"Rival" not in whole
    assert b"rita@" not in whole
    assert b"token" not in whole
    assert b"password" not in whole


def test_it_holds_what_deleting_would_take(full_team: Team) -> None:
    """Nothing that belongs to a team may be missing, whatever is added later."""
    collector = Collector(using="default")
    collector.collect([full_team])
    deleted = {model for model in collector.data if model._meta.managed}
    deleted |= {query.model for query in collector.fast_deletes}

    assert {found.model for found in team_export.belonging(full_team)} == deleted
    assert apps.get_model("forecasts", "Scenario") in deleted


def test_name_of_an_upload_leads_nowhere(olga_client: Client, full_team: Team, olga: User) -> None:
    Upload.objects.filter(team=full_team).update(name="../../etc/passwd\r\n.yaml")

    names = export(olga_client, full_team).namelist()

    assert not [name for name in names if ".." in name or name.startswith("/") or "\n" in name]


def test_large_export_goes_through_the_bucket(
    olga_client: Client, full_team: Team, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_BUCKET, settings.LARGEST_BODY_BYTES = "headroom-media", 100
    asked: list[str] = []

    def url(self: object, name: str, **options: object) -> str:
        asked.append(name)
        return SIGNED

    monkeypatch.setattr(type(default_storage), "url", url, raising=False)

    response = olga_client.get(f"/accounts/teams/{full_team.id}/export/")

    assert response["Location"] == SIGNED
    assert zipfile.is_zipfile(default_storage.open(asked[0]))


@pytest.mark.parametrize("role", [Membership.Role.EDITOR, Membership.Role.VIEWER, None])
def test_only_owners_export(full_team: Team, charlie: User, role: str | None) -> None:
    if role:
        Membership.objects.create(team=full_team, user=charlie, role=role)
    client = Client()
    client.force_login(charlie)

    assert client.get(f"/accounts/teams/{full_team.id}/export/").status_code == 404
