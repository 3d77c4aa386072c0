from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import ApiToken, Membership, Team, User
from apps.designs.actions import EditConflict
from apps.designs.models import Design, Upload
from apps.forecasts.views import api
from tests.factories import make_token
from tests.forecasts.conftest import TEMPLATE

IMPORT = ApiToken.Scope.IMPORT
CHANGED = TEMPLATE.replace(b"WriteCapacityUnits: 5", b"WriteCapacityUnits: 50")


def send(design: Design, token: str, content: bytes = CHANGED) -> Any:
    return Client().post(
        f"/api/designs/{design.pk}/versions/",
        {"template": SimpleUploadedFile("template.yaml", content)},
        headers={"Authorization": f"Bearer {token}"},
    )


@pytest.mark.parametrize("person", ["olga", "alice"])
def test_editors_import_the_next_version(
    person: str, design: Design, team: Team, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)

    response = send(design, make_token(user, team, IMPORT))

    design.refresh_from_db()
    assert response.status_code == 201
    assert response.json() == {
        "schema": "headroom/version/1",
        "design": str(design.pk),
        "version": 2,
        "forecast": f"/api/designs/{design.pk}/forecast/",
    }
    assert (design.latest().number, design.latest().author) == (2, user)
    assert design.latest().source is not None


def test_same_template_again_makes_no_version(design: Design, alice: User, team: Team) -> None:
    response = send(design, make_token(alice, team, IMPORT), TEMPLATE)

    assert (response.status_code, response.json()["version"]) == (200, 1)
    assert Upload.objects.count() == 1


def test_viewer_does_not_find_it(design: Design, bob: User, team: Team) -> None:
    """The token of an editor who may only view by now is worth no more than the person."""
    Membership.objects.filter(user=bob).update(role="editor")
    token = make_token(bob, team, IMPORT)
    Membership.objects.filter(user=bob).update(role="viewer")

    assert send(design, token).status_code == 404
    assert design.versions.count() == 1


def test_unreadable_template_is_refused_with_its_sentence(
    design: Design, alice: User, team: Team
) -> None:
    response = send(design, make_token(alice, team, IMPORT), b"Resources: [")

    assert response.status_code == 422
    assert "template.yaml" in response.json()["error"]
    assert design.versions.count() == 1


def test_version_saved_meanwhile_is_a_conflict(
    design: Design, alice: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(**kwargs: Any) -> None:
        raise EditConflict(design.latest())

    monkeypatch.setattr(api, "reimport", late)

    response = send(design, make_token(alice, team, IMPORT))

    assert response.status_code == 409
    assert "saved version 1 in the meantime" in response.json()["error"]
