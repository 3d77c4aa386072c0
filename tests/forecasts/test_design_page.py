from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Team, User
from apps.designs.actions import create_design, save_version
from apps.designs.models import Design
from apps.engine.graph import Architecture, Component
from apps.forecasts.actions import save_scenario
from tests.forecasts.answers import narrow_shop
from tests.forecasts.conftest import make_forecast

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(team: Team, alice: User) -> Design:
    return create_design(team=team, author=alice, name="Shop", architecture=narrow_shop())


def url(design: Design) -> str:
    return f"/designs/{design.pk}/"


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def page_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def widen(design: Design, author: User, concurrency: int) -> None:
    changed = design.latest().architecture()
    settings = {**changed.component("Checkout").settings, "reserved_concurrency": concurrency}
    save_version(
        design=design,
        based_on=design.latest().number,
        architecture=changed.with_settings("Checkout", settings),
        author=author,
        message="Checkout: reserved concurrency",
    )


@pytest.mark.main_job
def test_it_draws_the_design_with_use_and_first_limit(bob_client: Client, shop: Design) -> None:
    page = page_of(bob_client, url(shop))

    assert "svg class=" in page
    assert re.search(r'aria-label="Checkout, Lambda function, [\d.&lt;\s]+ percent', page)
    assert "First limit" in text(page)
    assert 'aria-label="Users, 10,000 daily users"' in page


def test_the_verdict_stands_on_top(bob_client: Client, shop: Design) -> None:
    page = text(page_of(bob_client, url(shop)))

    assert re.search(r"Holds about [\d,.]+M? daily users", page)
    assert "First limit: reserved concurrency of Checkout" in page
    assert "→ " not in page.split("First limit:")[0]


def test_the_panel_begins_with_the_first_limit(bob_client: Client, shop: Design) -> None:
    panel = text(page_of(bob_client, url(shop)).split('<aside class="side"')[1])

    assert "Checkout" in panel
    assert "First limit of this design." in panel
    assert re.search(r"Reserved concurrency [\d.]+% [\d.]+ of 5 environments", panel)
    assert "requests/s ×" in panel


def test_another_component_can_be_chosen(bob_client: Client, shop: Design) -> None:
    panel = text(page_of(bob_client, url(shop) + "?component=Orders").split('<aside class="')[1])

    assert "DynamoDB" in panel
    assert "Read capacity" in panel
    assert "First limit of this design." not in panel


def test_what_is_not_there_cannot_be_chosen(bob_client: Client, shop: Design) -> None:
    response = bob_client.get(url(shop) + "?component=Gone")

    assert response.status_code == 200
    assert 'aria-label="Checkout"' in response.content.decode()


@pytest.mark.parametrize(
    ("view", "has_diagram", "has_list"),
    [("", True, True), ("diagram", True, False), ("list", False, True), ("map", True, True)],
)
def test_diagram_or_list(
    bob_client: Client, shop: Design, view: str, has_diagram: bool, has_list: bool
) -> None:
    page = page_of(bob_client, url(shop) + f"?view={view}")

    assert ("svg class=" in page and 'class="canvas' in page) == has_diagram
    assert ('class="listview' in page) == has_list


def test_the_list_keeps_to_the_list(bob_client: Client, shop: Design) -> None:
    page = page_of(bob_client, url(shop) + "?view=list")

    assert f"{url(shop)}?component=Orders&amp;view=list#panel" in page


def test_what_is_not_modelled_is_listed(bob_client: Client, shop: Design) -> None:
    page = text(page_of(bob_client, url(shop)))
    panel = text(page_of(bob_client, url(shop) + "?component=Firewall").split("<aside")[1])

    assert "1 not modelled" in page
    assert "shop.yaml:63" in page
    assert "It passes requests on in no time and without limit" in panel


def test_warnings_are_counted(bob_client: Client, team: Team, alice: User) -> None:
    warned = Architecture(
        components=narrow_shop().components, links=narrow_shop().links, warnings=("Odd.", "Odder.")
    )
    design = create_design(team=team, author=alice, name="Odd", architecture=warned)

    assert "2 warnings Odd. Odder." in text(page_of(bob_client, url(design)))


def test_a_change_shows_before_and_after(alice_client: Client, shop: Design, alice: User) -> None:
    before = text(page_of(alice_client, url(shop)))
    held = re.search(r"Holds about ([\d,.]+M?)", before)
    assert held is not None

    widen(shop, alice, 50)
    after = text(page_of(alice_client, url(shop)))

    now = re.search(r"Holds about ([\d,.]+M?)", after)
    assert now is not None
    assert now.group(1) != held.group(1)
    assert f"{held.group(1)} → {now.group(1)}" in after


def test_a_change_that_does_nothing_says_so(
    alice_client: Client, shop: Design, alice: User
) -> None:
    page_of(alice_client, url(shop))

    widen(shop, alice, 5)

    assert "as before the last change" in text(page_of(alice_client, url(shop)))


def test_another_scenario_is_not_compared(alice_client: Client, shop: Design, alice: User) -> None:
    page_of(alice_client, url(shop))
    widen(shop, alice, 50)
    save_scenario(design=shop, body={"population": {"value": 77}}, author=alice)

    page = text(page_of(alice_client, url(shop)))

    assert " → " not in page.split("First limit:")[0]


def test_saving_a_setting_comes_back_with_the_new_verdict(
    alice_client: Client, shop: Design
) -> None:
    form = page_of(alice_client, url(shop)).split('id="settings"')[1].split("</form>")[0]
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.replace('type="hidden" ', "")))
    chosen = dict(re.findall(r'name="(\w+)"[^>]*>\s*<option value="([^"]*)" selected', form))
    fields = values | chosen | {"version": "1", "reserved_concurrency": "60"}

    answer = alice_client.post(f"{url(shop)}components/Checkout/", fields, follow=True)

    assert answer.redirect_chain, answer.content.decode()
    address = answer.redirect_chain[-1][0]
    assert address.startswith(url(shop))
    assert "component=Checkout" in address
    page = text(answer.content.decode())
    assert "v2" in page
    assert " → " in page.split("First limit:")[0]


def test_a_viewer_sees_the_settings_and_no_form(bob_client: Client, shop: Design) -> None:
    page = page_of(bob_client, url(shop))

    assert "Reserved concurrency" in page
    assert 'id="settings"' not in page


def test_a_design_that_cannot_run_says_why_and_stays_usable(
    alice_client: Client, team: Team, alice: User
) -> None:
    alone = Architecture(components=(Component(id="Orders", kind="rds_instance"),))
    design = create_design(team=team, author=alice, name="Alone", architecture=alone)

    response = alice_client.get(url(design))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Nothing in this design can start" in page
    assert "Orders, RDS instance, no value" in page
    assert 'id="settings"' in page


def test_an_empty_design_says_what_to_do(alice_client: Client, team: Team, alice: User) -> None:
    design = create_design(team=team, author=alice, name="Empty", architecture=Architecture())

    response = alice_client.get(url(design))

    assert response.status_code == 200
    assert "No components yet" in response.content.decode()


def test_it_shows_the_kept_forecast(bob_client: Client, shop: Design) -> None:
    make_forecast(shop, 10_000)

    assert "Forecast of" in text(page_of(bob_client, url(shop)))


def test_an_outsider_does_not_find_it(charlie_client: Client, shop: Design) -> None:
    assert charlie_client.get(url(shop)).status_code == 404


def test_it_needs_a_sign_in(client: Client, shop: Design) -> None:
    assert client.get(url(shop))["Location"].startswith("/accounts/login/")


def test_it_only_reads(alice_client: Client, shop: Design) -> None:
    assert alice_client.post(url(shop)).status_code == 405


def test_it_costs_at_most_twelve_queries(
    alice_client: Client,
    shop: Design,
    alice: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(12):
        alice_client.get(url(shop))
    widen(shop, alice, 50)
    with django_assert_max_num_queries(12):
        alice_client.get(url(shop))
    with django_assert_max_num_queries(12):
        alice_client.get(url(shop))
