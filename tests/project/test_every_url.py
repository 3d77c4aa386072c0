"""Every address × every role × an object of another team: sign-in or not found, never data."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import create_team, invite
from apps.accounts.models import ApiToken, Team, User
from apps.designs.models import Design
from apps.facts.models import PriceBook
from apps.forecasts.models import Forecast, Sampling
from tests.factories import make_member, make_token, make_user
from tests.forecasts.conftest import keep_forecast, make_design
from tests.project.urls_of import REACH_OF, READ_BY_VIEWERS, Page, Reach, pages

pytestmark = pytest.mark.django_db

PAGES = pages()
OF_A_TEAM = (Reach.VIEWERS, Reach.EDITORS, Reach.OWNERS)
PEOPLE = (None, "charlie", "bob", "alice")
HTMX = {"HX-Request": "true"}
ASKED: tuple[tuple[str, dict[str, str]], ...] = (("GET", {}), ("POST", {}), ("GET", HTMX))
# What stands in the rivals' rows and nowhere else.
MARKS = ("Rivalry", "rita@", "rudi@", "Notes of rivals", "NotesTable")
KEPT = [model for model in apps.get_models() if model.__module__.startswith("apps.")]


class Rivals:
    """Another team, with one of everything that a team can have."""

    def __init__(self) -> None:
        self.rita = make_user("rita@example.com")
        self.team = create_team(owner=self.rita, name="Rivalry")
        self.rudi = make_member(self.team, "rudi@example.com")
        self.design = make_design(self.team, self.rita, "Notes of rivals")
        self.forecast = _forecast(self.design)
        self.token = make_token(self.rita, self.team, name="Rivalry")
        invite(
            team=self.team, email="rudi.2@example.com", role="viewer",
            invited_by=self.rita, now=timezone.now(),
        )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Return the parameters of addresses that lead to what they own."""
        return _values(self.team, self.design, self.forecast, self.rudi)


@pytest.fixture
def rivals(db: None) -> Rivals:
    return Rivals()


def test_every_address_says_whom_it_is_for() -> None:
    """A new address must be given its reach in `urls_of`, and is then tried out below."""
    views = {page.view for page in PAGES}

    assert [page for page in PAGES if page.reach is None] == []
    assert sorted(set(REACH_OF) - views) == []


@pytest.mark.parametrize(("method", "headers"), ASKED, ids=str)
@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_of_another_team_is_reached(
    person: str | None, method: str, headers: dict[str, str], rivals: Rivals, request: Any
) -> None:
    user = request.getfixturevalue(person) if person else None
    values = rivals.values()
    before = _rows()
    wrong = []
    for page in PAGES:
        response = _ask(user, method, page.url(values), headers)
        if not _is_refused(page, response) or _tells(response):
            wrong.append((page, response.status_code))

    assert wrong == []
    assert _rows() == before


@pytest.mark.parametrize(("method", "headers"), ASKED, ids=str)
@pytest.mark.parametrize(
    ("person", "reaches"),
    [("bob", (Reach.EDITORS, Reach.OWNERS)), ("alice", (Reach.OWNERS,))],
)
def test_role_in_the_own_team_is_not_exceeded(
    person: str, reaches: tuple[Reach, ...], method: str, headers: dict[str, str],
    team: Team, olga: User, request: Any,
) -> None:  # fmt: skip
    user = request.getfixturevalue(person)
    values = _own_values(team, olga)
    before = _rows()
    beyond = [page for page in PAGES if page.reach in reaches]
    if person == "bob" and method == "POST":
        beyond += [page for page in PAGES if page.view in READ_BY_VIEWERS]
    wrong = []
    for page in beyond:
        response = _ask(user, method, page.url(values), headers)
        if response.status_code not in (404, 405):
            wrong.append((page, response.status_code))

    assert wrong == []
    assert _rows() == before


def test_parts_of_another_team_are_not_reached_through_the_own(
    rivals: Rivals, team: Team, olga: User
) -> None:
    """The first id of the address is ours, the second theirs."""
    own, theirs = _own_values(team, olga), rivals.values()
    firsts = {"team_id", "design_id", "name", "number", "component_id"}
    mixed = {key: own[key] if key in firsts else value for key, value in theirs.items()}
    nested = [p for p in PAGES if p.reach in OF_A_TEAM and len(p.parameters) > 1]
    before = _rows()
    asked = [page for page in nested if set(page.parameters) - firsts]

    assert {page.view for page in asked} >= {"accounts:member_role", "accounts:invitation_revoke"}
    for page in asked:
        assert _ask(olga, "POST", page.url(mixed), {}).status_code == 404, page
    assert _rows() == before


def test_its_own_people_reach_it(rivals: Rivals) -> None:
    """The addresses above are those of real things, or their refusal would say nothing."""
    values = rivals.values()
    missed = []
    for page in (page for page in PAGES if page.reach in OF_A_TEAM):
        found = [_reached(rivals, page.url(values), method) for method in ("GET", "POST")]
        if not any(found):
            missed.append(page)

    assert missed == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("person", ["charlie", "bob", "alice", "olga"])
def test_no_token_reaches_another_team(
    person: str, method: str, rivals: Rivals, team: Team, request: Any
) -> None:
    """Every address × the token of everybody, with all scopes × what the rivals own."""
    user = request.getfixturevalue(person)
    home = team if person != "charlie" else create_team(owner=user, name="Own")
    headers = {"Authorization": f"Bearer {make_token(user, home)}"}
    # As if an editor's, who may only view by now.
    ApiToken.objects.filter(membership__user=user).update(scopes=ApiToken.Scope.values)
    values, before = rivals.values(), _rows()
    wrong = []
    for page in PAGES:
        response = _ask(None, method, page.url(values), headers)
        is_refused = _is_refused(page, response)
        if page.reach is Reach.TOKEN:
            is_refused = response.status_code in (404, 405) or not page.parameters
        if not is_refused or _tells(response):
            wrong.append((page, response.status_code))

    assert wrong == []
    assert _rows() == before


def _reached(rivals: Rivals, url: str, method: str) -> bool:
    # What the request does is undone, so that the next page finds everything in its place.
    with transaction.atomic():
        status = _ask(rivals.rita, method, url, {}).status_code
        transaction.set_rollback(True)
    return status not in (404, 405)


def _is_refused(page: Page, response: HttpResponse) -> bool:
    status = response.status_code
    if page.reach in (Reach.ANYBODY, Reach.PERSON):
        return status < 500 or page.view == "readyz"
    if page.reach is Reach.LINK:
        # A wrong key: some pages of allauth say so themselves.
        return status in (200, 302, 404, 405)
    if page.reach is Reach.TOKEN:
        # A page for pipelines knows nobody by a cookie.
        return status in (401, 405)
    target = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    to_sign_in = target.startswith(("/accounts/login/", "/admin/login/"))
    return to_sign_in or status in (403, 404, 405) or _is_of_the_admin(page, status)


def _is_of_the_admin(page: Page, status: int) -> bool:
    """Pages of the admin that hold no data: its form of sign-in and its words."""
    return page.view in ("admin:login", "admin:logout", "admin:jsi18n") and status < 400


def _tells(response: Any) -> bool:
    text = b"".join(response.streaming_content if response.streaming else [response.content])
    whole = text.decode(errors="replace") + str(response.headers)
    return any(mark in whole for mark in MARKS)


def _ask(user: User | None, method: str, url: str, headers: dict[str, str]) -> Any:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client.generic(method, url, headers=headers)


def _rows() -> str:
    """Return all that the product keeps, so that a change shows."""
    return "".join(
        serializers.serialize("json", model._base_manager.order_by("pk"), fields=_fields(model))
        for model in KEPT
        if not model.__name__.endswith("Row")
    )


def _fields(model: Any) -> list[str]:
    # Signing in for the test is no change, nor is showing a token.
    return [f.name for f in model._meta.fields if f.name not in ("last_login", "last_used_on")]


def _forecast(design: Design) -> Forecast:
    forecast = keep_forecast(design, {"population": {"value": 1000}})
    now = timezone.now()
    Sampling.objects.create(forecast=forecast, count=10, asked_at=now, changed_at=now)
    return forecast


def _own_values(team: Team, olga: User) -> dict[str, Any]:
    design = make_design(team, olga)
    make_token(olga, team)
    invite(team=team, email="new@example.com", role="viewer", invited_by=olga, now=timezone.now())
    return _values(team, design, _forecast(design), olga)


def _values(team: Team, design: Design, forecast: Forecast, member: User) -> dict[str, Any]:
    book = PriceBook.objects.first() or PriceBook.objects.create(
        region="global", source="packaged", sha256="0", is_current=True
    )
    return {
        "team_id": team.pk,
        "membership_id": team.memberships.get(user=member).pk,
        "invitation_id": team.invitations.get().pk,
        "api_token_id": ApiToken.objects.get(membership__team=team).pk,
        "token": "wrong-" + uuid.uuid4().hex,
        "key": "wrong",
        "uidb36": "1",
        "design_id": design.pk,
        "number": 1,
        "component_id": next(iter(design.latest().architecture().components)).id,
        "name": "sam",
        "forecast_id": forecast.pk,
        "book_id": book.pk,
        # Of the admin.
        "object_id": design.pk,
        "id": member.pk,
        "content_type_id": 1,
        "app_label": "designs",
        "url": "nowhere",
    }
