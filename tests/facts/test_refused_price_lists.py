"""What `refresh_prices` refuses, by name, and what it leaves out of a list."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError

from apps.facts.actions import load_books
from tests.facts.lists import LAMBDA, REQUESTS, WRITERS, counts, current, refresh, refreshed
from tests.facts.offers import Sold, sold, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> None:
    load_books()


@pytest.mark.usefixtures("books")
def test_two_products_of_one_price_are_refused_by_name(tmp_path: Path) -> None:
    other = sold("FIX9", "USE1-Request-ARM", "Requests", "0.0000004",
                 attributes={"Group": "AWS-Lambda-Requests-ARM"})  # fmt: skip
    path = write_csv(tmp_path / "lambda.csv", "AWSLambda", [*LAMBDA, other])

    with pytest.raises(CommandError, match=r"FIX1 and FIX9 .* lambda\.requests in us-east-1"):
        refresh(f"--offers={path}")

    # The other Region is not at fault.
    assert refreshed() == ["eu-west-1"]


@pytest.mark.usefixtures("books")
def test_two_products_may_agree(tmp_path: Path) -> None:
    other = sold("FIX9", "USE1-Request-ARM", "Requests", "0.0000003",
                 attributes={"Group": "AWS-Lambda-Requests-ARM"})  # fmt: skip
    path = write_csv(tmp_path / "lambda.csv", "AWSLambda", [*LAMBDA, other])

    refresh(f"--offers={path}", "--region=us-east-1")

    assert current("us-east-1", "lambda.requests").tiers[0].usd == Decimal("0.0000003")


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("form", WRITERS)
def test_reservations_and_other_money_are_left_out(tmp_path: Path, form: str) -> None:
    products = [
        sold("FIX1", "Request", "Requests", "9", attributes=REQUESTS, term="Reserved"),
        sold("FIX2", "Request", "Requests", "9", attributes=REQUESTS, currency="CNY"),
    ]
    path = WRITERS[form](tmp_path / f"lambda.{form}", "AWSLambda", products)

    said = refresh(f"--offers={path}", "--region=us-east-1")

    assert "us-east-1: the list has no price for it." in said


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--offers=/nowhere"], "there is no offer file"),
        (["--offers=/nowhere", "--region=Mars"], "“Mars” is no Region"),
        (["--offers=/nowhere", "--service=Mars"], "No price of “Mars” can be refreshed"),
    ],
)
def test_wrong_arguments_end_with_2(options: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as caught:
        refresh(*options)

    assert caught.value.returncode == 2


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.json", '{"offerCode": "AWSLambda", "products": {"A": {', "a.json: it is not JSON"),
        ("a.json", '{"offerCode": "AWSLambda", "terms": {}}', "before its products"),
        ("a.json", '{"offerCode": "AWSLambda", "products": []}', "“{” was expected"),
        ("a.json", '{"offerCode": "AWSLambda", "products": {"A": 5}}', "“5” stands where AWS has"),
        ("a.json", '{"offerCode": "AWSLambda", "products": {"A": ' + "[" * 50_000, "nested more"),
        ("a.json", "", "ends too early"),
        ("a.csv", "", "no file is an offer"),
        ("a.csv", "\x00\xff", "no file is an offer|no offer file of AWS"),
        ("a.csv", "SKU,Price\n1,2\n", "no file is an offer"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    before = counts()

    with pytest.raises(CommandError, match=sentence):
        refresh(f"--offers={tmp_path}")

    assert counts() == before


@pytest.mark.usefixtures("books")
def test_tiers_with_a_gap_are_refused(tmp_path: Path) -> None:
    tiers = (("0", "10", "0.2"), ("20", "Inf", "0.1"))
    gap = Sold("FIX1", "Request", "Requests", tiers, attributes=REQUESTS)

    with pytest.raises(CommandError, match="The tiers of FIX1 do not join at 20"):
        refresh(f"--offers={write_csv(tmp_path / 'l.csv', 'AWSLambda', [gap])}")
