"""Bills against published ones."""

from __future__ import annotations

import csv
import time
from decimal import Decimal
from pathlib import Path

import pytest

from apps.engine.allowances import ALLOWANCES, FIRST_YEAR
from apps.engine.catalog.base import Usage
from apps.engine.facts import Facts
from apps.engine.pricing import BadQuantity, Bill, price_bill
from apps.facts.reader import DATA, packaged_facts, rows_from

US = packaged_facts("us-east-1")
# Published bills beside the checkout, on machines that have them.
EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "aws" / "price_examples_dev.csv"


def make_usage(price_id: str, quantity: float, facts: Facts = US) -> Usage:
    price = facts.price(price_id)
    return Usage(price_id, price_id, price.unit if price else "request", quantity)


def make_bill(*quantities: tuple[str, float], free_tier: bool = False, facts: Facts = US) -> Bill:
    usages = [("app", make_usage(price_id, quantity, facts)) for price_id, quantity in quantities]
    return price_bill(usages, facts, free_tier=free_tier)


def cents(bill: Bill) -> Decimal:
    return bill.monthly_usd.quantize(Decimal("0.01"))


def test_it_prices_a_usage() -> None:
    bill = make_bill(("lambda.requests", 7_440_000))

    (line,) = bill.lines
    assert line.quantity == 7_440_000
    assert line.unit_price_usd == Decimal("0.0000002")
    assert line.monthly_usd == bill.monthly_usd == Decimal("1.488")
    assert (line.component, line.service) == ("app", "Lambda")
    assert line.source == "aws.amazon.com/lambda/pricing page copy"
    assert line.source_url == "https://aws.amazon.com/lambda/pricing/"
    assert bill.is_complete


# Each is a bill that AWS, or infracost in its golden files, has published.
PUBLISHED = {
    # https://aws.amazon.com/lambda/pricing/ example 1: 3M x 120 ms x 1,536 MB, with free tier.
    "lambda mobile backend": (
        [("lambda.requests", 3e6), ("lambda.gb_second.x86", 3e6 * 0.12 * 1.5)],
        True,
        "2.73",
    ),
    # https://aws.amazon.com/lambda/pricing/ example 2: 7.44M x 2 s x 1 GB.
    "lambda telemetry": (
        [("lambda.requests", 7.44e6), ("lambda.gb_second.x86", 7.44e6 * 2)],
        False,
        "249.49",
    ),
    # https://aws.amazon.com/lambda/pricing/ SQS mapping with provisioned pollers, 8,000 EPU-h.
    "lambda event pollers": (
        [
            ("lambda.requests", 30e6),
            ("lambda.gb_second.x86", 30e6),
            ("lambda.esm.epu_hour.sqs", 8000),
        ],
        False,
        "580.00",
    ),
    # https://aws.amazon.com/api-gateway/pricing/ HTTP API: 1.08M x 4.5 MB in units of 512 KB.
    "http api units": ([("apigw.http.requests", 1.08e6 * 9)], False, "9.72"),
    # https://aws.amazon.com/api-gateway/pricing/ private REST API behind an endpoint, 720 h.
    "private rest api": (
        [
            ("apigw.rest.requests", 5e6),
            ("vpce.hour", 720),
            ("vpce.gb", 5e6 * 3.3 / 1024 / 1024),
        ],
        False,
        "24.86",
    ),
    # https://aws.amazon.com/s3/faqs/ 310,000 PUT with 620,000 GET.
    "s3 requests": ([("s3.tier1_requests", 310e3), ("s3.tier2_requests", 620e3)], False, "1.80"),
    # infracost, golden of lambda_function_test: all three tiers of duration.
    "lambda tiers": (
        [("lambda.requests", 15e9), ("lambda.gb_second.x86", 61.44e9)],
        False,
        "857203.30",
    ),
    # infracost, golden of data_transfer_test: tiers from the first GB, nothing free.
    "transfer out": ([("dto.internet_gb", 57_000)], False, "4809.20"),
    # infracost, golden of apigatewayv2_api_test.
    "websocket": (
        [("apigw.ws.messages", 1.5e9), ("apigw.ws.connection_minutes", 10e6)],
        False,
        "1402.50",
    ),
    # infracost, golden of sns_topic_test: the first million is free.
    "sns": ([("sns.requests", 2e6)], True, "0.50"),
    # infracost, golden of rds_cluster_instance_test: 5 ACU for 730 h.
    "aurora serverless": ([("aurora.acu_hour", 5 * 730)], False, "438.00"),
    # AWS guidance for an event-driven sportsbook: 72,000 workflows, 4,000 transitions free.
    "step functions": ([("sfn.standard.transitions", 72_000)], True, "1.70"),
}


@pytest.mark.parametrize(("quantities", "free_tier", "usd"), PUBLISHED.values(), ids=PUBLISHED)
def test_it_agrees_with_a_published_bill(
    quantities: list[tuple[str, float]], free_tier: bool, usd: str
) -> None:
    bill = make_bill(*quantities, free_tier=free_tier)

    assert bill.is_complete
    assert cents(bill) == Decimal(usd)


# Inputs of the published examples → price ids.
METERS = {
    "Step Functions": {"transitions": "sfn.standard.transitions"},
    "KMS": {"kms_requests": "kms.requests", "keys": "kms.key_month", "requests": "kms.requests"},
    "NAT": {"hours": "nat.hour", "nat_hours": "nat.hour", "gb": "nat.gb", "nat_gb": "nat.gb"},
    "Secrets Manager": {"secrets": "secrets.secret_month", "calls": "secrets.requests"},
    "EventBridge": {"events": "eventbridge.custom_events"},
}


@pytest.mark.skipif(not EXAMPLES.exists(), reason="The published examples are not on this machine.")
def test_it_agrees_with_the_examples_on_this_machine() -> None:
    checked = 0
    for row in csv.DictReader(EXAMPLES.read_text().splitlines()):
        if row["services"] not in METERS or row["reproduced"] != "yes":
            continue
        meters = METERS[row["services"]]
        pairs = (pair.split("=") for pair in row["inputs_kv"].split(";"))
        used = [(meters[key], float(value)) for key, value in pairs if key in meters]
        bill = make_bill(*used, free_tier=row["free_tier"].startswith("with "))
        assert abs(bill.monthly_usd - Decimal(row["published_total_usd"])) <= Decimal("0.01"), row
        checked += 1

    assert checked >= 8


def test_a_price_that_the_book_lacks_is_not_dropped() -> None:
    bill = make_bill(("lambda.requests", 1e6), ("quantum.seconds", 12.5))

    (line,) = bill.not_priced
    assert not bill.is_complete
    assert bill.monthly_usd == Decimal("0.2")
    assert (line.quantity, line.monthly_usd, line.unit_price_usd) == (Decimal("12.5"), None, None)
    assert line.note == "The book has no price quantum.seconds for us-east-1."


def test_a_quantity_in_another_unit_is_not_priced() -> None:
    usage = Usage("lambda.requests", "Requests", "million requests", 7)

    bill = price_bill([("app", usage)], US)

    assert bill.monthly_usd == 0
    assert "per request, not per million requests" in bill.not_priced[0].note


@pytest.mark.parametrize("quantity", [-1.0, float("nan"), float("inf")])
def test_it_refuses_a_quantity_that_cannot_be(quantity: float) -> None:
    with pytest.raises(BadQuantity, match=r"app, lambda\.requests: a quantity of"):
        make_bill(("lambda.requests", quantity))


def test_a_quantity_is_rounded_to_six_places_once() -> None:
    bill = make_bill(("s3.standard.gb_month", 0.1234567), ("lambda.requests", 1e21))

    assert bill.lines[0].quantity == Decimal("0.123457")
    assert bill.lines[1].quantity == 10**21


def test_tiers_are_shared_by_the_account() -> None:
    apart = [make_bill(("lambda.gb_second.x86", 4e9)).monthly_usd for _ in range(2)]
    usages = [(name, make_usage("lambda.gb_second.x86", 4e9)) for name in ("a", "b")]

    together = price_bill(usages, US)

    # 6 billion GB-s at 0.0000166667, the other 2 billion at 0.000015.
    assert together.monthly_usd == Decimal("130000.2")
    assert together.monthly_usd < sum(apart)
    assert together.by_component() == {"a": Decimal("65000.1"), "b": Decimal("65000.1")}
    assert together.by_service() == {"Lambda": Decimal("130000.2")}


def test_a_free_allowance_is_shared_and_given_once() -> None:
    quantities = [("lambda.gb_second.arm", 300_000.0), ("lambda.gb_second.x86", 300_000.0)]

    bill = make_bill(*quantities, free_tier=True)

    arm, x86 = bill.lines
    assert x86.monthly_usd == 0
    assert arm.monthly_usd == 200_000 * Decimal("0.0000133334")


def test_a_first_tier_of_zero_is_given_only_with_the_free_tier() -> None:
    assert make_bill(("ddb.storage_gb_month", 25), free_tier=True).monthly_usd == 0
    assert make_bill(("ddb.storage_gb_month", 25)).monthly_usd == Decimal("6.25")


@pytest.mark.parametrize(
    "allowance", [*ALLOWANCES, *FIRST_YEAR], ids=lambda each: each.price_ids[0]
)
def test_no_allowance_is_given_twice(allowance: tuple[Decimal, tuple[str, ...], str]) -> None:
    _, price_ids, source_url = allowance

    assert source_url.startswith("https://aws.amazon.com/")
    for price_id in price_ids:
        price = US.price(price_id)
        assert price is not None
        assert price.tiers[0].usd > 0


def test_what_is_free_in_the_first_year_stands_in_the_book() -> None:
    for allowance in FIRST_YEAR:
        for price_id in allowance.price_ids:
            price = US.price(price_id)
            assert price is not None
            # Search has its gigabytes without the word, and they end with its hours.
            assert "12 months" in price.free_tier or price.free_tier == "10GB"


def test_the_first_year_is_on_top_of_what_is_always_free() -> None:
    quantities = [("lambda.requests", 1.5e6), ("s3.standard.gb_month", 7.0), ("alb.hour", 730.0)]
    usages = [("app", make_usage(*each)) for each in quantities]

    bills = [price_bill(usages, US, free_tier=each, first_year=True) for each in (True, False)]

    # prices.csv: lambda.requests 0.0000002, s3.standard.gb_month 0.023.
    assert bills[0] == bills[1]
    usd = [line.monthly_usd for line in bills[0].lines]
    assert usd == [Decimal("0.1"), 2 * Decimal("0.023"), 0]


def test_hours_of_the_first_year_are_shared_by_the_classes() -> None:
    small = [f"rds.{engine}.db.t3.micro.single_hour" for engine in ("mysql", "postgres")]
    usages = [("app", make_usage(price_id, 730.0)) for price_id in small]

    bill = price_bill(usages, US, first_year=True)

    mysql = US.price(small[0])
    assert mysql is not None
    assert bill.monthly_usd == (730 + 730 - 750) * mysql.tiers[0].usd


def test_every_service_has_a_page_of_prices() -> None:
    pages = {price.source_url for price in rows_from(DATA).prices}

    assert "" not in pages


def test_sixty_lines_take_two_milliseconds() -> None:
    prices = list(US.prices.values())[:30]
    usages = [(f"c{n}", Usage(p.id, "x", p.unit, n * 1234.5)) for n, p in enumerate(prices * 2)]

    times_s = []
    for _ in range(20):
        start_s = time.perf_counter()
        price_bill(usages, US, free_tier=True)
        times_s.append(time.perf_counter() - start_s)

    assert min(times_s) < 0.002
