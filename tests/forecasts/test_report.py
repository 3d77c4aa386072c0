from __future__ import annotations

import re
import time

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Team, User
from apps.designs.actions import create_design
from apps.designs.models import Design
from apps.engine.graph import Architecture, Component
from apps.forecasts.actions import save_scenario
from apps.forecasts.models import Forecast, Scenario
from tests.forecasts.answers import narrow_shop
from tests.forecasts.conftest import make_design

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(team: Team, alice: User) -> Design:
    return create_design(team=team, author=alice, name="Shop", architecture=narrow_shop())


def url(design: Design) -> str:
    return f"/designs/{design.pk}/forecast/"


def text(client: Client, address: str) -> str:
    """Return the words of a page, as a reader meets them."""
    html = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


@pytest.mark.main_job
def test_it_gives_the_verdict_with_its_range(bob_client: Client, shop: Design) -> None:
    page = text(bob_client, url(shop))

    assert re.search(r"Holds about [\d,.]+M? daily users \([\d,.]+M? to [\d,.]+M?\) \.", page)
    assert "First limit: reserved concurrency of Checkout" in page


def test_the_twelve_things_stand_in_their_order(bob_client: Client, shop: Design) -> None:
    page = text(bob_client, url(shop))
    things = [
        "Holds about",
        "First limit: reserved concurrency",
        "Why",
        "Use at today",
        "The next limits",
        "What one change buys",
        "How it fails, and whether it recovers",
        "Cost a month",
        "p95 with the way to the user",
        "What moves the verdict most",
        "What the verdict cannot see",
        "What the verdict rests on",
        "The day at 10,000 daily users",
        "Where the day is tight",
        "From 1,000 to 10 million",
        "The bill, line by line",
        "Minimum, now, maximum",
    ]
    # From the panel of the verdict on: the frame of the page has some of these words too.
    places = [page.index(thing, page.index("Holds about")) for thing in things]

    assert places == sorted(places)


def test_it_names_component_file_and_line(bob_client: Client, team: Team, alice: User) -> None:
    design = make_design(team, alice)
    page = bob_client.get(url(design)).content.decode()

    assert f'href="/designs/{design.pk}/?component=NotesTable"' in page
    assert "template.yaml:13" in page


def test_it_shows_the_arithmetic(bob_client: Client, shop: Design) -> None:
    page = text(bob_client, url(shop))

    assert re.search(r"daily users × [\d.]+ requests a day .* → [\d,.]+ req/s at \d\d:\d\d", page)
    assert re.search(r"requests/s × [\d.]+ s = [\d.]+ at once", page)


def test_it_shows_the_line_to_change(bob_client: Client, shop: Design) -> None:
    page = bob_client.get(url(shop)).content.decode()

    assert "<del>- ReservedConcurrentExecutions: 5</del>" in page
    assert re.search(r"<ins>\+ ReservedConcurrentExecutions: \d+</ins>", page)


def test_it_counts_what_it_does_not_see(bob_client: Client, shop: Design) -> None:
    page = text(bob_client, url(shop))

    assert "1 not modelled." in page
    assert "AWS::WAFv2::WebACL" in page
    assert "shop.yaml:63" in page
    assert "The account was not seen." in page


def test_above_the_limit_waiting_has_no_value(bob_client: Client, shop: Design) -> None:
    page = text(bob_client, url(shop))
    row = page[page.index("10M Does not hold") :].split("Above what the design holds")[0]

    assert row.count("no value") == 4
    assert "with limits raised: Checkout" in row


def test_it_keeps_the_answer_for_the_next_look(bob_client: Client, shop: Design) -> None:
    first = bob_client.get(url(shop)).content
    again = bob_client.get(url(shop)).content

    assert Forecast.objects.count() == 1
    assert re.findall(rb"Holds about .*", first) == re.findall(rb"Holds about .*", again)


def test_another_size_is_shown_and_not_kept(bob_client: Client, shop: Design) -> None:
    bob_client.get(url(shop))

    page = text(bob_client, url(shop) + "?users=20000")

    assert "The day at 20,000 daily users" in page
    assert Forecast.objects.get().asked_users == 10_000


@pytest.mark.parametrize("users", ["0", "-5", "nan", "1e13", "many", ""])
def test_what_is_no_size_is_the_size_of_the_scenario(
    bob_client: Client, shop: Design, users: str
) -> None:
    assert "The day at 10,000 daily users" in text(bob_client, url(shop) + f"?users={users}")


def test_htmx_gets_only_the_report(bob_client: Client, shop: Design, htmx: dict[str, str]) -> None:
    page = bob_client.get(url(shop) + "?users=20000", headers=htmx).content.decode()

    assert 'id="report"' in page
    assert "<html" not in page


def test_it_says_the_unit_of_the_scenario(bob_client: Client, shop: Design, alice: User) -> None:
    population = {"unit": "monthly_active", "value": 50_000}
    save_scenario(design=shop, body={"population": population}, author=alice)

    page = text(bob_client, url(shop))

    assert re.search(r"Holds about [\d,.]+M? monthly users", page)
    assert "50,000 asked for" in page


def test_it_says_where_nothing_binds(bob_client: Client, team: Team, alice: User) -> None:
    topic = Architecture(components=(Component(id="News", kind="sns_topic"),))
    design = create_design(team=team, author=alice, name="Quiet", architecture=topic)

    page = text(bob_client, url(design))

    assert "Nothing in this design limits you below 100M daily users" in page
    assert "First limit:" not in page


def test_a_target_that_one_user_misses_comes_first(
    bob_client: Client, shop: Design, alice: User
) -> None:
    body = {"population": {"value": 10_000}, "targets": {"p95_ms": 5}}
    save_scenario(design=shop, body=body, author=alice)

    page = text(bob_client, url(shop))

    assert "A single user already misses a target: p95 as the user meets it of Api" in page
    assert page.index("A single user already misses") < page.index("Holds about")


def test_a_design_that_cannot_run_says_why(bob_client: Client, team: Team, alice: User) -> None:
    alone = Architecture(components=(Component(id="Orders", kind="rds_instance"),))
    design = create_design(team=team, author=alice, name="Alone", architecture=alone)

    response = bob_client.get(url(design))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Nothing in this design can start" in page
    assert f'href="/designs/{design.pk}/"' in page
    assert not Forecast.objects.exists()


def test_a_scenario_that_does_not_fit_says_why(
    bob_client: Client, shop: Design, alice: User
) -> None:
    body = {"population": {"value": 10}, "assume": {"Gone": {"own_ms": 5}}}
    save_scenario(design=shop, body=body, author=alice)

    response = bob_client.get(url(shop))

    assert response.status_code == 200
    assert "assume.Gone names no component of this design" in response.content.decode()


def test_only_an_editor_can_set_an_assumption(
    alice_client: Client, bob_client: Client, shop: Design
) -> None:
    form = f'action="/designs/{shop.pk}/assumptions/"'

    # Three that move the verdict, and three that move the bill.
    assert alice_client.get(url(shop)).content.decode().count(form) == 6
    assert form not in bob_client.get(url(shop)).content.decode()


def test_setting_an_assumption_moves_the_verdict(alice_client: Client, shop: Design) -> None:
    before = text(alice_client, url(shop))

    answer = alice_client.post(
        f"/designs/{shop.pk}/assumptions/",
        {"owner": "Checkout", "name": "own_ms", "value": "400"},
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == url(shop)
    after = text(alice_client, url(shop))
    verdict = re.compile(r"Holds about [\d,.]+M?")
    assert verdict.findall(before) != verdict.findall(after)


def test_an_outsider_does_not_find_it(charlie_client: Client, shop: Design) -> None:
    assert charlie_client.get(url(shop)).status_code == 404


def test_it_needs_a_sign_in(client: Client, shop: Design) -> None:
    assert client.get(url(shop))["Location"].startswith("/accounts/login/")


def test_it_only_reads(alice_client: Client, shop: Design) -> None:
    assert alice_client.post(url(shop)).status_code == 405


def test_a_look_makes_no_scenario(bob_client: Client, shop: Design) -> None:
    bob_client.get(url(shop))

    assert not Scenario.objects.exists()


def test_it_costs_at_most_twelve_queries(
    bob_client: Client, shop: Design, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        bob_client.get(url(shop))
    with django_assert_max_num_queries(12):
        bob_client.get(url(shop))


@pytest.mark.alone
def test_it_answers_within_a_second_and_a_half(bob_client: Client, shop: Design) -> None:
    start = time.perf_counter()
    bob_client.get(url(shop))

    assert time.perf_counter() - start < 1.5
