from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from pytest_django.fixtures import Settings

from apps.accounts.models import User
from project.ops.admin_gate import is_listed
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PAGES = ["/admin/", "/admin/login/", "/admin/accounts/user/", "/admin/nowhere/"]


@pytest.fixture
def sam() -> User:
    """Staff, who may do everything."""
    user = make_user("sam@example.com")
    user.is_staff = user.is_superuser = True
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@pytest.fixture(autouse=True)
def _as_elsewhere(settings: Settings) -> None:
    settings.ADMIN_NEEDS_SECOND_STEP = True
    settings.ADMIN_ADDRESSES = ["192.0.2.0/24", "2001:db8::/32"]


@pytest.mark.parametrize("url", PAGES)
def test_admin_is_not_there_for_other_addresses(sam: User, url: str) -> None:
    client = _signed_in(sam)

    assert client.get(url, REMOTE_ADDR="198.51.100.7").status_code == 404
    forged = {"X-Forwarded-For": "192.0.2.9"}
    assert client.get(url, headers=forged, REMOTE_ADDR="198.51.100.7").status_code == 404


def test_nobody_is_listed_at_first(sam: User, settings: Settings) -> None:
    settings.ADMIN_ADDRESSES = []

    assert _signed_in(sam).get("/admin/", REMOTE_ADDR="192.0.2.9").status_code == 404


def test_staff_without_a_second_step_must_set_it_up(sam: User) -> None:
    response = _signed_in(sam).get("/admin/accounts/user/", REMOTE_ADDR="192.0.2.9")

    assert response["Location"] == "/accounts/2fa/totp/activate/"


def test_second_step_is_asked_for_and_opens_the_admin(sam: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(sam, secret)
    client = _signed_in(sam)
    client.defaults["REMOTE_ADDR"] = "192.0.2.9"

    asked = client.get("/admin/accounts/user/")
    assert asked["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    answered = client.post(asked["Location"], {"code": _code(secret)})

    assert answered["Location"] == "/admin/accounts/user/"
    assert client.get("/admin/accounts/user/").status_code == 200


def test_signing_in_with_both_steps_is_enough(sam: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(sam, secret)
    client = Client(REMOTE_ADDR="192.0.2.9")

    client.post("/accounts/login/", {"login": sam.email, "password": PASSWORD})
    assert client.get("/admin/accounts/user/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": _code(secret)})

    assert client.get("/admin/accounts/user/").status_code == 200


def test_recovery_codes_alone_are_no_way_around(sam: User) -> None:
    Authenticator.objects.create(user=sam, type=Authenticator.Type.RECOVERY_CODES, data={})

    response = _signed_in(sam).get("/admin/", REMOTE_ADDR="192.0.2.9")

    assert response["Location"] == "/accounts/2fa/totp/activate/"


def test_member_of_a_team_gets_no_further(alice_client: Client) -> None:
    response = alice_client.get("/admin/accounts/user/", REMOTE_ADDR="192.0.2.9")

    assert response.status_code == 302
    assert response["Location"].startswith(("/admin/login/", "/accounts/login/"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.0.2.255", True), ("192.0.3.0", False), ("2001:db8:1::1", True), ("::1", False)],
)
def test_networks_of_both_kinds(address: str, expected: bool) -> None:
    assert is_listed(address, ["192.0.2.0/24", "2001:db8::/32"]) is expected


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
