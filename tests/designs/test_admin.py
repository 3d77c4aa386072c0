from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Team, User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design
from tests.designs.conftest import TEMPLATE

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    user = User.objects.create_user("staff@example.com", "x", is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


@pytest.mark.parametrize("model", ["design", "version", "upload"])
def test_lists_are_searched_without_a_query_per_row(
    staff: Client, team: Team, model: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("A", "B", "C", "D"):
        create_design_from_files(team=team, author=None, name=name, files={"t.yaml": TEMPLATE})

    with django_assert_max_num_queries(10):
        response = staff.get(f"/admin/designs/{model}/?q=t")

    assert response.status_code == 200


@pytest.mark.parametrize("model", ["version", "upload"])
def test_history_is_read_only(staff: Client, design: Design, model: str) -> None:
    version = design.latest()
    key = version.pk if model == "version" else version.source_id

    page = staff.get(f"/admin/designs/{model}/{key}/change/")

    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert staff.post(f"/admin/designs/{model}/{key}/change/", {}).status_code == 403


def test_staff_do_not_see_what_a_template_says(staff: Client, design: Design) -> None:
    page = staff.get(f"/admin/designs/upload/{design.latest().source_id}/change/")

    assert b"AWS::Serverless" not in page.content
