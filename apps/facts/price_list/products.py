"""A product of AWS's Price List with its price on demand, as either form of the list has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from apps.engine.facts import Tier

_REGIONS: Final = {
    "US East (N. Virginia)": "us-east-1",
    "US East (Ohio)": "us-east-2",
    "US West (N. California)": "us-west-1",
    "US West (Oregon)": "us-west-2",
    "Canada (Central)": "ca-central-1",
    "EU (Ireland)": "eu-west-1",
    "EU (London)": "eu-west-2",
    "EU (Paris)": "eu-west-3",
    "EU (Frankfurt)": "eu-central-1",
    "EU (Stockholm)": "eu-north-1",
    "Asia Pacific (Tokyo)": "ap-northeast-1",
    "Asia Pacific (Seoul)": "ap-northeast-2",
    "Asia Pacific (Singapore)": "ap-southeast-1",
    "Asia Pacific (Sydney)": "ap-southeast-2",
    "Asia Pacific (Mumbai)": "ap-south-1",
    "South America (Sao Paulo)": "sa-east-1",
}


class BadPriceList(ValueError):
    """A list that cannot be read, or says two things; the message is for the reader."""


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold; attributes by name in small letters without spaces, as both forms allow."""

    sku: str
    offer: str
    attributes: Mapping[str, str]

    @property
    def family(self) -> str:
        return self.attributes.get("productfamily", "")

    @property
    def usage_type(self) -> str:
        return self.attributes.get("usagetype", "")

    @property
    def region(self) -> str:
        """The AWS Region, or nothing for an outpost, a local zone, an edge or everywhere."""
        get = self.attributes.get
        if {get("locationtype"), get("fromlocationtype")} - {None, "", "AWS Region"}:
            return ""
        named = get("regioncode") or get("fromregioncode")
        return named or _REGIONS.get(get("location") or get("fromlocation") or "", "")


@dataclass(frozen=True, slots=True)
class Dimension:
    """One tier as the list writes it: from, up to, unit and dollars."""

    start: Decimal
    end: Decimal | None
    unit: str
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Listed:
    """A product, what it costs on demand, and the day on which the list was published."""

    product: Product
    dimensions: tuple[Dimension, ...]
    published: str

    @property
    def unit(self) -> str:
        return self.dimensions[0].unit

    def tiers(self) -> tuple[Tier, ...]:
        """Return the tiers in the list's own unit.

        Raises
        ------
        BadPriceList
            They overlap, leave a gap, end, or count in two units.
        """
        ordered = sorted(self.dimensions, key=lambda each: each.start)
        ends = [Decimal(0), *(each.end for each in ordered)]
        for each, before in zip(ordered, ends, strict=False):
            if each.start != before or each.unit != self.unit:
                raise BadPriceList(f"The tiers of {self.product.sku} do not join at {each.start}.")
        if ordered[-1].end is not None:
            raise BadPriceList(f"The last tier of {self.product.sku} ends at {ordered[-1].end}.")
        return tuple(Tier(each.start, each.end, each.usd) for each in ordered)


def plain(name: str) -> str:
    """Return the name of an attribute as both forms of the list can be brought to it."""
    return name.replace(" ", "").lower()


def product_of(offer: str, body: Any) -> Product:
    """Return a product of the JSON form; raises `BadPriceList`."""
    given = _object(_object(body).get("attributes", {}))
    attributes = {plain(name): str(value) for name, value in given.items()}
    attributes["productfamily"] = str(body.get("productFamily", ""))
    return Product(str(body.get("sku", "")), offer, attributes)


def dimensions_of(terms: Any) -> tuple[Dimension, ...]:
    """Return the tiers in dollars of the newest of some on-demand terms; none for other money.

    Raises
    ------
    BadPriceList
        They are not written as AWS writes them.
    """
    given = [_object(term) for term in _object(terms).values()]
    dated = sorted(given, key=lambda term: str(term.get("effectiveDate", "")))
    rows = _object(dated[-1].get("priceDimensions", {})).values() if dated else ()
    return tuple(
        dimension(row.get("beginRange"), row.get("endRange"), row.get("unit"), usd)
        for row in map(_object, rows)
        if (usd := _object(row.get("pricePerUnit", {})).get("USD")) is not None
    )


def dimension(start: Any, end: Any, unit: Any, usd: Any) -> Dimension:
    """Return a tier of its texts; raises `BadPriceList`."""
    open_end = end in (None, "", "Inf")
    return Dimension(
        _number(start or "0"), None if open_end else _number(end), str(unit or ""), _number(usd)
    )


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadPriceList(f"“{str(value)[:40]}” stands where AWS has an object with names.")
    return value


def _number(text: Any) -> Decimal:
    # As text: a float would have lost the cents already.
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        raise BadPriceList(f"“{text}” is not a number of the price list.") from None
    if not number.is_finite() or number < 0:
        raise BadPriceList(f"“{text}” is not a price or a bound of a tier.")
    return number
