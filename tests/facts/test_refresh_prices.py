"""Prices of AWS's list in place of those of a book."""

from __future__ import annotations

import shutil
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.facts.actions import effective_facts, load_books
from apps.facts.models import PriceBook, PriceRow
from apps.facts.reader import DATA
from apps.facts.refreshing import write as write_plan
from tests.facts.lists import LAMBDA, REQUESTS, WRITERS, counts, current, refresh, refreshed
from tests.facts.offers import Sold, json_product, json_terms, sold, write_csv, write_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> None:
    load_books()


@pytest.fixture(params=WRITERS)
def offer(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The Lambda offer in either form."""
    return WRITERS[request.param](tmp_path / f"lambda.{request.param}", "AWSLambda", LAMBDA)


@pytest.mark.usefixtures("books")
def test_it_writes_a_new_book_and_carries_the_rest_over(offer: Path) -> None:
    before = {price.price_id: price.fact() for price in _rows("us-east-1")}

    said = refresh(f"--offers={offer}", "--region=us-east-1")

    assert "us-east-1: 2 prices change, 0 are new, 0 are as they were, 0 are gone" in said
    assert "$0.0000002 → $0.0000003 per request  +50%" in said
    book = PriceBook.objects.current().get(region="us-east-1")
    assert book.source == PriceBook.Source.PRICE_LIST
    after = {price.price_id: price.fact() for price in _rows("us-east-1")}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"lambda.requests", "lambda.gb_second.x86"}
    assert after.keys() == before.keys()
    price = after["lambda.requests"]
    assert (price.tiers[0].usd, price.confidence) == (Decimal("0.0000003"), "seen")
    assert price.source == "AWS Price List, offer AWSLambda, SKU FIX1"
    assert price.source_date == "2026-11-20"
    assert effective_facts("us-east-1").prices["lambda.requests"] == price


def _rows(region: str) -> Any:
    return PriceRow.objects.filter(book__region=region, book__is_current=True)


@pytest.mark.usefixtures("books")
def test_tiers_are_put_in_order(offer: Path) -> None:
    refresh(f"--offers={offer}", "--region=us-east-1")

    tiers = current("us-east-1", "lambda.gb_second.x86").tiers
    assert [(tier.start, tier.end, tier.usd) for tier in tiers] == [
        (Decimal(0), Decimal(6000000000), Decimal("0.000017")),
        (Decimal(6000000000), None, Decimal("0.000015")),
    ]


@pytest.mark.usefixtures("books")
def test_each_region_has_its_own_book(offer: Path) -> None:
    said = refresh(f"--offers={offer}")

    assert current("eu-west-1", "lambda.requests").tiers[0].usd == Decimal("0.00000025")
    assert PriceBook.objects.filter(source=PriceBook.Source.PRICE_LIST).count() == 2
    assert "ap-southeast-1: the list has no price for it." in said


@pytest.mark.usefixtures("books")
def test_a_dry_run_writes_nothing(offer: Path) -> None:
    before = counts()

    said = refresh(f"--offers={offer}", "--dry-run")

    assert "+50%" in said
    assert said.endswith("Dry run: nothing was written.\n")
    assert counts() == before


@pytest.mark.usefixtures("books")
def test_the_same_list_makes_no_second_book(offer: Path) -> None:
    refresh(f"--offers={offer}")
    before = counts(), list(PriceBook.objects.order_by("pk").values())

    said = refresh(f"--offers={offer}")

    assert "0 prices change, 0 are new, 2 are as they were" in said
    assert "was in force already" in said
    assert (counts(), list(PriceBook.objects.order_by("pk").values())) == before


@pytest.mark.usefixtures("books")
def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    refresh(f"--offers={write_csv(tmp_path / 'a.csv', 'AWSLambda', LAMBDA)}")
    before = counts()

    refresh(f"--offers={write_json(tmp_path / 'b.json', 'AWSLambda', LAMBDA)}")

    assert counts() == before


@pytest.mark.usefixtures("books")
def test_an_interrupted_run_goes_on_with_the_rest(
    offer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def stop_after_one(plan: Any) -> Any:
        if written:
            raise KeyboardInterrupt
        written.append(plan.place)
        return write_plan(plan)

    command = "apps.facts.management.commands.refresh_prices.write"
    monkeypatch.setattr(command, stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        refresh(f"--offers={offer}")
    monkeypatch.setattr(command, write_plan)
    assert refreshed() == ["eu-west-1"]

    said = refresh(f"--offers={offer}")

    # The Region that was not come to is first.
    assert said.index("us-east-1: 2 prices") < said.index("eu-west-1: 0 prices")
    assert refreshed() == ["eu-west-1", "us-east-1"]
    assert PriceBook.objects.filter(source=PriceBook.Source.PRICE_LIST).count() == 2


@pytest.mark.usefixtures("books")
def test_new_prices_and_gone_ones_are_told(tmp_path: Path) -> None:
    instance = {"Database Engine": "PostgreSQL", "Deployment Option": "Single-AZ"}
    products = [
        sold(
            f"FIX{size}",
            f"InstanceUsage:db.m99.{size}",
            "Hrs",
            "1.5",
            family="Database Instance",
            attributes=instance | {"Instance Type": f"db.m99.{size}"},
        )
        for size in ("large", "xlarge")
    ]
    refresh(f"--offers={write_csv(tmp_path / 'a.csv', 'AmazonRDS', products)}")

    said = refresh(f"--offers={write_csv(tmp_path / 'a.csv', 'AmazonRDS', products[:1])}")

    assert "us-east-1: 0 prices change, 0 are new, 1 are as they were, 1 are gone" in said
    assert "rds.postgres.db.m99.xlarge.single_hour       no longer in the list" in said
    price = current("us-east-1", "rds.postgres.db.m99.xlarge.single_hour")
    assert (price.service, price.unit) == ("RDS", "hour")
    assert price.description == "postgres db.m99.xlarge Single-AZ"


@pytest.mark.usefixtures("books")
def test_what_is_notrefreshed_says_why(offer: Path) -> None:
    said = refresh(f"--offers={offer}", "--region=us-east-1")

    assert "since its place in the list is not verified: 14 prices: " in said
    assert "lambda.response_streaming_gb" in said
    assert "since the list has no such product: " in said
    assert "since the offer was not read: " in said


@pytest.mark.usefixtures("books")
def test_a_free_first_tier_is_not_free_twice(tmp_path: Path) -> None:
    reads = Sold(
        "FIX1",
        "ReadCapacityUnit-Hrs",
        "ReadCapacityUnit-Hrs",
        (("0", "18600", "0"), ("18600", "Inf", "0.00013")),
        family="Provisioned IOPS",
        attributes={"Group": "DDB-ReadUnits"},
    )

    refresh(f"--offers={write_csv(tmp_path / 'd.csv', 'AmazonDynamoDB', [reads])}")

    tiers = current("us-east-1", "ddb.rcu_hour").tiers
    assert [(tier.start, tier.end, tier.usd) for tier in tiers] == [
        (Decimal(0), None, Decimal("0.00013"))
    ]


@pytest.mark.usefixtures("books")
def test_one_service_leaves_the_others(tmp_path: Path, offer: Path) -> None:
    nat = sold("FIX7", "NatGateway-Hours", "Hrs", "0.05", family="NAT Gateway")
    write_csv(tmp_path / "ec2.csv", "AmazonEC2", [nat])

    refresh(f"--offers={tmp_path}", "--service=nat gateway", "--region=us-east-1")

    assert current("us-east-1", "nat.hour").tiers[0].usd == Decimal("0.05")
    assert current("us-east-1", "lambda.requests").tiers[0].usd == Decimal("0.0000002")


@pytest.mark.usefixtures("books")
def test_new_packaged_facts_reach_arefreshed_region(offer: Path, tmp_path: Path) -> None:
    refresh(f"--offers={offer}", "--region=us-east-1")
    folder = Path(shutil.copytree(DATA, tmp_path / "facts"))
    with (folder / "prices.csv").open("a", encoding="utf-8") as file:
        file.write("SQS,sqs.new,New,us-east-1,request,0,,0.5,,,,A page,2026-11-01,seen\n")

    load_books(directory=folder)

    assert current("us-east-1", "sqs.new").tiers[0].usd == Decimal("0.5")
    assert current("us-east-1", "lambda.requests").tiers[0].usd == Decimal("0.0000003")


def test_the_global_book_keeps_its_quotas(tmp_path: Path, books: None) -> None:
    zone = Sold(
        "FIX1", "HostedZone", "HostedZone", (("0", "25", "0.6"), ("25", "Inf", "0.2")), region=""
    )
    before = effective_facts("us-east-1")

    refresh(f"--offers={write_csv(tmp_path / 'r.csv', 'AmazonRoute53', [zone])}")

    after = effective_facts("us-east-1")
    assert after.prices["route53.zone_month"].tiers[1].usd == Decimal("0.2")
    assert (after.quotas, after.cold_starts) == (before.quotas, before.cold_starts)


def test_without_any_book_the_packaged_ones_are_loaded_first(offer: Path) -> None:
    refresh(f"--offers={offer}", "--region=us-east-1")

    assert PriceBook.objects.current().count() == 13
    assert current("us-east-1", "lambda.requests").tiers[0].usd == Decimal("0.0000003")
    assert current("us-east-1", "sqs.standard.requests").id


def test_a_region_without_a_book_gets_one(tmp_path: Path, books: None) -> None:
    products = [sold("FIX1", "SAE1-Request", "Requests", "0.0000004", region="sa-east-1",
                     attributes=REQUESTS)]  # fmt: skip

    refresh(
        f"--offers={write_csv(tmp_path / 'l.csv', 'AWSLambda', products)}", "--region=sa-east-1"
    )

    assert current("sa-east-1", "lambda.requests").tiers[0].usd == Decimal("0.0000004")


@pytest.mark.usefixtures("books")
def test_the_api_gives_what_the_files_give(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    def answer(client: object, offer: str, filters: dict[str, str]) -> Any:
        asked.append((offer, filters))
        for product in LAMBDA:
            if filters.get("regionCode", product.region) == product.region:
                terms = {"OnDemand": json_terms(product)}
                body = {"product": json_product(product), "terms": terms}
                yield body | {"publicationDate": "2026-11-20T08:00:00Z"}

    monkeypatch.setattr("apps.aws.pricing.products", answer)

    said = refresh("--service=Lambda", "--region=us-east-1")

    assert "us-east-1: 2 prices change" in said
    assert asked == [("AWSLambda", {"regionCode": "us-east-1"})]
    assert current("us-east-1", "lambda.requests").source_date == "2026-11-20"


def test_a_bar_says_how_far_it_is(offer: Path) -> None:
    shown = StringIO()

    call_command(
        "refresh_prices", f"--offers={offer}", "--dry-run", stdout=StringIO(), stderr=shown
    )

    assert "] 100%" in shown.getvalue()
    assert offer.name in shown.getvalue()
