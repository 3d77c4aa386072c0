from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Team, User
from apps.designs.models import Design
from apps.forecasts.actions import save_scenario
from apps.forecasts.sampling import start_samples
from tests.forecasts.conftest import NOW, make_design, make_forecast

pytestmark = pytest.mark.django_db
BODY = {"population": {"value": 1000}, "name": "Sale day"}


@pytest.fixture
def staff_client() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "x"))
    return client


def test_forecasts_are_searched_by_limit_and_filtered_by_state(
    staff_client: Client, design: Design
) -> None:
    make_forecast(design)

    found = staff_client.get("/admin/forecasts/forecast/?q=NotesTable&state__exact=done")
    missed = staff_client.get("/admin/forecasts/forecast/?q=NotesTable&state__exact=failed")

    assert b"1 forecast" in found.content
    assert b"0 forecasts" in missed.content


def test_a_forecast_is_read_and_not_changed(staff_client: Client, design: Design) -> None:
    url = f"/admin/forecasts/forecast/{make_forecast(design).pk}/"

    page = staff_client.get(f"{url}change/").content

    assert b"headroom/forecast/1" in page
    assert b'name="_save"' not in page
    assert staff_client.post(f"{url}delete/").status_code == 403


def test_a_scenario_is_read_and_not_changed(staff_client: Client, design: Design) -> None:
    scenario = save_scenario(design=design, body=BODY, author=None)

    page = staff_client.get(f"/admin/forecasts/scenario/{scenario.pk}/change/").content

    assert b"headroom/scenario/1" in page
    assert b"<textarea" not in page
    assert staff_client.get("/admin/forecasts/scenario/add/").status_code == 403


def test_samplings_are_read_and_not_changed(staff_client: Client, design: Design) -> None:
    start_samples(forecast=make_forecast(design), now=NOW)

    page = staff_client.get("/admin/forecasts/sampling/").content

    assert b"1 sampling" in page
    assert staff_client.get("/admin/forecasts/sampling/add/").status_code == 403


# Session, user, two counts and the rows; two filters list the values that there are.
@pytest.mark.parametrize(("model", "queries"), [("forecast", 7), ("scenario", 5), ("sampling", 5)])
def test_lists_do_not_ask_for_each_row(
    staff_client: Client,
    team: Team,
    olga: User,
    model: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("Orders", "Billing", "Search"):
        made = make_design(team, olga, name)
        start_samples(forecast=make_forecast(made), now=NOW)
        save_scenario(design=made, body=BODY, author=None)
    with django_assert_num_queries(queries):
        response = staff_client.get(f"/admin/forecasts/{model}/")
    assert response.content.count(b'class="field-') >= 3
