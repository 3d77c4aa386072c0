from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.facts.actions import effective_facts, load_books
from apps.facts.models import Override, PriceBook

BOOK_PAGES = ("pricebook", "pricerow", "quotarow", "instanceclassrow", "coldstartrow")


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", "secret")


@pytest.fixture
def staff_client(client: Client, root: User) -> Client:
    load_books()
    client.force_login(root)
    return client


def add(client: Client, **changes: str) -> str:
    values = {"kind": "quota", "fact_id": "sqs.fifo_tps", "region": "", "value": "777"}
    values |= {"reason": "Raised in case 123.", "source": ""}
    return client.post("/admin/facts/override/add/", values | changes).content.decode()


@pytest.mark.parametrize("model", BOOK_PAGES)
def test_list_does_not_ask_for_each_row(
    staff_client: Client, model: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # Session, user, two counts, rows; the rest is for the choices of the filters.
    with django_assert_max_num_queries(9):
        response = staff_client.get(f"/admin/facts/{model}/")

    assert response.status_code == 200
    assert response.content.count(b"<tr>") > 10


@pytest.mark.parametrize(
    ("model", "query", "found"),
    [
        ("pricerow", "q=lambda.requests&region=us-east-1", "0.0000002 above 0"),
        ("pricerow", "q=aurora.acu&confidence=seen", "aurora.acu_hour"),
        ("quotarow", "q=L-B99A9384&service=lambda", "Concurrent executions"),
        ("instanceclassrow", "q=db.t4g.micro", "db.t4g.micro"),
        ("coldstartrow", "q=python3.12&arch=arm64&package=zip", "python3.12"),
        ("pricebook", "region=edge:EU", "edge:EU"),
    ],
)
def test_search_and_filters_find_a_row(
    staff_client: Client, model: str, query: str, found: str
) -> None:
    page = staff_client.get(f"/admin/facts/{model}/?{query}").content.decode()

    assert found in page
    assert " 0 results" not in page


@pytest.mark.parametrize("model", BOOK_PAGES)
def test_rows_of_a_book_cannot_be_changed(staff_client: Client, model: str) -> None:
    book = PriceBook.objects.get(region="global")
    row = book if model == "pricebook" else getattr(book, RELATED[model]).order_by("pk")[0]

    assert staff_client.get(f"/admin/facts/{model}/{row.pk}/change/").status_code == 200
    assert staff_client.post(f"/admin/facts/{model}/{row.pk}/change/", {}).status_code == 403
    assert staff_client.post(f"/admin/facts/{model}/{row.pk}/delete/").status_code == 403
    assert staff_client.get(f"/admin/facts/{model}/add/").status_code == 403


RELATED = {
    "pricerow": "prices",
    "quotarow": "quotas",
    "instanceclassrow": "classes",
    "coldstartrow": "cold_starts",
}


def test_staff_adds_a_correction_in_their_name(staff_client: Client, root: User) -> None:
    add(staff_client)

    override = Override.objects.get()
    assert override.author == root
    assert effective_facts("us-east-1").quota("sqs.fifo_tps") == 777


def test_a_wrong_correction_is_told_at_its_field(staff_client: Client) -> None:
    page = add(staff_client, value="many")

    assert "A quota is a number from 0 up, such as 2000." in page
    assert not Override.objects.exists()


def test_a_correction_is_never_changed_or_deleted(staff_client: Client) -> None:
    add(staff_client)
    pk = Override.objects.get().pk

    url = f"/admin/facts/override/{pk}"

    assert staff_client.get(f"{url}/change/").status_code == 200
    assert staff_client.post(f"{url}/change/", {"value": "1"}).status_code == 403
    assert staff_client.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    assert Override.objects.get().value == "777"


def test_corrections_can_be_withdrawn(staff_client: Client) -> None:
    add(staff_client)
    chosen = {"action": "withdraw", "_selected_action": [Override.objects.get().pk]}

    page = staff_client.post("/admin/facts/override/", chosen, follow=True).content.decode()

    assert "1 withdrawn" in page
    assert effective_facts("us-east-1").quota("sqs.fifo_tps") != 777


def test_the_list_of_corrections_does_not_ask_for_each_author(
    staff_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for value in ("1", "2", "3"):
        add(staff_client, value=value)

    with django_assert_max_num_queries(7):
        page = staff_client.get("/admin/facts/override/?q=fifo").content.decode()

    assert page.count("root@example.com") >= 3


def test_it_is_not_for_people_without_rights(bob_client: Client) -> None:
    assert bob_client.get("/admin/facts/pricerow/").status_code == 302
