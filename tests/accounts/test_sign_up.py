from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from apps.accounts.models import Membership, User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.main_job
def test_it_makes_a_person_with_a_team_of_their_own(client: Client) -> None:
    form = {"email": "Dora@Example.com", "password1": PASSWORD}
    response = client.post("/accounts/signup/", form)

    assert response.status_code == 302
    assert response["Location"] == "/"
    membership = Membership.objects.select_related("user", "team").get()
    assert membership.user.email == "dora@example.com"
    assert membership.team.name == "Team of dora"
    assert membership.role == Membership.Role.OWNER
    assert client.get("/accounts/teams/").status_code == 200


def test_page_is_public(client: Client) -> None:
    response = client.get("/accounts/signup/")

    assert response.status_code == 200
    assert b"Create an account" in response.content


def test_weak_password_is_refused(client: Client) -> None:
    response = client.post("/accounts/signup/", {"email": "d@example.com", "password1": "password"})

    assert b"This password is too common" in response.content
    assert not User.objects.exists()


def test_known_address_makes_no_second_person(client: Client) -> None:
    make_user("dora@example.com")

    client.post("/accounts/signup/", {"email": "dora@example.com", "password1": PASSWORD})

    assert User.objects.count() == 1


def test_address_is_confirmed_by_mail(client: Client) -> None:
    client.post("/accounts/signup/", {"email": "dora@example.com", "password1": PASSWORD})

    [letter] = mail.outbox
    assert letter.to == ["dora@example.com"]
    link = next(word for word in letter.body.split() if "/accounts/confirm-email/" in word)
    path = link.removeprefix("http://testserver")
    assert b"Confirm the address" in client.get(path).content
    assert client.post(path).status_code == 302
    assert b"(confirmed, used to sign in)" in client.get("/accounts/email/").content
