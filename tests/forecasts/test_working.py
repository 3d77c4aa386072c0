from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from apps.designs.models import Design
from apps.forecasts import background
from apps.forecasts.background import start_forecast
from apps.forecasts.models import Forecast
from tests.forecasts.conftest import make_forecast
from tests.forecasts.test_background import question

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(design: Design) -> Forecast:
    return start_forecast(**question(design))


@pytest.fixture
def url(queued: Forecast) -> str:
    return f"/forecasts/{queued.pk}/"


def test_it_shows_how_far_it_is_and_asks_again(bob_client: Client, url: str) -> None:
    waiting = bob_client.get(url).content.decode()
    Forecast.objects.update(state="running", progress=0.42)
    running = bob_client.get(url).content.decode()

    assert "Waiting for a worker" in waiting
    assert "Working: 42%" in running
    assert f'hx-get="{url}"' in running


def test_htmx_gets_only_the_panel(bob_client: Client, url: str, htmx: dict[str, str]) -> None:
    page = bob_client.get(url, headers=htmx).content.decode()

    assert 'id="working"' in page
    assert "<html" not in page


def test_what_is_done_leads_to_the_report(
    bob_client: Client, design: Design, htmx: dict[str, str]
) -> None:
    url = f"/forecasts/{make_forecast(design).pk}/"

    assert bob_client.get(url)["Location"] == f"/designs/{design.pk}/forecast/"
    assert bob_client.get(url, headers=htmx)["HX-Redirect"] == f"/designs/{design.pk}/forecast/"


def test_what_failed_says_why_and_is_not_asked_for_again(bob_client: Client, url: str) -> None:
    Forecast.objects.update(state="failed", reason="No memory was left.")

    page = bob_client.get(url).content.decode()

    assert "No memory was left." in page
    assert "hx-get" not in page
    assert "Try again" not in page


def test_stop(alice_client: Client, url: str) -> None:
    response = alice_client.post(f"{url}stop/")

    assert response["Location"] == url
    assert b"It was stopped." in alice_client.get(url).content


def test_try_again(
    alice_client: Client,
    url: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    Forecast.objects.update(state="failed", reason="No memory was left.", attempts=3)

    with django_capture_on_commit_callbacks(execute=True):
        response = alice_client.post(f"{url}again/")

    assert response["Location"] == url
    assert Forecast.objects.get().is_done


@pytest.mark.parametrize("person", ["bob", "charlie"])
@pytest.mark.parametrize("what", ["stop", "again"])
def test_only_editors_stop_and_try_again(
    person: str, what: str, url: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(f"{url}{what}/").status_code == 404
    assert Forecast.objects.get().state == "queued"


def test_outsider_finds_nothing(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404


@pytest.mark.parametrize("what", ["stop", "again"])
def test_get_changes_nothing(alice_client: Client, url: str, what: str) -> None:
    assert alice_client.get(f"{url}{what}/").status_code == 405


def test_pages_of_a_large_design_wait_for_the_worker(
    bob_client: Client, design: Design, monkeypatch: pytest.MonkeyPatch, htmx: dict[str, str]
) -> None:
    monkeypatch.setattr(background, "SLOW_FROM", 0)

    report = bob_client.get(f"/designs/{design.pk}/forecast/")
    fragment = bob_client.get(f"/designs/{design.pk}/forecast/", headers=htmx)
    page = bob_client.get(f"/designs/{design.pk}/")

    url = f"/forecasts/{Forecast.objects.get().pk}/"
    assert (report["Location"], fragment["HX-Redirect"]) == (url, url)
    assert b"The forecast is being worked out." in page.content


def test_query_count(
    alice_client: Client, url: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # Session, user, forecast with its design, what the person may do.
    with django_assert_num_queries(4):
        alice_client.get(url)
