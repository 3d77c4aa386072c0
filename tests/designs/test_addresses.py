"""Ids come from templates, so an address must carry whatever letters they have."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import resolve, reverse

from apps.accounts.models import Team
from apps.designs.actions import create_design_from_files
from apps.designs.reading import UnreadableTemplate, read_upload

IDS = ["Orders", "Nested/OrdersQueue", "a b", "größe", "x%2Fy", "a#b?c&d=e", "sqs_queue-1", "a.b"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", IDS)
def test_panel_of_any_name_is_found(alice_client: Client, team: Team, name: str) -> None:
    template = {"Resources": {name: {"Type": "AWS::SQS::Queue"}}}
    files = {"t.json": json.dumps(template).encode()}
    design = create_design_from_files(team=team, author=None, name="Odd", files=files)

    url = reverse("designs:component", args=[design.pk, name])
    panel = alice_client.get(url, headers={"HX-Request": "true"})

    assert panel.status_code == 200
    assert b"Visibility timeout" in panel.content


@pytest.mark.parametrize("action", ["remove", "connect", "disconnect"])
def test_actions_of_nested_components_are_told_apart(action: str) -> None:
    design_id = "7a1f7d9e-3a7e-4c86-a4e9-5f5be3cdd6a1"

    match = resolve(f"/designs/{design_id}/components/Nested/Queue/{action}/")

    assert match.kwargs["component_id"] == "Nested/Queue"
    assert match.url_name in {"component_remove", "link_add", "link_remove"}


@pytest.mark.parametrize("name", ["..", ".", "a/../b", "/a", "a/", "a//b", "a\nb", "\x7f", "a\0"])
def test_name_that_no_address_carries_is_refused(name: str) -> None:
    template = {"Resources": {name: {"Type": "AWS::SQS::Queue"}}}

    with pytest.raises(UnreadableTemplate, match="cannot name a resource"):
        read_upload({"t.json": json.dumps(template).encode()})
