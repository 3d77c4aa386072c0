"""What stands around every page, and the pages of errors."""

from __future__ import annotations

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

URLS = pytest.mark.urls("tests.ui.test_frame")
TRADEMARKS = "AWS and the names of its services are trademarks of Amazon."


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


handler500 = "project.ui.errors.server_error"
urlpatterns = [
    path("broken/", broken),
    path("", include("tests.ui.styleguide")),
]


@URLS
def test_it_frames_the_page(alice_client: Client) -> None:
    html = alice_client.get("/styleguide/").content.decode()

    assert '<a class="skip" href="#main">' in html
    assert 'hx-headers:inherited=\'{"X-CSRFToken": "' in html
    assert "<title>Styleguide \u00b7 Headroom</title>" in html
    assert TRADEMARKS in html


@URLS
def test_who_is_signed_in_can_sign_out_by_post(alice_client: Client) -> None:
    html = alice_client.get("/styleguide/").content.decode()

    assert "alice@example.com" in html
    assert '<form method="post" action="/accounts/logout/">' in html
    assert 'href="/accounts/login/"' not in html


@URLS
def test_who_is_signed_out_can_sign_in(db: None, client: Client) -> None:
    html = client.get("/styleguide/").content.decode()

    assert 'href="/accounts/login/"' in html
    assert "account-menu" not in html


@URLS
@pytest.mark.parametrize(
    ("cookie", "start"),
    [("dark", '<html lang="en" data-theme="dark">'), ('"><script>', '<html lang="en" >')],
)
def test_the_theme_is_what_the_person_chose(
    db: None, client: Client, cookie: str, start: str
) -> None:
    client.cookies["theme"] = cookie
    assert start in client.get("/styleguide/").content.decode()


def test_a_wrong_address_is_a_page_in_the_frame(alice_client: Client) -> None:
    response = alice_client.get("/nothing/here/")

    assert response.status_code == 404
    assert b"There is nothing here for you" in response.content
    assert TRADEMARKS in response.content.decode()


def test_htmx_gets_a_wrong_address_as_a_fragment(
    alice_client: Client, htmx: dict[str, str]
) -> None:
    response = alice_client.get("/nothing/here/", headers=htmx)

    assert response.status_code == 404
    assert b"There is nothing here for you" in response.content
    assert b"<html" not in response.content


@URLS
def test_a_fault_of_ours_is_admitted(client: Client, db: None) -> None:
    client.raise_request_exception = False

    response = client.get("/broken/")

    assert response.status_code == 500
    assert b"The fault is ours" in response.content
    assert b"<html" in response.content


@URLS
def test_htmx_gets_a_fault_as_a_fragment(client: Client, db: None, htmx: dict[str, str]) -> None:
    client.raise_request_exception = False

    response = client.get("/broken/", headers=htmx)

    assert response.status_code == 500
    assert b"The fault is ours" in response.content
    assert b"<html" not in response.content


def test_a_form_without_token_is_refused_in_words(alice_client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice_client.cookies

    response = strict.post("/accounts/logout/")

    assert response.status_code == 403
    assert b"The form was not accepted" in response.content
