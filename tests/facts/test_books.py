"""Books of prices: which there are, what differs between two, and which is in force."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.engine.facts import Price, Tier
from apps.facts.actions import effective_facts, load_books
from apps.facts.books import keep, make_current, rows_of
from apps.facts.changes import Change, changes, usd_text
from apps.facts.models import PriceBook

pytestmark = pytest.mark.django_db

REGION = "us-east-1"


@pytest.fixture
def old(db: None) -> PriceBook:
    load_books()
    return PriceBook.objects.current().get(region=REGION)


@pytest.fixture
def new(old: PriceBook) -> PriceBook:
    """A book in which one price rose, one is gone and one is new."""
    prices = {price.id: price for price in rows_of(old)[0]}
    del prices["nat.gb"]
    prices["lambda.requests"] = costing(prices["lambda.requests"], "0.00000025")
    prices["sqs.new"] = replace(costing(prices["sqs.fifo.requests"], "0.5"), id="sqs.new")
    book, _ = keep(REGION, PriceBook.Source.PRICE_LIST, (tuple(prices.values()), (), (), ()))
    make_current(book)
    book.refresh_from_db()
    return book


def costing(price: Price, *usd: str) -> Price:
    starts = [Decimal(100 * number) for number in range(len(usd))]
    ends = [*starts[1:], None]
    tiers = [Tier(*each) for each in zip(starts, ends, map(Decimal, usd), strict=True)]
    return replace(price, tiers=tuple(tiers))


def page_at(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_everybody_sees_which_books_there_are(client: Client, new: PriceBook) -> None:
    page = page_at(client, "/facts/books/")

    assert "14 books" in page
    assert page.count("In force") == 13
    assert page.count("Followed by another") == 1
    assert "AWS Price List" in page
    assert f'href="/facts/books/{new.pk}/compare/"' in page


def test_the_list_takes_two_queries(
    client: Client, new: PriceBook, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        page_at(client, "/facts/books/")


def test_without_a_book_it_says_what_holds(client: Client) -> None:
    assert "No book is loaded yet" in page_at(client, "/facts/books/")


def test_many_books_are_parted_into_pages(client: Client) -> None:
    for number in range(45):
        PriceBook.objects.create(region=REGION, source="packaged", sha256=f"{number:064}")

    assert "Page 1 of 2" in page_at(client, "/facts/books/")
    assert page_at(client, "/facts/books/?page=2").count("<code") == 5
    assert "Page 2 of 2" in page_at(client, "/facts/books/?page=9999")


def test_a_book_is_compared_with_the_one_before(
    client: Client, old: PriceBook, new: PriceBook
) -> None:
    page = page_at(client, f"/facts/books/{new.pk}/compare/")

    assert "1 changed, 1 new, 1 gone" in page
    assert "+25.0%" in page
    assert "$0.0000002 per request" in page
    assert "$0.00000025 per request" in page
    asked = page_at(client, f"/facts/books/{new.pk}/compare/?with={old.pk}")
    assert "1 changed, 1 new, 1 gone" in asked


def test_the_other_way_round_it_fell(client: Client, old: PriceBook, new: PriceBook) -> None:
    page = page_at(client, f"/facts/books/{old.pk}/compare/?with={new.pk}")

    assert "−20.0%" in page


def test_one_service_is_picked(client: Client, new: PriceBook) -> None:
    page = page_at(client, f"/facts/books/{new.pk}/compare/?service=Lambda")

    assert "1 changed, 0 new, 0 gone" in page
    assert "sqs.new" not in page


def test_regions_are_compared_page_by_page(client: Client, new: PriceBook) -> None:
    other = PriceBook.objects.get(region="eu-west-1")

    page = page_at(client, f"/facts/books/{new.pk}/compare/?with={other.pk}")

    assert "in eu-west-1" in page
    assert page.count('<th scope="row">') == 40
    assert f"?with={other.pk}&amp;page=2" in page


def test_comparing_takes_few_queries(
    client: Client, new: PriceBook, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The book, the one before, its check, the choices, and the prices of both.
    with django_assert_num_queries(6):
        page_at(client, f"/facts/books/{new.pk}/compare/")


def test_the_first_book_of_a_region_has_nothing_before(client: Client, old: PriceBook) -> None:
    page = page_at(client, f"/facts/books/{old.pk}/compare/")

    assert "This is the first book of its Region" in page


@pytest.mark.parametrize("other", ["abc", "99999999"])
def test_no_such_book_to_compare_with(client: Client, old: PriceBook, other: str) -> None:
    assert 'role="alert"' in page_at(client, f"/facts/books/{old.pk}/compare/?with={other}", 422)


def test_no_such_book(client: Client) -> None:
    page_at(client, "/facts/books/99999999/compare/", 404)


@pytest.mark.parametrize("path", ["books/", "books/1/compare/"])
def test_pages_are_only_read(client: Client, path: str) -> None:
    assert client.post(f"/facts/{path}").status_code == 405


def prices(*usd: str) -> Price:
    known = Price("a", "A", "An a", REGION, "GB", (), "", "A page", "2026-01-01", "seen")
    return costing(known, *usd)


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        (prices("1"), prices("1.5"), 50.0),
        (prices("2"), prices("1"), -50.0),
        # The tier that moved most; what is free moves by no share.
        (prices("0", "2"), prices("0", "3"), 50.0),
        (prices("1", "2"), prices("1.1", "1"), -50.0),
        (prices("0"), prices("1"), None),
        (None, prices("1"), None),
        (prices("1"), replace(prices("1"), unit="request"), None),
    ],
)
def test_percent(before: Price | None, after: Price, percent: float | None) -> None:
    found = Change(before, after).percent

    assert found is None if percent is None else found == pytest.approx(percent)


def test_a_new_date_is_no_change() -> None:
    assert changes([prices("1")], [replace(prices("1"), source_date="2026-11-01")]) == []


def test_a_price_as_text_has_its_tiers() -> None:
    assert usd_text(prices("0", "0.09")) == "$0, $0.09 above 100"
    assert usd_text(None) == "none"


def act(client: Client, *books: PriceBook) -> Any:
    chosen = {"action": "put_in_force", "_selected_action": [book.pk for book in books]}
    return client.post("/admin/facts/pricebook/", chosen, follow=True)


@pytest.fixture
def root_client(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com", "secret"))
    return client


def test_staff_put_a_book_in_force(root_client: Client, old: PriceBook, new: PriceBook) -> None:
    assert effective_facts(REGION).prices["lambda.requests"].tiers[0].usd * 10**8 == 25

    response = act(root_client, old)

    assert "1 put in force" in response.content.decode()
    assert PriceBook.objects.current().get(region=REGION) == old
    assert effective_facts(REGION).prices["lambda.requests"].tiers[0].usd * 10**8 == 20


def test_two_books_of_a_region_are_refused(
    root_client: Client, old: PriceBook, new: PriceBook
) -> None:
    third = PriceBook.objects.create(region=REGION, source="packaged", sha256="f" * 64)

    response = act(root_client, old, third)

    assert "Choose one book of a Region" in response.content.decode()
    assert PriceBook.objects.current().get(region=REGION) == new


def test_who_may_only_look_puts_nothing_in_force(
    client: Client, old: PriceBook, new: PriceBook
) -> None:
    clerk = User.objects.create_user("clerk@example.com", "secret", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_pricebook"))
    client.force_login(clerk)

    act(client, old)

    assert PriceBook.objects.current().get(region=REGION) == new


def test_the_admin_leads_to_the_comparison(root_client: Client, new: PriceBook) -> None:
    page = root_client.get("/admin/facts/pricebook/").content.decode()

    assert f'href="/facts/books/{new.pk}/compare/"' in page
