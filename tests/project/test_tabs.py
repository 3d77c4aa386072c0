from __future__ import annotations

import pytest
from django.test import Client

from apps.designs.models import Design
from project.templatetags.tabs import TABS, design_tabs


@pytest.mark.parametrize("current", [key for key, _, _ in TABS])
def test_one_tab_is_open(current: str) -> None:
    tabs = design_tabs(Design(), current)["items"]

    assert [tab.current for tab in tabs] == [key == current for key, _, _ in TABS]


def test_every_tab_leads_to_a_page_of_the_design() -> None:
    design = Design()

    tabs = design_tabs(design, "design")["items"]

    assert [(tab.label, tab.href) for tab in tabs] == [
        ("Design", f"/designs/{design.pk}/"),
        ("Traffic", f"/designs/{design.pk}/traffic/"),
        ("Forecast", f"/designs/{design.pk}/forecast/"),
        ("Export", f"/designs/{design.pk}/export/"),
        ("History", f"/designs/{design.pk}/history/"),
    ]


@pytest.mark.django_db
def test_pages_of_a_design_that_is_not_there_are_not_found(alice_client: Client) -> None:
    for tab in design_tabs(Design(), "design")["items"]:
        assert alice_client.get(tab.href).status_code == 404
