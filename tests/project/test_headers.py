"""What every answer says to the browser, whoever asks and whatever the answer is."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from apps.accounts.models import Team, User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design
from tests.designs.conftest import TEMPLATE
from tests.factories import PASSWORD
from tests.forecasts.conftest import make_design
from tests.project.urls_of import Page, pages

pytestmark = pytest.mark.django_db

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


@pytest.fixture(autouse=True)
def _as_elsewhere(settings: Settings) -> None:
    """Set what is off at home."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


@pytest.mark.parametrize("page", pages(), ids=repr)
def test_every_page_is_protected(page: Page, alice: User, team: Team) -> None:
    """Admin pages and those of missing things answer with a redirect or 404: these count too."""
    url = page.url(_values(make_design(team, alice)))

    assert _faults(_client(alice).get(url, secure=True)) == []


@pytest.mark.parametrize("url", ["/nowhere/", "/healthz", "/readyz"])
def test_stranger_gets_them_too(url: str) -> None:
    assert _faults(Client().get(url, secure=True)) == []


def test_failing_page_has_them(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise ConnectionError("gone")

    client = _client(alice)
    client.raise_request_exception = False
    monkeypatch.setattr("apps.accounts.views.teams._team_list", fail)

    response = client.get("/accounts/teams/", secure=True)

    assert response.status_code == 500
    assert _faults(response) == []


def test_refused_form_has_them() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/accounts/login/", secure=True)

    assert response.status_code == 403
    assert _faults(response) == []


def test_page_of_a_person_is_kept_by_nobody_between(alice: User) -> None:
    assert "private" in _client(alice).get("/accounts/teams/")["Cache-Control"]


def test_cookies_are_for_this_site_and_no_script(alice: User) -> None:
    client = Client()
    client.get("/accounts/login/", secure=True)
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD}, secure=True)

    assert set(client.cookies) >= {"sessionid", "csrftoken"}
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")


def test_line_break_in_a_name_makes_no_header(alice: User, team: Team) -> None:
    files = {"template.yaml": TEMPLATE}
    design = create_design_from_files(
        team=team, author=alice, name="a\r\nSet-Cookie: x=1", files=files
    )

    response = _client(alice).get(f"/designs/{design.pk}/traffic/scenario.json")

    assert "\n" not in str(response["Content-Disposition"])
    assert "x" not in response.cookies


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _faults(response: Any) -> list[str]:
    """Return which protections are missing."""
    headers = response.headers
    wrong = [name for name, value in EXPECTED.items() if headers.get(name) != value]
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        wrong.append("Content-Security-Policy")
    if "geolocation=()" not in headers.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    return wrong + [name for name in ("Cache-Control", "X-Request-Id") if name not in headers]


def _values(design: Design) -> dict[str, Any]:
    values: dict[str, Any] = defaultdict(uuid.uuid4)
    values |= {"design_id": design.pk, "team_id": design.team_id, "number": 1, "name": "sam"}
    component_id = next(iter(design.latest().architecture().components)).id
    values |= {
        "component_id": component_id,
        "membership_id": 1,
        "invitation_id": 1,
        "book_id": 1,
        "api_token_id": 1,
    }
    values |= {"app_label": "designs", "uidb36": "1"}
    return values
