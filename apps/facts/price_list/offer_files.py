"""AWS's bulk offer files, JSON or CSV, read row by row: only what a price book keeps is held."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

from apps.facts.price_list import rules
from apps.facts.price_list.json_stream import JsonStream
from apps.facts.price_list.products import (
    BadPriceList,
    Dimension,
    Listed,
    Product,
    dimension,
    dimensions_of,
    plain,
    product_of,
)

ON_DEMAND: Final = "OnDemand"
# The lines before the heading of the CSV form.
_METADATA: Final = 5
_SUFFIXES: Final = (".json", ".csv")

Tell = Callable[[int], None]
"""Told how many bytes were read since the last time."""


@dataclass(slots=True)
class Offer:
    """What one file gave; an offer that no rule knows is named and not read."""

    name: str
    listed: list[Listed] = field(default_factory=list)


def offer_paths(path: Path) -> list[Path]:
    """Return the offer files of a folder, or the one file.

    Raises
    ------
    BadPriceList
        There is none.
    """
    if path.is_dir():
        paths = sorted(p for p in path.rglob("*") if p.suffix in _SUFFIXES and p.is_file())
    else:
        paths = [path] if path.suffix in _SUFFIXES and path.is_file() else []
    if not paths:
        raise BadPriceList(f"{path}: there is no offer file, whose name ends in .json or .csv.")
    return paths


def read_offer(path: Path, tell: Tell, wanted: Callable[[str], bool]) -> Offer | None:
    """Return what a file lists of the prices that a book keeps; None where it is no offer.

    Raises
    ------
    BadPriceList
        The file cannot be read, or takes a product for two prices.
    """
    read = _read_csv if path.suffix == ".csv" else _read_json
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return read(_Told(file, tell), wanted)  # type: ignore[arg-type]  # Reads as a file.
    except OSError as error:
        raise BadPriceList(f"{path.name} cannot be read: {error.strerror}.") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadPriceList(f"{path.name} is no offer file of AWS: {error}.") from error
    except BadPriceList as error:
        raise BadPriceList(f"{path.name}: {error}") from error


class _Told:
    """A file that tells how far it was read."""

    def __init__(self, file: TextIO, tell: Tell) -> None:
        self._file, self._tell = file, tell

    def read(self, size: int) -> str:
        text = self._file.read(size)
        self._tell(len(text))
        return text

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self._tell(len(line))
            yield line


def _read_csv(file: TextIO, wanted: Callable[[str], bool]) -> Offer | None:
    lines = csv.reader(file)
    metadata = {row[0]: row[1] for _, row in zip(range(_METADATA), lines, strict=False) if row[1:]}
    heading = [plain(name) for name in next(lines, [])]
    if "OfferCode" not in metadata or "sku" not in heading:
        return None
    offer, published = Offer(metadata["OfferCode"]), metadata.get("Publication Date", "")[:10]
    if wanted(offer.name):
        terms = _Terms()
        for row in lines:
            terms.add(offer.name, dict(zip(heading, row, strict=False)))
        offer.listed = list(terms.listed(published))
    return offer


class _Terms:
    """Rows of the CSV form by product and term; each row is one tier."""

    def __init__(self) -> None:
        self._products: dict[str, Product | None] = {}
        self._terms: dict[str, dict[tuple[str, str], list[Dimension]]] = {}

    def add(self, offer: str, row: Mapping[str, str]) -> None:
        if row.get("termtype") != ON_DEMAND or row.get("currency") != "USD":
            return
        sku = row["sku"]
        # Files have millions of rows: what is no price of ours is not even remembered.
        product = self._products.get(sku) or _ours(Product(sku, offer, row))
        if product is None:
            return
        self._products[sku] = product
        term = (row.get("effectivedate", ""), row.get("offertermcode", ""))
        tier = dimension(
            row.get("startingrange"), row.get("endingrange"), row.get("unit"), row["priceperunit"]
        )
        self._terms.setdefault(sku, {}).setdefault(term, []).append(tier)

    def listed(self, published: str) -> Iterator[Listed]:
        """Yield each product with the term that took effect last."""
        for sku, terms in self._terms.items():
            product = self._products[sku]
            if product is not None:
                yield Listed(product, tuple(terms[max(terms)]), published)


def _read_json(file: TextIO, wanted: Callable[[str], bool]) -> Offer | None:
    stream, metadata = JsonStream(file), {"offerCode": "", "publicationDate": ""}
    products: dict[str, Product] | None = None
    offer: Offer | None = None
    for name in stream.members():
        if name in metadata:
            metadata[name] = str(stream.value())
        elif name == "products" and metadata["offerCode"]:
            offer = Offer(metadata["offerCode"])
            if not wanted(offer.name):
                return offer
            products = _products_in(stream, offer.name)
        elif name == "terms" and offer is not None:
            offer.listed = list(_on_demand(stream, products or {}, metadata["publicationDate"]))
            # Only attributes of reservations follow.
            return offer
        elif name == "terms":
            raise BadPriceList("its terms stand before its products, as in no file of AWS.")
        else:
            stream.skip()
    return offer


def _products_in(stream: JsonStream, offer: str) -> dict[str, Product]:
    found = {}
    for sku in stream.members():
        product = _ours(product_of(offer, stream.value()))
        if product is not None:
            found[sku] = product
    return found


def _on_demand(
    stream: JsonStream, products: Mapping[str, Product], published: str
) -> Iterator[Listed]:
    for kind in stream.members():
        if kind != ON_DEMAND:
            stream.skip()
            continue
        for sku in stream.members():
            terms: Mapping[str, Any] = stream.value()
            dimensions = dimensions_of(terms) if sku in products else ()
            if dimensions:
                yield Listed(products[sku], dimensions, published[:10])


def _ours(product: Product) -> Product | None:
    return product if rules.match(product) else None
