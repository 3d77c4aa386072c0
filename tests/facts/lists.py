"""The Lambda offer that tests refresh from, and what they look at afterwards."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command

from apps.engine.facts import Price
from apps.facts.models import PriceBook, PriceRow
from tests.facts.offers import Sold, sold, write_csv, write_json

REQUESTS = {"Group": "AWS-Lambda-Requests"}
DURATION = {"Group": "AWS-Lambda-Duration"}
LAMBDA = [
    sold("FIX1", "Request", "Requests", "0.0000003000", family="Serverless", attributes=REQUESTS),
    Sold(
        "FIX2",
        "Lambda-GB-Second",
        "Lambda-GB-Second",
        # Out of order, as in AWS's own files.
        (("6000000000", "Inf", "0.0000150000"), ("0", "6000000000", "0.0000170000")),
        family="Serverless",
        attributes=DURATION,
    ),
    sold("FIX3", "EU-Request", "Requests", "0.00000025", region="eu-west-1", attributes=REQUESTS),
]
WRITERS = {"csv": write_csv, "json": write_json}


def refresh(*options: str) -> str:
    said = StringIO()
    call_command("refresh_prices", *options, stdout=said, stderr=StringIO())
    return said.getvalue()


def current(region: str, price_id: str) -> Price:
    return PriceRow.objects.get(
        book__region=region, book__is_current=True, price_id=price_id
    ).fact()


def counts() -> tuple[int, int]:
    return PriceBook.objects.count(), PriceRow.objects.count()


def refreshed() -> list[str]:
    books = PriceBook.objects.current().filter(source=PriceBook.Source.PRICE_LIST)
    return sorted(books.values_list("region", flat=True))
