"""Offer files in AWS's form, CSV and JSON, with products that were made up for tests."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PUBLISHED = "2026-11-20T08:00:00Z"
CSV_HEADING = (
    *("SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate"),
    *("StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency", "PurchaseOption"),
    *("Product Family", "serviceCode", "Location", "Location Type", "Region Code", "usageType"),
    *("operation", "Group", "Group Description", "Instance Type", "Database Engine"),
    *("Deployment Option", "Transfer Type", "To Location", "Volume Type", "queueType"),
)
# Names of the JSON form, by the heading of the CSV form.
CAMEL = {
    "Location": "location",
    "Location Type": "locationType",
    "Region Code": "regionCode",
    "usageType": "usagetype",
    "operation": "operation",
    "Group": "group",
    "Group Description": "groupDescription",
    "Instance Type": "instanceType",
    "Database Engine": "databaseEngine",
    "Deployment Option": "deploymentOption",
    "Transfer Type": "transferType",
    "To Location": "toLocation",
    "Volume Type": "volumeType",
    "queueType": "queueType",
}


@dataclass(frozen=True)
class Sold:
    """A product on sale: (from, to, USD) for each tier; attributes by their CSV headings."""

    sku: str
    usage_type: str
    unit: str
    tiers: tuple[tuple[str, str, str], ...]
    family: str = ""
    region: str = "us-east-1"
    attributes: dict[str, str] = field(default_factory=dict)
    term: str = "OnDemand"
    currency: str = "USD"

    def named(self) -> dict[str, str]:
        return {
            "Location Type": "AWS Region" if self.region else "Other",
            "Region Code": self.region,
            "usageType": self.usage_type,
            **self.attributes,
        }


def sold(sku: str, usage_type: str, unit: str, usd: str, **more: Any) -> Sold:
    """Return a product with one price for every unit."""
    return Sold(sku, usage_type, unit, (("0", "Inf", usd),), **more)


def write_csv(path: Path, offer: str, products: list[Sold], published: str = PUBLISHED) -> Path:
    """Write the CSV form: five lines of metadata, the heading, a line for each tier."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerow(["FormatVersion", "v1.0"])
        rows.writerow(["Disclaimer", "A fixture of a test: products and prices are made up."])
        rows.writerow(["Publication Date", published])
        rows.writerow(["Version", "20261120080000"])
        rows.writerow(["OfferCode", offer])
        rows.writerow(CSV_HEADING)
        for product in products:
            for row in _csv_rows(product, offer):
                rows.writerow([row.get(name, "") for name in CSV_HEADING])
    return path


def write_json(path: Path, offer: str, products: list[Sold], published: str = PUBLISHED) -> Path:
    """Write the JSON form of the same."""
    terms: dict[str, dict[str, Any]] = {"OnDemand": {}, "Reserved": {}}
    for product in products:
        terms[product.term][product.sku] = json_terms(product)
    body = {
        "formatVersion": "v1.0",
        "disclaimer": "A fixture of a test: products and prices are made up.",
        "offerCode": offer,
        "version": "20261120080000",
        "publicationDate": published,
        "products": {product.sku: json_product(product) for product in products},
        "terms": terms,
        "attributesList": {},
    }
    path.write_text(json.dumps(body, indent=1), encoding="utf-8")
    return path


def json_product(product: Sold) -> dict[str, Any]:
    attributes = {CAMEL[name]: value for name, value in product.named().items()}
    return {"sku": product.sku, "productFamily": product.family, "attributes": attributes}


def json_terms(product: Sold) -> dict[str, Any]:
    code = f"{product.sku}.JRTCKXETXF"
    dimensions = {
        f"{code}.{number}": {
            "unit": product.unit,
            "beginRange": start,
            "endRange": end,
            "pricePerUnit": {product.currency: usd},
            "appliesTo": [],
        }
        for number, (start, end, usd) in enumerate(product.tiers)
    }
    return {code: {"effectiveDate": PUBLISHED, "priceDimensions": dimensions}}


def _csv_rows(product: Sold, offer: str) -> list[dict[str, str]]:
    return [
        {
            "SKU": product.sku,
            "OfferTermCode": "JRTCKXETXF",
            "TermType": product.term,
            "EffectiveDate": "2026-11-01",
            "StartingRange": start,
            "EndingRange": end,
            "Unit": product.unit,
            "PricePerUnit": usd,
            "Currency": product.currency,
            "Product Family": product.family,
            "serviceCode": offer,
            **product.named(),
        }
        for start, end, usd in product.tiers
    ]
