"""Which tokens open the door for pipelines, and what is said to the others."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.actions import remove_member
from apps.accounts.models import ApiToken, Membership, Team, User
from apps.designs.models import Design
from apps.forecasts.models import Forecast
from tests.factories import make_member, make_token
from tests.forecasts.conftest import keep_forecast

Scope = ApiToken.Scope
BODY = {
    "schema": "headroom/scenario/1",
    "preset": "web-shop",
    "population": {"unit": "daily_active", "value": 10_000},
}


@pytest.fixture
def forecast(design: Design) -> Forecast:
    return keep_forecast(design, BODY)


@pytest.fixture
def url(forecast: Forecast, design: Design) -> str:
    return f"/api/designs/{design.pk}/forecast/"


def ask(url: str, token: str, scheme: str = "Bearer") -> Any:
    return Client().get(url, headers={"Authorization": f"{scheme} {token}"})


def refusal(response: Any) -> str:
    body = response.json()
    assert body["schema"] == "headroom/error/1"
    assert set(body) == {"schema", "error"}
    return str(body["error"])


def test_good_token_opens(url: str, bob: User, team: Team) -> None:
    token = make_token(bob, team, Scope.READ)

    response = ask(url, token)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert ask(url, token, scheme="bearer").status_code == 200


def test_day_of_use_is_noted_once(url: str, bob: User, team: Team) -> None:
    token = make_token(bob, team, Scope.READ)
    assert ApiToken.objects.get().last_used_on is None

    ask(url, token)

    assert ApiToken.objects.get().last_used_on == timezone.localdate()
    with CaptureQueriesContext(connection) as queries:
        ask(url, token)
    assert [q for q in queries if "UPDATE" in q["sql"] and "apitoken" in q["sql"]] == []


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YWxpY2U6eA=="])
def test_without_a_token_one_is_asked_for(url: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}

    response = Client().get(url, headers=headers)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="Headroom"'
    assert "Authorization: Bearer" in refusal(response)


def unknown(token: str) -> str:
    return ApiToken.new_token()


def cut(token: str) -> str:
    return token[:-1]


def in_capitals(token: str) -> str:
    return token.upper()


def hashed(token: str) -> str:
    return ApiToken.objects.get().token_sha256


def expired(token: str) -> str:
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return token


def revoked(token: str) -> str:
    ApiToken.objects.get().revoke(timezone.now())
    return token


def of_a_removed_member(token: str) -> str:
    remove_member(membership=ApiToken.objects.get().membership)
    return token


def of_one_who_came_back(token: str) -> str:
    membership = ApiToken.objects.get().membership
    remove_member(membership=membership)
    Membership.objects.create(team=membership.team, user=membership.user)
    return token


def of_a_closed_account(token: str) -> str:
    User.objects.filter(email="alice@example.com").update(is_active=False)
    return token


@pytest.mark.parametrize(
    "spoil",
    [unknown, cut, in_capitals, hashed, expired, revoked, of_a_removed_member,
     of_one_who_came_back, of_a_closed_account],
)  # fmt: skip
def test_bad_token_is_refused_and_not_told_why(
    spoil: Any, url: str, alice: User, team: Team
) -> None:
    token = spoil(make_token(alice, team))

    response = ask(url, token)

    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]
    assert refusal(response).startswith("The token is unknown, revoked or expired")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "designs/{id}/forecast/", Scope.READ),
        ("POST", "designs/{id}/versions/", Scope.IMPORT),
        ("POST", "forecast/", Scope.FORECAST),
    ],
)
def test_every_address_has_its_scope(
    method: str, path: str, scope: ApiToken.Scope, design: Design, alice: User, team: Team
) -> None:
    others = [other for other in Scope if other != scope]
    headers = {"Authorization": f"Bearer {make_token(alice, team, *others)}"}

    response: Any = Client().generic(method, f"/api/{path.format(id=design.pk)}", headers=headers)

    assert response.status_code == 403
    assert f'error="insufficient_scope", scope="{scope}"' in response["WWW-Authenticate"]
    assert refusal(response) == f"The token lacks the scope '{scope}'; make one that has it."


def test_session_opens_nothing(url: str, alice_client: Client) -> None:
    response = alice_client.get(url)

    assert response.status_code == 401


def test_token_makes_no_session(url: str, alice: User, team: Team) -> None:
    response = ask(url, make_token(alice, team))

    assert response.cookies == {}


def test_token_opens_no_page(alice: User, team: Team) -> None:
    response = ask("/accounts/teams/", make_token(alice, team))

    assert response["Location"].startswith("/accounts/login/")


def test_form_of_a_page_still_needs_its_csrf_token(alice: User, team: Team) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    headers = {"Authorization": f"Bearer {make_token(alice, team)}"}

    assert client.post("/accounts/teams/create/", {"name": "x"}, headers=headers).status_code == 403


def test_token_needs_no_csrf_token(alice: User, team: Team) -> None:
    headers = {"Authorization": f"Bearer {make_token(alice, team)}"}

    response = Client(enforce_csrf_checks=True).post("/api/forecast/", {}, headers=headers)

    assert response.status_code == 422


@pytest.mark.parametrize("path", ["forecast/", "designs/{id}/versions/"])
def test_wrong_method_is_named(path: str, design: Design, alice: User, team: Team) -> None:
    response = ask(f"/api/{path.format(id=design.pk)}", make_token(alice, team))

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert refusal(response) == "This address takes POST only."


def test_unknown_address_answers_in_json(alice: User, team: Team) -> None:
    response = ask("/api/nowhere/", make_token(alice, team))

    assert response.status_code == 404
    assert "nothing at this address" in refusal(response)


def test_too_large_a_request_is_refused(alice: User, team: Team) -> None:
    headers = {"Authorization": f"Bearer {make_token(alice, team)}"}

    response = Client().generic("POST", "/api/forecast/", b"x" * 6_300_000, headers=headers)

    assert response.status_code == 413
    assert "6,291,456 bytes" in refusal(response)


@pytest.mark.parametrize(
    ("content_type", "status"), [("application/json", 415), ("multipart/form-data", 400)]
)
def test_what_is_no_form_is_refused(
    content_type: str, status: int, alice: User, team: Team
) -> None:
    headers = {"Authorization": f"Bearer {make_token(alice, team)}"}

    response = Client().generic("POST", "/api/forecast/", b"{}", content_type, headers=headers)

    assert response.status_code == status
    assert "multipart/form-data" in refusal(response)


def test_failure_answers_in_json(
    url: str, alice: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr("apps.forecasts.views.api.scenario_to_read", fail)
    client = Client(raise_request_exception=False)

    response = client.get(url, headers={"Authorization": f"Bearer {make_token(alice, team)}"})

    assert response.status_code == 500
    assert "its own fault" in refusal(response)
    assert "gone" not in json.dumps(response.json())


def test_team_of_the_token_is_the_limit(url: str, design: Design) -> None:
    """Who is in both teams made the token for one of them."""
    other = Team.objects.create(name="Lab")
    dora = make_member(other)
    Membership.objects.create(team=design.team, user=dora)

    assert ask(url, make_token(dora, other)).status_code == 404
    assert ask(url, make_token(dora, design.team)).status_code == 200
