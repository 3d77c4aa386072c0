from __future__ import annotations

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from apps.accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora() -> User:
    user = make_user("dora@example.com")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@pytest.fixture
def dora_client(client: Client, dora: User) -> Client:
    client.post("/accounts/login/", {"login": dora.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_password_is_asked_for_again_first(client: Client, dora: User) -> None:
    client.post("/accounts/login/", {"login": dora.email, "password": PASSWORD})

    response = client.get("/accounts/2fa/totp/activate/", follow=True)

    assert b"Confirm that it is you" in response.content


def test_app_is_set_up_with_a_picture_that_the_policy_allows(dora_client: Client) -> None:
    response = dora_client.get("/accounts/2fa/totp/activate/")
    page = response.content.decode()

    assert "<svg" in page
    assert "data:image" not in page
    assert "style=" not in page


def test_signing_in_asks_for_a_code(dora_client: Client, dora: User) -> None:
    secret = _turn_on(dora_client)
    dora_client.post("/accounts/logout/")

    form = {"login": dora.email, "password": PASSWORD}
    response = dora_client.post("/accounts/login/", form)

    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert dora_client.get("/accounts/teams/").status_code == 302
    assert b"Enter a code" in dora_client.get(response["Location"]).content
    # The code of the set-up is spent, so the next one counts.
    dora_client.post("/accounts/2fa/authenticate/", {"code": _code(secret, later=1)})
    assert dora_client.get("/accounts/teams/").status_code == 200


def test_wrong_code_is_refused(dora_client: Client) -> None:
    response = dora_client.post("/accounts/2fa/totp/activate/", {"code": "000000"})

    assert b"Incorrect code" in response.content


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/accounts/2fa/", "Signing in asks for a code of your app"),
        ("/accounts/2fa/recovery-codes/", "10 of 10 codes are left"),
        ("/accounts/2fa/recovery-codes/generate/", "Make recovery codes"),
        ("/accounts/2fa/totp/deactivate/", "Turn off the authenticator app"),
    ],
)
def test_page_of_who_has_an_app(dora_client: Client, url: str, words: str) -> None:
    _turn_on(dora_client)

    assert words in dora_client.get(url).content.decode()


def _turn_on(client: Client) -> str:
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r"<code>(\w+)</code>", page)
    assert found
    client.post("/accounts/2fa/totp/activate/", {"code": _code(found[1])})
    return found[1]


def _code(secret: str, later: int = 0) -> str:
    period = int(time.time() // 30)
    return str(format_hotp_value(hotp_value(secret, period + later)))
