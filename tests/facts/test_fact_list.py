from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.facts.actions import load_books
from apps.facts.ages import age
from apps.facts.listing import coverage
from apps.facts.models import Override, PriceBook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books(db: None) -> None:
    load_books()


def page_at(client: Client, url: str, status: int = 200, **extra: Any) -> str:
    response = client.get(url, **extra)
    assert response.status_code == status
    return response.content.decode()


def test_it_shows_prices_to_everybody(client: Client) -> None:
    page = page_at(client, "/facts/?q=lambda.requests")

    assert "$0.0000002 per request" in page
    assert "aws.amazon.com/lambda/pricing page copy" in page
    assert 'href="https://aws.amazon.com/lambda/pricing/"' in page
    assert "1 found" in page


def test_it_takes_few_queries(
    alice_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    alice_client.get("/facts/")

    # Session, user, books, corrections, coverage.
    with django_assert_max_num_queries(5):
        page = page_at(alice_client, "/facts/")

    assert page.count('<th scope="row">') > 40


def test_htmx_gets_the_list_alone(client: Client, htmx: dict[str, str]) -> None:
    page = page_at(client, "/facts/?q=nat.gb", headers=htmx)

    assert page.strip().startswith('<section class="panel" id="facts"')
    assert "<html" not in page
    assert "$0.045 per GB" in page


def test_quotas_say_what_happens_and_whether_they_can_be_raised(client: Client) -> None:
    page = page_at(client, "/facts/?show=quotas&q=concurrent_executions")

    assert "1,000\N{NO-BREAK SPACE}count" in page
    assert "lambda/L-B99A9384" in page
    assert "HTTP 429 TooManyRequestsException" in page


def test_a_quota_without_a_number_keeps_its_words(client: Client) -> None:
    page = page_at(client, "/facts/?show=quotas&q=sqs.backlog")

    assert "unlimited" in page


def test_classes_show_connections(client: Client) -> None:
    page = page_at(client, "/facts/?show=classes&q=db.t4g.micro")

    assert 'data-l="PostgreSQL connections">79<' in page
    assert "Partly estimated" in page


def test_tiers_say_where_they_begin(client: Client) -> None:
    page = page_at(client, "/facts/?q=dto.internet_gb")

    assert "$0.085 per GB" in page
    assert "above 10,240" in page


def test_it_filters_by_service_and_confidence(client: Client) -> None:
    page = page_at(client, "/facts/?service=Backup&confidence=memory")

    assert "Recalled, not checked" in page
    assert "backup." in page
    assert "<code" in page
    assert "lambda." not in page
    assert "Seen in a source</span>" not in page


def test_another_region_has_its_own_prices(client: Client) -> None:
    here = page_at(client, "/facts/?q=nat.gb&region=eu-central-1")
    missing = page_at(client, "/facts/?q=aurora.acu_hour&region=eu-central-1")

    assert "$0.052 per GB" in here
    assert "0 found" in missing
    assert "No fact has these words" in missing


def test_pages_follow_each_other(client: Client) -> None:
    first = page_at(client, "/facts/?show=quotas&region=us-east-1")
    last = page_at(client, "/facts/?show=quotas&region=us-east-1&page=999")

    assert "Page 1 of 11" in first
    assert "?show=quotas&amp;region=us-east-1&amp;page=2" in first
    assert "Page 11 of 11" in last
    assert "?show=quotas&amp;region=us-east-1&amp;page=10" in last


@pytest.mark.parametrize(
    "query", ["region=mars-1", "show=wishes", "confidence=sure", f"q={'x' * 101}", "q=a%00b"]
)
def test_a_wrong_question_is_refused(client: Client, query: str) -> None:
    page = page_at(client, f"/facts/?{query}", 422)

    assert 'role="alert"' in page


def test_it_only_reads(client: Client) -> None:
    assert client.post("/facts/").status_code == 405


def test_a_correction_is_shown_as_one(client: Client) -> None:
    Override.objects.create(
        kind="quota", fact_id="sqs.fifo_tps", value="777", reason="Raised in case 123."
    )

    page = page_at(client, "/facts/?show=quotas&q=sqs.fifo_tps")

    assert "777" in page
    assert "Corrected by hand" in page


def test_it_shows_the_packaged_facts_before_any_are_loaded(client: Client) -> None:
    PriceBook.objects.all().delete()

    assert "$0.0000002 per request" in page_at(client, "/facts/?q=lambda.requests")


def test_it_says_which_services_are_complete() -> None:
    rows = [
        ("Lambda", "us-east-1", "requests"),
        ("Lambda", "us-east-1", "seconds"),
        ("Lambda", "eu-west-1", "requests"),
        ("Edge", "edge:EU", "transfer"),
        ("Edge", "edge:US", "transfer"),
        ("Edge", "global", "zone"),
        ("Cache", "us-east-1", "hour"),
    ]

    found = {
        row.service: [(cell.region, cell.known, cell.of, cell.is_complete) for cell in row.cells]
        for row in coverage(rows)
    }

    assert found == {
        "Cache": [("eu-west-1", 0, 1, False), ("us-east-1", 1, 1, True)],
        "Edge": [("eu-west-1", 2, 2, True), ("us-east-1", 2, 2, True)],
        "Lambda": [("eu-west-1", 1, 2, False), ("us-east-1", 2, 2, True)],
    }


@pytest.mark.parametrize(
    ("source_date", "said"),
    [
        ("2026-11-01", "Less than a month old"),
        ("2026-10-24", "1 month old"),
        ("2026-10-25", "Less than a month old"),
        ("2025-03-05", "20 months old"),
        ("2024-07-01", "2 years old"),
        ("2026-H2 (undated AWS page; copy of 9a3d9b4)", "4 months old"),
        ("2025-08", "15 months old"),
        ("2024-2026", "2 years old"),
        ("<=2020", "6 years old"),
        ("2026", "10 months old"),
        ("n/a", "Age unknown"),
        ("", "Age unknown"),
    ],
)
def test_a_date_has_an_age(source_date: str, said: str) -> None:
    assert age(source_date, date(2026, 11, 24)) == said
