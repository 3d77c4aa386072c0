from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.storage import default_storage
from pytest_django import DjangoAssertNumQueries

from apps.accounts.actions import create_team
from apps.accounts.models import Team, User
from apps.designs.actions import create_design
from apps.designs.models import Design
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Scenario as EngineScenario
from apps.facts.actions import effective_facts
from apps.forecasts.actions import DesignNotRunnable, forecast_for, save_scenario, scenario_of
from apps.forecasts.models import Forecast, Scenario
from tests.forecasts.conftest import NOW, make_design, make_forecast

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.mark.main_job
def test_it_keeps_the_answer_with_what_lists_show(design: Design) -> None:
    forecast = Forecast.objects.get(pk=make_forecast(design, 1000).pk)

    assert forecast.is_done
    assert forecast.summary["schema"] == "headroom/forecast/1"
    assert forecast.holds_users == forecast.summary["holds_users"]["expected"]
    assert forecast.holds_low == forecast.summary["holds_users"]["low"]
    assert forecast.first_limit.startswith("NotesTable: ")
    assert (forecast.asked_users, forecast.users_unit) == (1000, "daily_active")
    assert forecast.scenario["population"]["value"] == 1000
    assert forecast.created_at == forecast.finished_at == NOW


def test_the_day_is_kept_minute_by_minute(design: Design) -> None:
    forecast = make_forecast(design)

    with default_storage.open(forecast.series) as file:
        series = np.load(file)
        uses, gauges = series["uses"], series["gauges"]
    assert forecast.series == f"series/{forecast.inputs_sha256}.npz"
    assert uses.shape == (1440, len(gauges))


@pytest.mark.main_job
def test_the_same_question_is_answered_once(
    design: Design, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = make_forecast(design)
    scenario = EngineScenario.from_dict({"population": {"value": 1000}})
    facts = effective_facts("us-east-1")

    with django_assert_num_queries(1):
        again = forecast_for(version=design.latest(), scenario=scenario, now=LATER, facts=facts)
    assert again == first
    assert again.asked_at == NOW


def test_another_size_is_another_question(design: Design) -> None:
    assert make_forecast(design, 1000) != make_forecast(design, 2000)


@pytest.mark.main_job
def test_a_question_that_was_left_unanswered_is_answered_in_its_row(design: Design) -> None:
    forecast = make_forecast(design)
    Forecast.objects.filter(pk=forecast.pk).update(state="failed", reason="No memory", summary={})

    again = make_forecast(design)

    assert again.pk == forecast.pk
    stored = Forecast.objects.get()
    assert (stored.state, stored.reason) == ("done", "")
    assert stored.summary == again.summary


def test_teams_that_ask_the_same_have_rows_of_their_own(
    design: Design, team: Team, bob: User, charlie: User
) -> None:
    other = make_design(create_team(owner=charlie, name="Other"), charlie)

    mine, theirs = make_forecast(design), make_forecast(other)

    assert mine.inputs_sha256 == theirs.inputs_sha256
    assert list(Forecast.objects.visible_to(bob)) == [mine]
    assert list(Forecast.objects.visible_to(charlie)) == [theirs]


def test_what_cannot_be_run_is_said_and_not_kept(team: Team, olga: User) -> None:
    empty = create_design(team=team, author=olga, name="Empty", architecture=Architecture())

    with pytest.raises(DesignNotRunnable, match="Nothing in this design can start"):
        make_forecast(empty)

    assert not Forecast.objects.exists()


@pytest.mark.parametrize("region", ["mars-1", "mars", ""])
def test_a_region_without_prices_is_said(design: Design, region: str) -> None:
    with pytest.raises(DesignNotRunnable, match="region"):
        make_forecast(design, region=region)


def test_a_summary_fits_where_it_is_kept(design: Design) -> None:
    summary = make_forecast(design).summary

    # JSON that both databases take: no NaN, no Infinity.
    assert len(json.dumps(summary, allow_nan=False)) < 64 * 1024


def test_a_design_has_typical_habits_until_some_are_saved(design: Design, olga: User) -> None:
    before = scenario_of(design)
    save_scenario(design=design, body={"population": {"value": 5}}, author=olga)

    assert before.revision == 0
    assert before.parsed().population.value == 10_000
    assert scenario_of(design).parsed().population.value == 5


def test_a_scenario_that_cannot_be_read_is_not_saved(design: Design, olga: User) -> None:
    with pytest.raises(DesignNotRunnable, match=r"population\.value must be more than 0"):
        save_scenario(design=design, body={"population": {"value": 0}}, author=olga)

    assert not Scenario.objects.exists()
