from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.actions import create_team, invite
from apps.accounts.models import ApiToken, Invitation, Team, User
from tests.factories import make_token, make_user

PAGES = ("user", "team", "membership", "invitation", "apitoken")


@pytest.fixture
def staff_client(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com", "secret"))
    return client


@pytest.fixture
def rows(db: None) -> None:
    for name in ("ann", "ben", "cem"):
        owner = make_user(f"{name}@example.com")
        team = create_team(owner=owner, name=f"Team of {name}")
        email, now = f"{name}-friend@example.com", timezone.now()
        make_token(owner, team, name=f"Token of {name}")
        invite(team=team, email=email, role="viewer", invited_by=owner, now=now)


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", PAGES)
def test_list_does_not_ask_for_each_row(
    staff_client: Client,
    model: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    url = f"/admin/accounts/{model}/"

    # Session, user, two counts, rows; the rest is for the dates of a filter.
    with django_assert_max_num_queries(7):
        page = staff_client.get(url).content.decode()

    assert "cem" in page


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", PAGES)
def test_search_finds_by_address(staff_client: Client, model: str) -> None:
    page = staff_client.get(f"/admin/accounts/{model}/?q=ben").content.decode()

    assert "1 result" in page
    assert "cem" not in page


@pytest.mark.usefixtures("rows")
def test_page_of_a_team_does_not_ask_for_each_member(
    staff_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    team = Team.objects.get(name="Team of ann")
    for name in ("x", "y", "z"):
        team.memberships.create(user=make_user(f"{name}@example.com"))

    with django_assert_max_num_queries(14):
        few = staff_client.get(f"/admin/accounts/team/{team.id}/change/")

    assert b"z@example.com" in few.content


@pytest.mark.usefixtures("rows")
def test_invitation_cannot_be_changed(staff_client: Client) -> None:
    invitation = Invitation.objects.get(email="ann-friend@example.com")
    url = f"/admin/accounts/invitation/{invitation.id}/change/"

    page = staff_client.get(url).content.decode()

    assert "ann-friend@example.com" in page
    assert 'name="email"' not in page
    assert invitation.token_sha256 not in page
    assert staff_client.post(url, {"email": "evil@example.com"}).status_code == 403
    assert staff_client.get("/admin/accounts/invitation/add/").status_code == 403


@pytest.mark.usefixtures("rows")
def test_api_token_cannot_be_changed(staff_client: Client) -> None:
    token = ApiToken.objects.get(name="Token of ann")
    url = f"/admin/accounts/apitoken/{token.id}/change/"

    page = staff_client.get(url).content.decode()

    assert token.prefix in page
    assert token.token_sha256 not in page
    assert 'name="name"' not in page
    assert staff_client.post(url, {"name": "x"}).status_code == 403
    assert staff_client.get("/admin/accounts/apitoken/add/").status_code == 403


def test_staff_adds_a_person_by_address(staff_client: Client) -> None:
    form = {
        "email": "Dora@Example.com",
        "usable_password": "true",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    response = staff_client.post("/admin/accounts/user/add/", form)

    assert response.status_code == 302
    assert User.objects.get(email="dora@example.com").check_password("correct horse battery")


def test_secret_of_the_second_step_is_not_shown(staff_client: Client) -> None:
    dora = make_user("dora@example.com")
    totp = Authenticator.objects.create(user=dora, type="totp", data={"secret": "JBSWY3DPEHPK"})

    page = staff_client.get(f"/admin/mfa/authenticator/{totp.pk}/change/").content.decode()

    assert "dora@example.com" in page
    assert "JBSWY3DPEHPK" not in page


def test_people_are_not_staff(alice_client: Client) -> None:
    response = alice_client.get("/admin/accounts/user/", follow=True)

    assert response.status_code == 403
