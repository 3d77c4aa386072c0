from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from tests.factories import make_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "purple monkey dishwasher"


def test_it_sets_a_new_password_through_the_mailed_link(client: Client) -> None:
    make_user("dora@example.com")
    client.post("/accounts/password/reset/", {"email": "dora@example.com"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link.removeprefix("http://testserver"), follow=True)

    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    response = client.post(page.request["PATH_INFO"], form)

    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    form = {"login": "dora@example.com", "password": NEW_PASSWORD}
    assert client.post("/accounts/login/", form).status_code == 302


def test_used_link_says_so(client: Client) -> None:
    response = client.get("/accounts/password/reset/key/1-set-nothing/")

    assert b"has been used before or is too old" in response.content


def test_unknown_address_gets_the_same_answer(client: Client) -> None:
    response = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})

    assert response["Location"] == "/accounts/password/reset/done/"
    assert b"Look into your mailbox" in client.get(response["Location"]).content
