from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design

pytestmark = pytest.mark.django_db
SETTINGS = {"runtime": "python3.13", "memory_mb": 512, "timeout_s": 3, "ephemeral_mb": 512,
            "provisioned_concurrency": 0, "architecture": "x86_64", "package_type": "Zip",
            "reserved_concurrency": ""}  # fmt: skip


@pytest.fixture
def url(design: Design) -> str:
    return f"/designs/{design.pk}/components/Orders/"


def test_it_saves_a_setting_as_the_next_version(
    alice_client: Client, design: Design, url: str
) -> None:
    response = alice_client.post(url, {**SETTINGS, "reserved_concurrency": 20, "version": 1})

    assert response.status_code == 302
    assert response["Location"] == f"/designs/{design.pk}/?component=Orders#panel"
    design.refresh_from_db()
    latest = design.latest()
    assert latest.number == 2
    assert latest.architecture().component("Orders").settings["reserved_concurrency"] == 20
    assert latest.message == "Orders: reserved concurrency default → 20"


def test_earlier_version_stays_as_it_was(alice_client: Client, design: Design, url: str) -> None:
    before = design.latest().graph

    alice_client.post(url, {**SETTINGS, "memory_mb": 1024, "version": 1})

    assert design.versions.get(number=1).graph == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("memory_mb", 5, "greater than or equal to 128"),
        ("memory_mb", "much", "Enter a whole number"),
        ("timeout_s", 1e9, "less than or equal to 900"),
        ("architecture", "vax", "Select a valid choice"),
        ("version", "", "required"),
    ],
)
def test_wrong_value_is_refused_beside_its_field(
    alice_client: Client, design: Design, url: str, field: str, value: object, sentence: str
) -> None:
    response = alice_client.post(url, {**SETTINGS, "version": 1, field: value})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert design.versions.count() == 1


def test_second_of_two_editors_sees_both_changes(
    alice_client: Client, olga_client: Client, design: Design, url: str
) -> None:
    olga_client.post(url, {**SETTINGS, "memory_mb": 1024, "version": 1})

    response = alice_client.post(url, {**SETTINGS, "timeout_s": 9, "version": 1})

    assert response.status_code == 409
    assert "Orders: timeout s" in response.content.decode()
    assert "Orders: memory mb 512 → 1024" in response.content.decode()
    assert "Save both together" not in response.content.decode()
    assert design.versions.count() == 2


def test_changes_of_different_parts_can_be_kept_together(
    alice_client: Client, olga_client: Client, design: Design, url: str
) -> None:
    olga_client.post(f"/designs/{design.pk}/components/Table/remove/", {"version": 1})

    response = alice_client.post(url, {**SETTINGS, "memory_mb": 1024, "version": 1})
    assert response.status_code == 409
    offer = {"version": 2, "merged": response.context["merged"]}
    merged = alice_client.post(f"/designs/{design.pk}/merge/", offer)

    assert merged.status_code == 302
    design.refresh_from_db()
    architecture = design.latest().architecture()
    assert {c.id for c in architecture} == {"Api", "Orders"}
    assert architecture.component("Orders").settings["memory_mb"] == 1024


def test_forged_merge_is_refused(alice_client: Client, design: Design) -> None:
    alice_client.post(f"/designs/{design.pk}/merge/", {"version": 1, "merged": "forged"})

    assert design.versions.count() == 1


def test_get_leads_to_the_design(alice_client: Client, design: Design, url: str) -> None:
    response = alice_client.get(url)

    assert response.status_code == 302
    assert response["Location"] == f"/designs/{design.pk}/?component=Orders#panel"


def test_htmx_gets_only_the_panel(alice_client: Client, url: str, htmx: dict[str, str]) -> None:
    response = alice_client.get(url, headers=htmx)

    assert b"Reserved concurrency" in response.content
    assert b"<html" not in response.content


def test_unknown_component_is_not_found(alice_client: Client, design: Design) -> None:
    assert alice_client.get(f"/designs/{design.pk}/components/Nope/").status_code == 404


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_only_editors_change_settings(
    request: pytest.FixtureRequest, client: Client, url: str, person: str
) -> None:
    client.force_login(request.getfixturevalue(person))

    assert client.post(url, {**SETTINGS, "version": 1}).status_code == 404


def test_outsider_does_not_see_it(charlie_client: Client, url: str) -> None:
    assert charlie_client.get(url).status_code == 404
