"""What is in force: the books, corrected by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from apps.engine.facts import UnknownFact
from apps.facts.actions import effective_facts, load_books
from apps.facts.models import Override
from apps.facts.reader import packaged_facts, regions

pytestmark = pytest.mark.django_db


def make_override(**changes: Any) -> Override:
    values = {
        "kind": "quota",
        "fact_id": "lambda.concurrent_executions",
        "value": "3000",
        "reason": "AWS raised it in case 123.",
    }
    override = Override(**values | changes)
    override.full_clean()
    override.save()
    return override


@pytest.fixture
def books() -> None:
    load_books()


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("region", [*regions(), "sa-east-1"])
def test_books_are_the_same_as_the_files(region: str) -> None:
    stored, packaged = effective_facts(region), packaged_facts(region)

    assert stored.version == packaged.version
    assert stored.prices == packaged.prices
    assert stored.quotas == packaged.quotas
    assert stored.classes == packaged.classes
    assert stored.cold_starts == packaged.cold_starts


@pytest.mark.usefixtures("books")
def test_it_takes_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = effective_facts("us-east-1")

    with django_assert_num_queries(2):
        again = effective_facts("us-east-1")

    assert again is first


def test_before_anything_is_loaded_the_packaged_facts_hold() -> None:
    assert effective_facts("us-east-1").version == packaged_facts("us-east-1").version


def test_what_is_not_a_region_is_refused() -> None:
    with pytest.raises(UnknownFact, match="“edge:US” is not the name"):
        effective_facts("edge:US")


@pytest.mark.usefixtures("books")
def test_a_correction_holds_until_it_is_withdrawn() -> None:
    override = make_override(source="https://console.aws.amazon.com/support/")

    corrected = effective_facts("eu-west-1")

    row = corrected.quota_row("lambda.concurrent_executions")
    assert (row.value, row.text, row.confidence) == (3000, "3000", "corrected")
    assert row.source_url == "https://console.aws.amazon.com/support/"
    assert row.source_date == override.created_at.date().isoformat()
    assert corrected.version != packaged_facts("eu-west-1").version

    override.withdraw()

    assert effective_facts("eu-west-1").version == packaged_facts("eu-west-1").version


@pytest.mark.usefixtures("books")
def test_a_correction_for_a_region_wins_there() -> None:
    make_override(region="eu-west-1", value="4000")
    make_override(value="3000")
    make_override(value="3500")

    assert effective_facts("eu-west-1").quota("lambda.concurrent_executions") == 4000
    assert effective_facts("us-east-1").quota("lambda.concurrent_executions") == 3500


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("value", "tiers"),
    [
        ("0.08", [("0", None, "0.08")]),
        (
            "0:0 50:0.08 100.5:0.07",
            [("0", "50", "0"), ("50", "100.5", "0.08"), ("100.5", None, "0.07")],
        ),
    ],
)
def test_a_price_is_corrected_with_its_tiers(
    value: str, tiers: list[tuple[str, str | None, str]]
) -> None:
    make_override(kind="price", fact_id="dto.internet_gb", value=value)

    price = effective_facts("us-east-1").price("dto.internet_gb")

    assert price is not None
    assert [(t.start, t.end, t.usd) for t in price.tiers] == [
        (Decimal(start), end and Decimal(end), Decimal(usd)) for start, end, usd in tiers
    ]
    assert (price.source, price.confidence) == ("AWS raised it in case 123.", "corrected")


@pytest.mark.usefixtures("books")
def test_a_price_that_a_region_lacks_can_be_given() -> None:
    assert effective_facts("eu-central-1").price("aurora.acu_hour") is None
    make_override(kind="price", fact_id="aurora.acu_hour", value="0.14", region="eu-central-1")

    price = effective_facts("eu-central-1").price("aurora.acu_hour")

    assert price is not None
    assert (price.region, price.unit, price.tiers[0].usd) == (
        "eu-central-1",
        "ACU-h",
        Decimal("0.14"),
    )
    assert effective_facts("eu-west-1").price("aurora.acu_hour") is None


@pytest.mark.usefixtures("books")
def test_a_class_is_corrected() -> None:
    make_override(
        kind="class", fact_id="db.t4g.micro", value="pg_max_connections=87 memory_gib=1.5"
    )

    micro = effective_facts("us-east-1").instance_class("db.t4g.micro")

    assert micro is not None
    assert (micro.pg_max_connections, micro.memory_gib, micro.vcpu) == (87, 1.5, 2)


WRONG = {
    "no such fact": ({"fact_id": "lambda.wishes"}, "fact_id", "There is no quota “lambda.wishes”."),
    "of another kind": ({"kind": "price"}, "fact_id", "There is no price"),
    "not a number": ({"value": "many"}, "value", "A quota is a number from 0 up"),
    "negative": ({"value": "-1"}, "value", "A quota is a number from 0 up"),
    "region": ({"region": "Ireland"}, "region", "Name a Region"),
    "no reason": ({"reason": ""}, "reason", "This field cannot be blank."),
    "price": ({"kind": "price", "fact_id": "nat.gb", "value": "cheap"}, "value", "“cheap” is not"),
    "no price": ({"kind": "price", "fact_id": "nat.gb", "value": "1:2:3"}, "value", "A price is 0"),
    "tiers": ({"kind": "price", "fact_id": "nat.gb", "value": "5:1 0:2"}, "value", "Tiers begin"),
    "column": (
        {"kind": "class", "fact_id": "db.t4g.micro", "value": "rooms=3"},
        "value",
        "“rooms”",
    ),
    "infinite": ({"kind": "price", "fact_id": "nat.gb", "value": "Infinity"}, "value", "from 0 up"),
}


@pytest.mark.parametrize(("changes", "field", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_correction_is_refused(changes: dict[str, str], field: str, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make_override(**changes)

    assert reason in caught.value.message_dict[field][0]
