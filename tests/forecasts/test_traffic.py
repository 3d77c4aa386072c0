from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.designs.models import Design
from apps.facts.actions import effective_facts
from apps.forecasts.actions import save_scenario
from apps.forecasts.models import Scenario
from tests.forecasts.conftest import make_forecast

pytestmark = pytest.mark.django_db
# What a browser sends of the untouched page, as far as the form needs it.
UNTOUCHED = {
    "users": "10000",
    "unit": "daily_active",
    "preset": "web-shop",
    "region": "us-east-1",
    "actions-TOTAL_FORMS": "1",
    "actions-INITIAL_FORMS": "0",
    "events-TOTAL_FORMS": "0",
    "events-INITIAL_FORMS": "0",
}
SALE = {
    "events-TOTAL_FORMS": "1",
    "events-0-shape": "rush",
    "events-0-name": "sale",
    "events-0-at": "20:00",
    "events-0-factor": "10",
    "events-0-hold_s": "1800",
}


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/traffic/"


def kept(design: Design) -> dict[str, Any]:
    body: dict[str, Any] = Scenario.objects.get(design=design).body
    return body


def test_it_shows_the_assumed_with_range_and_rule(bob_client: Client, url: str) -> None:
    page = " ".join(bob_client.get(url).content.decode().split())

    assert "Assumed 1.2 (0.6 to 2.4). Typical for this kind of application" in page
    assert "12 ms of python at a full vCPU" in page
    assert "Measured for a small package of this runtime" in page


def test_it_shows_the_requests_with_their_formulas(bob_client: Client, url: str) -> None:
    page = bob_client.get(url).content.decode()

    assert "10,000 daily users × 1.2 visits × 9% ÷ 3,600 s" in page
    assert "0.3 visits/s × 16.2 requests a visit" in page
    # 0.3 × 16.2 × 1.2, and one request of a bot for each of a person, spread over the day.
    assert "4.86 req/s × 1.2 + 2.25" in page
    assert re.search(r"<dt>Busiest minute</dt><dd>8\.0\d<", page)


def test_a_look_at_the_page_saves_nothing(bob_client: Client, url: str) -> None:
    bob_client.get(url)

    assert not Scenario.objects.exists()


def test_it_saves_a_revision_and_asks_for_the_verdict(
    alice_client: Client, design: Design, url: str
) -> None:
    first = alice_client.post(url, UNTOUCHED | {"revision": "0"})
    second = alice_client.post(url, UNTOUCHED | {"revision": "1", "users": "50,000"})

    assert first["Location"] == second["Location"] == f"/designs/{design.pk}/forecast/"
    assert Scenario.objects.get(design=design).revision == 2
    assert kept(design)["population"] == {
        "unit": "daily_active",
        "value": 50_000.0,
        "daily_per_monthly": None,
        "monthly_per_registered": None,
        "growth_percent_per_month": 0.0,
    }


def test_per_cent_are_kept_as_shares(alice_client: Client, design: Design, url: str) -> None:
    typed = {"bots": "20", "refused": "0.5", "daily_per_monthly": "15", "queue_age": "5"}

    alice_client.post(url, UNTOUCHED | typed)

    body = kept(design)
    assert body["bots"]["share_of_requests"] == 0.2
    assert body["targets"]["refused_share"]["max"] == 0.005
    assert body["population"]["daily_per_monthly"] == 0.15
    assert body["targets"]["queue_age_s"]["max"] == 300.0


def test_the_untouched_form_changes_nothing_but_the_revision(
    alice_client: Client, design: Design, olga: User, url: str
) -> None:
    body = {
        "population": {"value": 10_000.0},
        "events": [{"name": "push", "at": "18:00:00", "recipients_share": 0.6}],
        "background": [{"name": "import", "items": 100.0}],
        "assume": {"Notes": {"own_ms": 40.0, "init_ms": {"expected": 1, "low": 0, "high": 3}}},
    }
    before = save_scenario(design=design, body=body, author=olga).body
    page = alice_client.get(url).content.decode()

    response = alice_client.post(url, fields_of(page))

    assert response.status_code == 302
    assert kept(design) == before


def fields_of(page: str) -> dict[str, str]:
    """Return what a browser would send of the form as it stands."""
    form = page[page.index('id="scenario"') : page.index("</form>", page.index('id="scenario"'))]
    fields = {}
    for tag in re.findall(r"<input [^>]+>", form):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found["type"] != "checkbox":
            fields[found["name"]] = found.get("value", "")
    for name, options in re.findall(r'<select name="([\w-]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen.group(1) if chosen else ""
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', form):
        fields[name] = text.strip()
    return {name: value.replace("&quot;", '"') for name, value in fields.items()}


def test_busiest_hour_and_own_hours(alice_client: Client, design: Design, url: str) -> None:
    alice_client.post(url, UNTOUCHED | {"busiest_hour": "12", "curve": "office-hours"})
    steep = kept(design)["day"]
    hours = ", ".join(["4"] * 20 + ["5"] * 4)
    alice_client.post(url, UNTOUCHED | {"curve": "own", "hours": hours})
    own = kept(design)["day"]

    assert max(steep["hour_shares_percent"]) == pytest.approx(12.0, abs=0.01)
    assert sum(steep["hour_shares_percent"]) == pytest.approx(100.0, abs=0.01)
    assert own["hour_shares_percent"] == [4.0] * 20 + [5.0] * 4


def test_actions_and_events_are_rows(alice_client: Client, design: Design, url: str) -> None:
    action = {"actions-0-name": "see", "actions-0-per_visit": "5", "actions-0-requests": "3"}

    alice_client.post(url, UNTOUCHED | SALE | action)

    body = kept(design)
    assert [(a["name"], a["per_visit"], a["requests"]) for a in body["actions"]] == [("see", 5, 3)]
    assert [(e["name"], e["factor"], e["hold_s"]) for e in body["events"]] == [("sale", 10, 1800)]


def test_a_row_is_removed(alice_client: Client, design: Design, url: str) -> None:
    alice_client.post(url, UNTOUCHED | SALE)
    more = SALE | {"events-INITIAL_FORMS": "1", "events-0-DELETE": "on"}

    alice_client.post(url, UNTOUCHED | more)

    assert kept(design)["events"] == []


@pytest.mark.parametrize(
    ("what", "value"), [("offer", "sale"), ("push", "push message"), ("vote", "vote")]
)
def test_an_offered_event_is_added_and_not_yet_saved(
    alice_client: Client, url: str, what: str, value: str
) -> None:
    response = alice_client.post(url, UNTOUCHED | {"add": what})

    assert response.status_code == 200
    page = response.content.decode()
    assert f'name="events-0-name" value="{value}"' in page
    assert not Scenario.objects.exists()
    assert alice_client.post(url, fields_of(page)).status_code == 302


def test_a_row_for_one_more_action(alice_client: Client, url: str) -> None:
    response = alice_client.post(url, UNTOUCHED | {"add": "action"})

    assert 'name="actions-1-name"' in response.content.decode()


def test_assumptions_are_set_and_left_again(alice_client: Client, design: Design, url: str) -> None:
    alice_client.post(url, UNTOUCHED | {"assume-Notes|own_ms": "75"})
    set_to = kept(design)["assume"]
    page = alice_client.get(url).content.decode()
    alice_client.post(url, UNTOUCHED | {"assume-Notes|own_ms": ""})

    assert set_to == {"Notes": {"own_ms": 75.0}}
    assert "Set by you" in page
    assert kept(design)["assume"] == {}


def test_what_moves_the_verdict_comes_first(bob_client: Client, design: Design, url: str) -> None:
    driver = make_forecast(design).summary["drivers"][0]

    page = bob_client.get(url).content.decode()

    first = re.search(r'name="assume-([^"]+)"', page)
    assert first is not None
    assert first.group(1) == f"{driver['owner']}|{driver['name']}"
    assert "Moves the verdict" in page


def test_preview_shows_the_load_and_saves_nothing(
    alice_client: Client, url: str, htmx: dict[str, str]
) -> None:
    typed = UNTOUCHED | {"users": "20000", "preview": "1"}

    response = alice_client.post(url, typed, headers=htmx)

    page = response.content.decode()
    assert response.status_code == 200
    assert "20,000 daily users × 1.2 visits" in page
    assert "<html" not in page
    assert not Scenario.objects.exists()


@pytest.mark.parametrize(
    ("users", "sentence"),
    [("0", "How many must be more than 0, not 0."), ("many", "How many: Enter a number")],
)
def test_preview_says_what_cannot_be_read(
    alice_client: Client, url: str, htmx: dict[str, str], users: str, sentence: str
) -> None:
    response = alice_client.post(url, UNTOUCHED | {"users": users, "preview": "1"}, headers=htmx)

    # Nothing was to be saved, so nothing was refused.
    assert response.status_code == 200
    assert sentence in response.content.decode()


def test_viewer_sees_the_form_and_cannot_use_it(bob_client: Client, url: str) -> None:
    page = bob_client.get(url).content.decode()

    assert '<fieldset class="stack-4" disabled>' in page
    assert "Save and forecast" not in page


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_save(person: str, url: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, UNTOUCHED).status_code == 404
    assert not Scenario.objects.exists()


def test_outsider_finds_nothing(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404


def test_query_count(
    alice_client: Client,
    design: Design,
    olga: User,
    url: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    save_scenario(design=design, body={"population": {"value": 1000}}, author=olga)
    make_forecast(design)
    effective_facts("us-east-1")

    # Session, user, design, scenario, two for the facts in force, the newest drivers.
    with django_assert_num_queries(7):
        alice_client.get(url)
