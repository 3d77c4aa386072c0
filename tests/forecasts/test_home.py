from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.actions import create_team
from apps.accounts.models import Team, User
from apps.designs.actions import save_version
from apps.designs.models import Design
from tests.forecasts.conftest import NOW, make_design, make_forecast

pytestmark = pytest.mark.django_db


@pytest.mark.main_job
def test_it_shows_what_each_design_holds(
    bob_client: Client, design: Design, team: Team, olga: User
) -> None:
    forecast = make_forecast(design)
    make_design(team, olga, "Not asked")

    page = bob_client.get("/").content.decode()

    assert f'<a href="/designs/{design.pk}/">Notes</a>' in page
    assert "daily users" in page
    assert "1,000 asked" in page
    assert forecast.first_limit in page
    assert "24 November 2026, 12:00 UTC" in page
    assert "not asked yet" in page


def test_the_question_that_was_asked_last_is_shown(bob_client: Client, design: Design) -> None:
    make_forecast(design, 1000, now=NOW)
    make_forecast(design, 2000, now=NOW + timedelta(hours=1))
    make_forecast(design, 1000, now=NOW + timedelta(hours=2))

    page = bob_client.get("/").content.decode()

    assert "1,000 asked" in page
    assert "2,000 asked" not in page


def test_a_forecast_of_an_older_version_says_so(
    bob_client: Client, design: Design, olga: User
) -> None:
    make_forecast(design)
    architecture = design.latest().architecture()
    save_version(
        design=design, based_on=1, architecture=architecture, author=olga, message="Nothing"
    )

    assert "Of an older version" in bob_client.get("/").content.decode()


def test_a_design_that_holds_less_than_asked_stands_out(bob_client: Client, design: Design) -> None:
    make_forecast(design, 1_000_000)

    assert "Too small" in bob_client.get("/").content.decode()


def test_other_teams_are_not_shown(charlie_client: Client, charlie: User, design: Design) -> None:
    create_team(owner=charlie, name="Mine")

    page = charlie_client.get("/").content.decode()

    assert "Notes" not in page
    assert "Upload a template" in page


def test_who_is_in_no_team_is_told_what_to_do(charlie_client: Client) -> None:
    assert b"You are in no team yet" in charlie_client.get("/").content


def test_signed_out_goes_to_sign_in(client: Client) -> None:
    response = client.get("/")

    assert response["Location"] == "/accounts/login/?next=/"


def test_post_is_not_allowed(alice_client: Client) -> None:
    assert alice_client.post("/").status_code == 405


def test_query_count_does_not_grow_with_designs(
    alice_client: Client,
    team: Team,
    olga: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("Orders", "Billing", "Search"):
        make_forecast(make_design(team, olga, name))

    # Session, user, newest forecasts with their versions, designs with team and head.
    with django_assert_num_queries(4):
        response = alice_client.get("/")
    assert response.content.count(b"1,000 asked") == 3
