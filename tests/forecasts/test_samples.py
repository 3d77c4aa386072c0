"""More samples on the report: who may start and stop them, and what the page shows."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from apps.designs.models import Design
from apps.forecasts.actions import DEFAULT_BODY
from apps.forecasts.models import Forecast, SampleSlice, Sampling
from apps.forecasts.models.sampling import STOPPED_EARLY
from apps.forecasts.sampling import start_samples, work_on_slice
from tests.forecasts.conftest import NOW, keep_forecast
from tests.forecasts.test_report import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_sampler")]


@pytest.fixture
def forecast(design: Design) -> Forecast:
    """The one that the report page shows."""
    return keep_forecast(design, DEFAULT_BODY)


@pytest.fixture
def url(forecast: Forecast) -> str:
    return f"/forecasts/{forecast.pk}/samples/"


@pytest.fixture
def asked(forecast: Forecast) -> Sampling:
    return start_samples(forecast=forecast, now=NOW, count=2000)


def test_the_report_shows_users_and_costs_side_by_side(
    bob_client: Client, design: Design, forecast: Forecast
) -> None:
    page = text(bob_client, f"/designs/{design.pk}/forecast/")
    panel = page[page.index("Low, middle and high") : page.index("What moves the verdict most")]

    assert "Low, P10 Middle, P50 High, P90 At the expected values" in panel
    assert "Holds daily users" in panel
    assert "Costs a month at 10,000 daily users $" in panel
    assert "From 128 joint samples of all" in panel


def test_the_report_names_what_moves_the_bill(
    bob_client: Client, design: Design, forecast: Forecast
) -> None:
    page = text(bob_client, f"/designs/{design.pk}/forecast/")

    assert "What moves the cost most" in page
    assert "Costs then" in page


def test_an_editor_runs_more_samples_without_script(
    alice_client: Client,
    design: Design,
    url: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = alice_client.get(f"/designs/{design.pk}/forecast/").content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        answer = alice_client.post(f"{url}start/")

    page = text(alice_client, f"/designs/{design.pk}/forecast/")
    assert f'action="{url}start/"' in before
    assert answer["Location"] == f"/designs/{design.pk}/forecast/#samples"
    assert "From 2,000 joint samples" in page
    assert "Run 2,000 samples" not in page


def test_it_shows_how_far_it_is(
    bob_client: Client, design: Design, asked: Sampling, url: str
) -> None:
    SampleSlice.objects.filter(first_bundle=0).update(state="running", done=384)

    page = bob_client.get(f"/designs/{design.pk}/forecast/").content.decode()

    assert "384 of 2,000 samples" in page
    assert "left." in page
    assert f'hx-get="{url}"' in page
    assert f'href="{url}"' in page


def test_htmx_gets_only_the_progress(
    bob_client: Client, asked: Sampling, url: str, htmx: dict[str, str]
) -> None:
    page = bob_client.get(url, headers=htmx).content.decode()

    assert "0 of 2,000 samples" in page
    assert "<html" not in page


def test_without_htmx_it_leads_to_the_report(
    bob_client: Client, design: Design, asked: Sampling, url: str
) -> None:
    assert bob_client.get(url)["Location"] == f"/designs/{design.pk}/forecast/#samples"


@pytest.mark.parametrize("state", ["done", "failed"])
def test_once_it_is_over_htmx_loads_the_whole_page_anew(
    bob_client: Client, asked: Sampling, url: str, htmx: dict[str, str], state: str
) -> None:
    Sampling.objects.update(state=state)

    assert bob_client.get(url, headers=htmx)["HX-Refresh"] == "true"


def test_stop_keeps_what_was_reached_and_says_how_many(
    alice_client: Client,
    design: Design,
    asked: Sampling,
    url: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    work_on_slice(asked.slices.get(first_bundle=0).pk)

    with django_capture_on_commit_callbacks(execute=True):
        answer = alice_client.post(f"{url}stop/")

    page = text(alice_client, f"/designs/{design.pk}/forecast/")
    assert answer["Location"] == f"/designs/{design.pk}/forecast/#samples"
    assert "From 512 joint samples" in page
    assert "of 2,000 asked for" in page
    assert "Run the rest of 2,000 samples" in page


def test_an_error_is_shown_with_a_way_to_try_again(
    alice_client: Client, bob_client: Client, design: Design, asked: Sampling
) -> None:
    Sampling.objects.update(state="failed", reason="No memory was left.")

    mine = text(alice_client, f"/designs/{design.pk}/forecast/")
    theirs = text(bob_client, f"/designs/{design.pk}/forecast/")

    assert "There are no more samples. No memory was left." in mine
    assert "No memory was left." in theirs
    assert "Run 2,000 samples" in mine
    assert "Run 2,000 samples" not in theirs


def test_a_stop_is_no_alarm(alice_client: Client, design: Design, asked: Sampling) -> None:
    Sampling.objects.update(state="failed", reason=STOPPED_EARLY)

    page = alice_client.get(f"/designs/{design.pk}/forecast/").content.decode()

    assert "It was stopped before more samples were done" in page
    assert 'role="alert"' not in page


def test_while_it_stops_there_is_nothing_left_to_press(
    alice_client: Client, design: Design, asked: Sampling
) -> None:
    Sampling.objects.update(stop_requested=True)

    page = alice_client.get(f"/designs/{design.pk}/forecast/").content.decode()

    assert "Stopping. What is done is put together." in page
    assert "samples/stop/" not in page


def test_another_size_has_no_button(alice_client: Client, design: Design, url: str) -> None:
    page = alice_client.get(f"/designs/{design.pk}/forecast/?users=5000").content.decode()

    assert "Low, middle and high" in page
    assert f'action="{url}start/"' not in page


def test_a_viewer_sees_no_button(bob_client: Client, design: Design, asked: Sampling) -> None:
    running = bob_client.get(f"/designs/{design.pk}/forecast/").content.decode()
    Sampling.objects.all().delete()
    before = bob_client.get(f"/designs/{design.pk}/forecast/").content.decode()

    assert "0 of 2,000 samples" in running
    assert "samples/stop/" not in running
    assert "samples/start/" not in before


@pytest.mark.parametrize("person", ["bob", "charlie"])
@pytest.mark.parametrize("what", ["start", "stop"])
def test_only_editors_start_and_stop(
    person: str, what: str, url: str, asked: Sampling, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(f"{url}{what}/").status_code == 404
    asked.refresh_from_db()
    assert not asked.stop_requested


def test_outsider_finds_nothing(charlie_client: Client, url: str, asked: Sampling) -> None:
    assert charlie_client.get(url).status_code == 404
    assert charlie_client.post(f"{url}start/").status_code == 404


def test_what_is_not_finished_cannot_be_sampled(alice_client: Client, url: str) -> None:
    Forecast.objects.update(state="failed")

    assert alice_client.post(f"{url}start/").status_code == 404
    assert not Sampling.objects.exists()


@pytest.mark.parametrize("what", ["start", "stop"])
def test_get_changes_nothing(alice_client: Client, url: str, what: str) -> None:
    assert alice_client.get(f"{url}{what}/").status_code == 405


def test_it_needs_a_sign_in(client: Client, url: str) -> None:
    assert client.get(url)["Location"].startswith("/accounts/login/")


def test_query_count(
    alice_client: Client,
    url: str,
    asked: Sampling,
    htmx: dict[str, str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    # Session, user, forecast with its design, what the person may do, samples.
    with django_assert_num_queries(5):
        alice_client.get(url, headers=htmx)
