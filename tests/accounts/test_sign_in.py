from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.main_job
def test_it_signs_in_with_the_address(client: Client) -> None:
    make_user("dora@example.com")

    form = {"login": "DORA@example.com", "password": PASSWORD}
    response = client.post("/accounts/login/?next=/accounts/teams/", form)

    assert response.status_code == 302
    assert client.get("/accounts/teams/").status_code == 200


def test_next_page_follows(client: Client) -> None:
    make_user("dora@example.com")

    form = {"login": "dora@example.com", "password": PASSWORD, "next": "/accounts/teams/"}
    response = client.post("/accounts/login/", form)

    assert response["Location"] == "/accounts/teams/"


def test_next_page_is_one_of_ours(client: Client) -> None:
    make_user("dora@example.com")

    form = {"login": "dora@example.com", "password": PASSWORD, "next": "https://evil.example/"}
    response = client.post("/accounts/login/", form)

    assert response["Location"] == "/"


def test_wrong_password_is_refused(client: Client) -> None:
    make_user("dora@example.com")

    response = client.post("/accounts/login/", {"login": "dora@example.com", "password": "wrong"})

    assert b"password you specified are not correct" in response.content
    assert client.get("/accounts/teams/").status_code == 302


def test_guessing_is_limited(client: Client) -> None:
    make_user("dora@example.com")
    for _ in range(10):
        client.post("/accounts/login/", {"login": "dora@example.com", "password": "wrong"})

    form = {"login": "dora@example.com", "password": PASSWORD}
    response = client.post("/accounts/login/", form)

    assert b"Too many failed login attempts" in response.content


def test_sign_out_needs_a_post(alice_client: Client) -> None:
    assert b"alice@example.com" in alice_client.get("/accounts/logout/").content
    assert alice_client.get("/accounts/teams/").status_code == 200

    alice_client.post("/accounts/logout/")

    assert alice_client.get("/accounts/teams/").status_code == 302


def test_signed_out_htmx_goes_to_sign_in(client: Client, htmx: dict[str, str]) -> None:
    page = "http://testserver/accounts/teams/"
    response = client.get("/accounts/teams/", headers=htmx | {"HX-Current-URL": page})

    assert response["HX-Redirect"] == "/accounts/login/?next=/accounts/teams/"


def test_staff_sign_in_on_the_same_page(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/")

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
