from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client

from apps.accounts.models import ApiToken, Team, User
from project import settings as product
from project.ops import limits
from project.ops.limits import LIMITS, Limit, seconds_to_wait
from tests.factories import PASSWORD, make_token
from tests.project.urls_of import pages

pytestmark = pytest.mark.django_db
OURS: dict[str, Any] = product.CACHES["default"]
TWO = Limit(count=2, window_s=60, views=frozenset())


def test_counts_outlive_their_windows() -> None:
    """Files and tables give a count the life of the cache each time that it grows."""
    assert max(limit.window_s for limit in LIMITS.values()) <= OURS["TIMEOUT"]


def test_a_count_lives_on_after_django_s_own_five_minutes(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {"default": OURS | {"BACKEND": backend, "LOCATION": str(tmp_path)}}
    hour, start_s = replace(TWO, window_s=3600), 3600.0 * 500_000
    now_s = start_s
    monkeypatch.setattr("django.core.cache.backends.filebased.time.time", lambda: now_s)
    monkeypatch.setattr("django.core.cache.backends.base.time.time", lambda: now_s)
    waits = []
    for now_s in (start_s, start_s + 1.0, start_s + 600.0):
        waits.append(seconds_to_wait("letter", hour, "somebody", now_s))

    assert waits == [0, 0, 3001]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything be asked for twice."""
    few = {key: replace(limit, count=2, window_s=3600) for key, limit in LIMITS.items()}
    monkeypatch.setattr(limits, "LIMITS", few)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("post", "/designs/new/"),
        ("post", "/designs/{id}/traffic/upload/"),
        ("get", "/designs/{id}/forecast/"),
        ("post", "/forecasts/{id}/samples/start/"),
        ("get", "/accounts/invitations/guess/"),
    ],
)
def test_third_request_is_refused(few: None, alice_client: Client, method: str, url: str) -> None:
    url = url.format(id="00000000-0000-0000-0000-000000000000")
    first = [getattr(alice_client, method)(url).status_code for _ in range(2)]

    response = getattr(alice_client, method)(url)

    assert 429 not in first
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 3601
    assert b"That was too often" in response.content


def test_tokens_are_not_guessed_by_strangers(few: None, client: Client) -> None:
    codes = [client.get(f"/accounts/invitations/{guess}/").status_code for guess in range(4)]

    assert codes == [404, 404, 429, 429]


def test_others_are_not_held_up(few: None, alice_client: Client, bob_client: Client) -> None:
    for _ in range(3):
        alice_client.post("/designs/new/")

    assert bob_client.post("/designs/new/").status_code != 429


def test_address_that_a_client_claims_is_not_believed(few: None, client: Client) -> None:
    codes = [
        client.get("/accounts/invitations/x/", headers={"X-Forwarded-For": f"192.0.2.{n}"})
        for n in range(3)
    ]

    assert codes[-1].status_code == 429


def test_reading_the_form_is_not_counted(few: None, alice_client: Client) -> None:
    assert {alice_client.get("/designs/new/").status_code for _ in range(4)} == {200}


def test_htmx_gets_a_fragment(few: None, alice_client: Client, htmx: dict[str, str]) -> None:
    for _ in range(3):
        response = alice_client.post("/designs/new/", headers=htmx)

    assert response.status_code == 429
    assert b"<html" not in response.content


def test_sign_in_is_limited_with_the_same_page(client: Client, alice: User) -> None:
    form = {"login": alice.email, "password": "wrong-" + PASSWORD}
    for _ in range(5):
        client.post("/accounts/login/", form)

    response = client.post("/accounts/login/", {**form, "password": PASSWORD})

    assert "sessionid" not in client.cookies
    assert b"Too many failed login attempts" in response.content


def test_sign_in_of_many_names_is_limited(client: Client) -> None:
    for number in range(31):
        form = {"login": f"{number}@example.com", "password": PASSWORD}
        response: Any = client.post("/accounts/login/", form)

    assert response.status_code == 429
    assert b"That was too often" in response.content


def test_window_ends() -> None:
    waits = [seconds_to_wait("x", TWO, "a", 100.0) for _ in range(3)]

    assert waits == [0, 0, 21]
    assert seconds_to_wait("x", TWO, "a", 120.0) == 0


def test_neighbours_in_one_ipv6_network_are_one(client: Client, few: None) -> None:
    for end in ("1", "2", "3"):
        response = client.get("/accounts/invitations/x/", REMOTE_ADDR=f"2001:db8::{end}")

    assert response.status_code == 429


@pytest.fixture
def ask(alice: User, team: Team) -> Callable[..., Any]:
    """Ask as a pipeline does, with a new token of Alice's unless another is given."""
    own = make_token(alice, team)

    def ask(token: str = own) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return Client().post("/api/forecast/", headers=headers)

    return ask


def test_pipeline_is_limited_by_token(
    few: None, ask: Callable[..., Any], alice: User, alice_client: Client, team: Team
) -> None:
    codes = [ask().status_code for _ in range(3)]

    assert codes == [422, 422, 429]
    assert ask()["Content-Type"] == "application/json"
    assert ask().json()["error"].startswith("That was too often; come again in ")
    assert 1 <= int(ask()["Retry-After"]) <= 3601
    # Neither another token of hers nor she herself is held up.
    assert ask(make_token(alice, team)).status_code == 422
    assert alice_client.get("/accounts/teams/").status_code == 200


def test_api_tokens_are_not_guessed(few: None, ask: Callable[..., Any]) -> None:
    codes = [ask(ApiToken.new_token()).status_code for _ in range(4)]

    assert codes == [401, 401, 429, 429]
    assert ask().status_code == 422


def test_session_gives_no_more_guesses(
    few: None, client: Client, alice_client: Client, bob_client: Client
) -> None:
    codes = [c.post("/api/forecast/").status_code for c in (alice_client, bob_client, client)]

    assert codes == [401, 401, 429]


def test_new_tokens_are_limited(few: None, alice_client: Client) -> None:
    codes = [alice_client.post("/accounts/tokens/create/").status_code for _ in range(3)]

    assert codes == [422, 422, 429]


def test_lost_cache_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise DatabaseError("no such table: cache")

    monkeypatch.setattr(cache, "add", fail)

    assert seconds_to_wait("x", TWO, "a", 100.0) == 0


def test_limited_pages_exist() -> None:
    views = {view for limit in LIMITS.values() for view in limit.views}

    assert views <= {page.view for page in pages()}
