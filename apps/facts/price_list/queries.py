"""What to ask the Price List's query API, so that it sends little more than a book keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from apps.facts.price_list.products import Listed, dimensions_of, product_of
from apps.facts.price_list.rules import rules_by_offer
from apps.facts.reader import is_region

# The attribute that names the Region, where it is another.
_REGION_FIELDS: Final = {"AWSDataTransfer": "fromRegionCode"}

Ask = Callable[[str, Mapping[str, str]], Iterator[dict[str, Any]]]


class Query(NamedTuple):
    offer: str
    filters: tuple[tuple[str, str], ...]


def queries(place: str, offers: Callable[[str], bool]) -> tuple[Query, ...]:
    """Return what to ask for the prices of a place; all edges are in one answer."""
    at_region = is_region(place)
    asked: dict[Query, None] = {}
    for offer, rules in rules_by_offer().items():
        if not offers(offer):
            continue
        fitting = [rule for rule in rules if (rule.place == "region") is at_region]
        families = {rule.family for rule in fitting}
        region = ((_REGION_FIELDS.get(offer, "regionCode"), place),) if at_region else ()
        # Without a family one answer holds the whole offer, and those with one are part of it.
        for family in [""] if "" in families else sorted(families):
            asked[Query(offer, (*region, *((("productFamily", family),) if family else ())))] = None
    return tuple(asked)


def listed_by(query: Query, ask: Ask) -> Iterator[Listed]:
    """Yield the products of one question with their prices."""
    for body in ask(query.offer, dict(query.filters)):
        dimensions = dimensions_of(body.get("terms", {}).get("OnDemand", {}))
        if dimensions:
            product = product_of(query.offer, body["product"])
            yield Listed(product, dimensions, str(body.get("publicationDate", ""))[:10])
