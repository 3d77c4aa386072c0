"""From the fact files to `Facts`; the files in `data/` come with the product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

from apps.engine.facts import (
    ColdStart,
    Facts,
    InstanceClass,
    Price,
    Quota,
    UnknownFact,
    build_facts,
)
from apps.engine.regions import area_of, price_regions
from apps.engine.regions import is_region as is_region
from apps.facts.classes import read_classes
from apps.facts.cold_starts import read_cold_starts
from apps.facts.prices import read_prices
from apps.facts.quotas import read_quotas
from apps.facts.rows import BadFact

DATA: Final = Path(__file__).parent / "data"
FILES: Final = (
    "prices.csv",
    "quotas.csv",
    "rds_classes.csv",
    "elasticache_nodes.csv",
    "instance_classes.csv",
    "lambda_coldstart.csv",
)


@dataclass(frozen=True, slots=True)
class FactRows:
    """Everything that the fact files hold, all Regions together."""

    prices: tuple[Price, ...]
    quotas: tuple[Quota, ...]
    classes: tuple[InstanceClass, ...]
    cold_starts: tuple[ColdStart, ...]


def packaged_facts(region: str) -> Facts:
    """Return the facts that come with the product; read once per process."""
    return facts_from(DATA, region)


@lru_cache(maxsize=64)
def facts_from(directory: Path, region: str) -> Facts:
    """Return the facts in a folder laid out like `data/`; read once per process.

    Raises
    ------
    BadFact
        A file is missing, or a row is wrong.
    UnknownFact
        The Region is not the name of one.
    """
    return facts_of(rows_from(directory), region)


def read_facts(texts: Mapping[str, str], region: str) -> Facts:
    """Return the facts in some files, given by name; raises as `facts_from` does."""
    return facts_of(read_rows_of(texts), region)


def regions(directory: Path = DATA) -> tuple[str, ...]:
    """Return the Regions that have prices of their own."""
    return tuple(sorted({p.region for p in rows_from(directory).prices if is_region(p.region)}))


@lru_cache(maxsize=8)
def rows_from(directory: Path) -> FactRows:
    """Read a folder of fact files, once per process; raises `BadFact`."""
    return read_directory(directory)


def read_directory(directory: Path) -> FactRows:
    """Read a folder of fact files as they are now; raises `BadFact`."""
    return read_rows_of({name: _text(directory / name) for name in FILES})


def read_rows_of(texts: Mapping[str, str]) -> FactRows:
    if missing := [name for name in FILES if name not in texts]:
        raise BadFact(f"{missing[0]} is missing; the facts are in {', '.join(FILES)}.")
    return FactRows(
        prices=read_prices("prices.csv", texts["prices.csv"]),
        quotas=read_quotas("quotas.csv", texts["quotas.csv"]),
        classes=read_classes(texts),
        cold_starts=read_cold_starts("lambda_coldstart.csv", texts["lambda_coldstart.csv"]),
    )


def facts_of(rows: FactRows, region: str) -> Facts:
    """Pick what holds in one Region; its own price wins over its edge's and the global one."""
    if not is_region(region):
        raise UnknownFact(f"“{region}” is not the name of an AWS Region, such as us-east-1.")
    return build_facts(
        region,
        prices=prices_in(rows.prices, region),
        quotas=rows.quotas,
        classes=rows.classes,
        cold_starts=rows.cold_starts,
    )


def prices_in(prices: Iterable[Price], region: str) -> Iterable[Price]:
    """Return the prices that a Region sees, the ones that win last.

    Those of edges elsewhere, whose viewers it may have too, end with the area.
    """
    books: dict[str, list[Price]] = {name: [] for name in reversed(price_regions(region))}
    elsewhere: list[Price] = []
    for price in prices:
        if price.region in books:
            books[price.region].append(price)
        elif area := area_of(price.region):
            elsewhere.append(replace(price, id=f"{price.id}.{area}"))
    return chain(elsewhere, *books.values())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadFact(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadFact(f"{path.name} is not UTF-8 text.") from error
