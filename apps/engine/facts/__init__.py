"""What AWS charges and allows, as the engine sees it: each value with its unit, source and date."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from apps.engine.facts.rows import ColdStart as ColdStart
from apps.engine.facts.rows import InstanceClass as InstanceClass
from apps.engine.facts.rows import Price as Price
from apps.engine.facts.rows import Quota as Quota
from apps.engine.facts.rows import Tier as Tier
from apps.engine.regions import area_of, edge_of

# Weakest last: what is put together from several facts is as good as the weakest of them.
CONFIDENCES: Final = ("corrected", "seen", "estimate", "memory")

# A custom runtime does not say its language; Go stands in, the slower of the two usual ones.
_STAND_INS: Final[Mapping[str, str]] = {
    "provided.al2": "go_on_provided_al2",
    "provided.al2023": "go_on_provided_al2023",
}


class UnknownFact(LookupError):
    """No such fact, or it has no number; the message is a sentence for the reader."""

    def __str__(self) -> str:
        return str(self.args[0])


# Compared and hashed by identity, so that it can key a cache; `version` tells contents apart.
@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All that the engine is told about AWS in one Region.

    Parameters
    ----------
    region : str
        AWS Region. Its prices hold the global rows and those of its CloudFront edge too.
    version : str
        sha256 of all rows, see `facts_version`.
    """

    region: str
    prices: Mapping[str, Price]
    quotas: Mapping[str, Quota]
    classes: Mapping[str, InstanceClass]
    cold_starts: Mapping[tuple[str, str, str], ColdStart]
    version: str

    def price(self, price_id: str) -> Price | None:
        """Return the price in this Region, or None where the book has no row for it.

        Parameters
        ----------
        price_id : str
            Id of a row of the price book; it may end with a Region, or with the area of an edge:
            `cloudfront.transfer_gb.eu`.

        Returns
        -------
        Price or None
            Tiers in USD for one unit of the row.
        """
        found = self.prices.get(price_id)
        if found is None:
            # What is near has no such ending in the book.
            near = price_id.removesuffix(f".{area_of(edge_of(self.region))}")
            found = self.prices.get(near.removesuffix(f".{self.region}"))
        return found

    def quota(self, quota_id: str) -> float:
        """Return the number of a quota, in the unit of its row.

        Parameters
        ----------
        quota_id : str
            Id of a quota.

        Returns
        -------
        float
            Its value. [unit of its row]

        Raises
        ------
        UnknownFact
            The quota is not in the book, or is a formula or without limit.
        """
        row = self.quota_row(quota_id)
        if row.value is None:
            raise UnknownFact(f"The quota {quota_id} is not a number: AWS says “{row.text}”.")
        return row.value

    def quota_row(self, quota_id: str) -> Quota:
        """Return a quota with its unit, effect and source.

        Parameters
        ----------
        quota_id : str
            Id of a quota.

        Returns
        -------
        Quota
            The row, whose value may be a text.

        Raises
        ------
        UnknownFact
            If the quota is not in the book.
        """
        try:
            return self.quotas[quota_id]
        except KeyError:
            raise UnknownFact(f"There is no quota {quota_id} among the facts.") from None

    def instance_class(self, class_id: str) -> InstanceClass | None:
        """Return a database class or a cache node; None where there are no facts about it.

        Parameters
        ----------
        class_id : str
            Name of the class, such as db.t4g.micro.

        Returns
        -------
        InstanceClass or None
            Processors [vCPU], memory [GiB] and connections [count].
        """
        return self.classes.get(class_id)

    def init_ms(self, runtime: str, package: str, arch: str) -> ColdStart | None:
        """Return how long an empty function took to start; None where nobody measured it.

        Parameters
        ----------
        runtime : str
            Name of the runtime; a custom one takes the times of Go.
        package : {"zip", "image"}
            How the code is packed.
        arch : {"x86_64", "arm64"}
            Processor.

        Returns
        -------
        ColdStart or None
            Percentiles. [ms]
        """
        return self.cold_starts.get((_STAND_INS.get(runtime, runtime), package, arch))


def build_facts(
    region: str,
    *,
    prices: Iterable[Price],
    quotas: Iterable[Quota],
    classes: Iterable[InstanceClass],
    cold_starts: Iterable[ColdStart],
) -> Facts:
    """Put effective rows together; the order they come in does not matter.

    Parameters
    ----------
    region : str
        Name of the Region.
    prices : Iterable[Price]
        Rows of the price book.
    quotas : Iterable[Quota]
        Rows of the quotas.
    classes : Iterable[InstanceClass]
        Rows of the instance classes.
    cold_starts : Iterable[ColdStart]
        Rows of the measured cold starts.

    Returns
    -------
    Facts
        Prices, quotas, classes and cold starts by id, with the version of them all.
    """
    by_price = {price.id: price for price in prices}
    by_quota = {quota.id: quota for quota in quotas}
    by_class = {row.id: row for row in classes}
    by_runtime = {(row.runtime, row.package, row.arch): row for row in cold_starts}
    rows = chain(by_price.values(), by_quota.values(), by_class.values(), by_runtime.values())
    version = facts_version(map(repr, rows))
    return Facts(region, by_price, by_quota, by_class, by_runtime, version)


def facts_version(lines: Iterable[str]) -> str:
    """Return the sha256 of the rows, whatever order they stand in.

    Parameters
    ----------
    lines : Iterable[str]
        Each row as one line of text.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def weakest(confidences: Iterable[str]) -> str:
    """Return the least sure of some words of confidence.

    Parameters
    ----------
    confidences : Iterable[str]
        Words of CONFIDENCES, at least one.

    Returns
    -------
    str
        The weakest of them.

    Raises
    ------
    ValueError
        If there is none, or one is no such word.

    Examples
    --------
    >>> weakest(["seen", "memory"])
    'memory'
    """
    return max(confidences, key=CONFIDENCES.index)
