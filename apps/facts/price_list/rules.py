"""Which product of AWS's Price List is which price: one table, `data/price_list.csv`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from apps.engine.regions import GLOBAL
from apps.facts.price_list.products import BadPriceList, Product
from apps.facts.reader import DATA
from apps.facts.rows import BadFact, Row, read_rows

FILE: Final = "price_list.csv"
_COLUMNS: Final = "offer family usagetype attributes place price_id unit service description"
# EU-, USE1-, APS1- …, or a whole Region as KMS writes it. IA- and TS- are no Regions.
_REGION: Final = r"(?:(?:EU|[A-Z]{2,4}\d|[a-z]{2}(?:-[a-z]+)+-\d+)-)?"
_EDGE: Final = r"(?P<edge>US|EU|AP|AU|JP|IN|SA|ZA)-"
_EDGES: Final = {"ZA": "ZA_ME"}
_PREFIXES: Final = {"region": _REGION, "edge": _EDGE, GLOBAL: ""}
_BLANK: Final = re.compile(r"\{(\w+)\}")
_DECOYS: Final = re.compile(
    r"Outposts-|ReservedLCU|(^|-)TS-|ExtendedSupport|ShieldProtected-|Requests-Fair-RBP"
)


class Match(NamedTuple):
    """What a product is in a price book; `rule` says in which unit."""

    rule: Rule
    place: str
    price_id: str
    description: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table."""

    offer: str
    family: str
    usage_type: re.Pattern[str]
    attributes: tuple[tuple[str, bool, re.Pattern[str]], ...]
    place: str
    price_ids: tuple[str, ...]
    unit: str
    service: str
    description: str

    def match(self, product: Product) -> tuple[Match, ...]:
        """Return which prices of which place a product is: seldom more than one."""
        if self.family and product.family != self.family:
            return ()
        found = self.usage_type.fullmatch(product.usage_type)
        if found is None or not all(self._fits(product, *each) for each in self.attributes):
            return ()
        names = {**product.attributes, **found.groupdict()}
        place = self._place(product, names)
        # A product without the attribute that names it, such as its size, is none of ours.
        if not place or not all(names.get(name) for name in _BLANK.findall(self.price_ids[0])):
            return ()
        told = self.description.format_map(names)
        return tuple(Match(self, place, each.format_map(names), told) for each in self.price_ids)

    def covers(self, price_id: str) -> bool:
        """Say whether the rule can give a price of this name."""
        blanks = (re.sub(r"\\{\w+\\}", r"[\\w.]+", re.escape(each)) for each in self.price_ids)
        return any(re.fullmatch(pattern, price_id) for pattern in blanks)

    def _place(self, product: Product, names: Mapping[str, str]) -> str:
        if self.place == "region":
            return product.region
        if self.place == "edge":
            return f"edge:{_EDGES.get(names['edge'], names['edge'])}"
        return GLOBAL

    @staticmethod
    def _fits(product: Product, name: str, wanted: bool, pattern: re.Pattern[str]) -> bool:
        return (pattern.fullmatch(product.attributes.get(name, "")) is not None) is wanted


def match(product: Product) -> tuple[Match, ...]:
    """Return which prices a product is; none for one that no book keeps.

    Raises
    ------
    BadPriceList
        Two lines of the table take the product for theirs.
    """
    if _DECOYS.search(product.usage_type):
        return ()
    rules = rules_by_offer().get(product.offer, ())
    found = [matches for rule in rules if (matches := rule.match(product))]
    if len(found) > 1:
        names = " and ".join(sorted(matches[0].price_id for matches in found))
        raise BadPriceList(
            f"Product {product.sku} of {product.offer} ({product.usage_type}) is two prices: "
            f"{names}. The table of prices must tell them apart; nothing was written."
        )
    return found[0] if found else ()


@lru_cache(maxsize=4096)
def offers_of(price_id: str) -> frozenset[str]:
    """Return the offers that a price may be listed in; none for one whose place is not known."""
    return frozenset(rule.offer for rule in all_rules() if rule.covers(price_id))


@lru_cache(maxsize=1)
def rules_by_offer() -> Mapping[str, tuple[Rule, ...]]:
    offers: dict[str, list[Rule]] = {}
    for rule in all_rules():
        offers.setdefault(rule.offer, []).append(rule)
    return {offer: tuple(rules) for offer, rules in offers.items()}


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    return read_rules((DATA / FILE).read_text(encoding="utf-8"))


def read_rules(text: str) -> tuple[Rule, ...]:
    """Read the table; raises `BadFact`."""
    return tuple(_rule(row) for row in read_rows(FILE, text, _COLUMNS))


def _rule(row: Row) -> Rule:
    place = row.word("place", {name: name for name in _PREFIXES})
    try:
        usage_type = re.compile(_PREFIXES[place] + f"(?:{row.text('usagetype')})")
        attributes = tuple(_condition(row, each) for each in row.cells["attributes"].split(";"))
    except re.error as error:
        raise row.bad(f"the pattern is none: {error}.") from error
    return Rule(
        offer=row.text("offer"),
        family=row.cells["family"],
        usage_type=usage_type,
        attributes=tuple(filter(None, attributes)),
        place=place,
        price_ids=tuple(row.text("price_id").split()),
        unit=row.text("unit"),
        service=row.cells["service"],
        description=row.cells["description"],
    )


def _condition(row: Row, text: str) -> tuple[str, bool, re.Pattern[str]] | None:
    if not text.strip():
        return None
    name, sign, pattern = text.strip().partition("=")
    if not sign:
        raise BadFact(str(row.bad(f"“{text}” is no condition such as group=DDB-ReadUnits.")))
    return name.removesuffix("!"), not name.endswith("!"), re.compile(pattern)
