from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Team, User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design
from tests.designs.conftest import TEMPLATE
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_client(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com", "secret"))
    return client


@pytest.fixture
def rows(db: None) -> None:
    for name in ("Ann", "Ben", "Cem", "Dan"):
        create_design_from_files(
            team=Team.objects.create(name=f"Team of {name}"),
            author=make_user(f"{name}@example.com"),
            name=f"Design of {name}",
            files={f"{name}.yaml": TEMPLATE},
        )


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", ["design", "version", "upload"])
def test_list_does_not_ask_for_each_row(
    staff_client: Client, model: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # Session, user, two counts, rows; the rest is for the dates above the list.
    with django_assert_max_num_queries(8):
        page = staff_client.get(f"/admin/designs/{model}/").content.decode()

    assert "Dan" in page


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", ["design", "version", "upload"])
def test_list_leaves_graphs_and_files_in_the_database(
    staff_client: Client, model: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8) as asked:
        staff_client.get(f"/admin/designs/{model}/")

    assert not [query["sql"] for query in asked if '"graph"' in query["sql"]]
    assert not [query["sql"] for query in asked if '"content"' in query["sql"]]


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", ["design", "version", "upload"])
def test_search_finds_by_name(staff_client: Client, model: str) -> None:
    page = staff_client.get(f"/admin/designs/{model}/?q=ben").content.decode()

    assert "1 result" in page
    assert "Cem" not in page


def test_search_finds_a_design_by_its_id(staff_client: Client, design: Design) -> None:
    page = staff_client.get(f"/admin/designs/design/?q={design.pk}").content.decode()

    assert "Checkout" in page


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", ["design", "version", "upload"])
def test_list_is_narrowed_by_date(staff_client: Client, model: str) -> None:
    later = {"created_at__gte": "2100-01-01 00:00:00+00:00"}

    page = staff_client.get(f"/admin/designs/{model}/", later).content.decode()

    assert "Dan" not in page


@pytest.mark.parametrize("model", ["version", "upload"])
def test_history_is_read_only(staff_client: Client, design: Design, model: str) -> None:
    version = design.latest()
    key = version.pk if model == "version" else version.source_id
    url = f"/admin/designs/{model}/{key}/change/"

    page = staff_client.get(url)

    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert staff_client.post(url, {}).status_code == 403
    delete = f"/admin/designs/{model}/{key}/delete/"
    assert staff_client.post(delete, {"post": "yes"}).status_code == 403
    assert staff_client.get(f"/admin/designs/{model}/add/").status_code == 403


def test_staff_rename_a_design_and_nothing_else(staff_client: Client, design: Design) -> None:
    other = Team.objects.create(name="Other")

    staff_client.post(
        f"/admin/designs/design/{design.pk}/change/", {"name": "Renamed", "team": other.pk}
    )

    design.refresh_from_db()
    assert design.name == "Renamed"
    assert design.team != other


def test_staff_delete_a_design_as_a_team_would(staff_client: Client, design: Design) -> None:
    response = staff_client.post(f"/admin/designs/design/{design.pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not Design.objects.exists()


def test_staff_delete_a_team_with_its_designs(
    staff_client: Client, team: Team, design: Design
) -> None:
    response = staff_client.post(f"/admin/accounts/team/{team.pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not Design.objects.exists()


def test_staff_do_not_see_what_a_template_says(staff_client: Client, design: Design) -> None:
    url = f"/admin/designs/upload/{design.latest().source_id}/change/"

    assert b"AWS::Serverless" not in staff_client.get(url).content
