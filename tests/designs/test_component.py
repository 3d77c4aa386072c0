from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.designs.models import Design
from tests.designs.changes import newest
from tests.designs.conftest import SETTINGS

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/components/Orders/"


@pytest.mark.main_job
def test_it_saves_a_setting_as_the_next_version(
    alice_client: Client, design: Design, url: str
) -> None:
    response = alice_client.post(url, {**SETTINGS, "reserved_concurrency": 20})

    assert response.status_code == 302
    assert response["Location"] == f"/designs/{design.pk}/?component=Orders#panel"
    assert newest(design).component("Orders").settings["reserved_concurrency"] == 20
    assert design.latest().number == 2
    assert design.latest().message == "Orders: Reserved concurrency not set → 20"


def test_earlier_version_stays_as_it_was(alice_client: Client, design: Design, url: str) -> None:
    before = design.latest().graph

    alice_client.post(url, {**SETTINGS, "memory_mb": 1024})

    assert design.versions.get(number=1).graph == before


def test_what_the_template_says_stays_said(alice_client: Client, design: Design, url: str) -> None:
    alice_client.post(url, {**SETTINGS, "memory_mb": 128})

    assert newest(design).component("Orders").settings == {
        "runtime": "python3.13",
        "memory_mb": 128,
    }


def test_saving_what_is_there_makes_no_version(
    alice_client: Client, design: Design, url: str
) -> None:
    response = alice_client.post(url, SETTINGS, follow=True)

    assert "Nothing is changed" in response.content.decode()
    assert design.versions.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("memory_mb", 5, "Enter 128\N{NO-BREAK SPACE}MB or more."),
        ("memory_mb", "much", "Enter a whole number"),
        ("timeout_s", 1e9, "Enter 900\N{NO-BREAK SPACE}s or less."),
        ("timeout_s", "nan", "Enter a number"),
        ("architecture", "vax", "Select a valid choice"),
        ("runtime", "", "required"),
        ("version", "", "required"),
        ("version", "0", "greater than or equal to 1"),
    ],
)
def test_wrong_value_is_refused_beside_its_field(
    alice_client: Client, design: Design, url: str, field: str, value: object, sentence: str
) -> None:
    response = alice_client.post(url, {**SETTINGS, field: value})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert design.versions.count() == 1


def test_what_only_the_whole_shows_is_refused_in_words(
    alice_client: Client, design: Design
) -> None:
    drawn = {"version": 1, "kind": "schedule", "name": "Nightly"}
    alice_client.post(f"/designs/{design.pk}/components/", drawn)

    response = alice_client.post(
        f"/designs/{design.pk}/components/schedule-1/", {"version": 2, "expression": "often"}
    )

    assert response.status_code == 422
    assert "write rate(5 minutes)" in response.content.decode()
    assert design.versions.count() == 2


def test_htmx_gets_the_panel_with_its_errors(
    alice_client: Client, url: str, htmx: dict[str, str]
) -> None:
    response = alice_client.post(url, {**SETTINGS, "memory_mb": 5}, headers=htmx)

    assert response.status_code == 422
    assert b"or more." in response.content
    assert b"<html" not in response.content


def test_version_that_never_was_is_not_found(alice_client: Client, url: str) -> None:
    assert alice_client.post(url, {**SETTINGS, "version": 7}).status_code == 404


def test_get_leads_to_the_design(alice_client: Client, design: Design, url: str) -> None:
    response = alice_client.get(url)

    assert response.status_code == 302
    assert response["Location"] == f"/designs/{design.pk}/?component=Orders#panel"


def test_htmx_gets_only_the_panel(
    alice_client: Client,
    url: str,
    htmx: dict[str, str],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(12):
        response = alice_client.get(url, headers=htmx)

    assert b"Reserved concurrency" in response.content
    assert b'name="timeout_s" value="3"' in response.content
    assert b"template.yaml:4" in response.content
    assert b"<html" not in response.content
    assert response["Vary"].startswith("HX-Request")


def test_panel_names_callers_and_calls(
    alice_client: Client, url: str, htmx: dict[str, str]
) -> None:
    panel = alice_client.get(url, headers=htmx).content.decode()

    called_by, _, calls = panel.partition("Calls</h3>")
    assert "?component=Api" in called_by
    assert "?component=Table" in calls
    assert "read, waits for the answer" in calls


def test_viewer_reads_the_settings_and_has_no_forms(
    bob_client: Client, url: str, htmx: dict[str, str]
) -> None:
    panel = bob_client.get(url, headers=htmx).content.decode()

    assert "<dt>Memory</dt><dd>512\N{NO-BREAK SPACE}MB</dd>" in panel
    assert "<dt>Runs in a VPC</dt><dd>off</dd>" in panel
    assert "<form" not in panel


def test_unknown_component_is_not_found(alice_client: Client, design: Design) -> None:
    assert alice_client.get(f"/designs/{design.pk}/components/Nope/").status_code == 404


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_change_settings(
    request: pytest.FixtureRequest, design: Design, url: str, person: str
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, {**SETTINGS, "memory_mb": 1024}).status_code == 404
    assert design.versions.count() == 1


def test_outsider_does_not_see_it(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404


def test_put_is_not_allowed(alice_client: Client, url: str) -> None:
    assert alice_client.put(url).status_code == 405


def test_sign_in_is_required(client: Client, url: str) -> None:
    assert client.get(url)["Location"].startswith("/accounts/login/")
