"""What SQL databases share: their doors, their loss, and what a scan asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from apps.engine.catalog._losses import failing_over
from apps.engine.catalog.base import (
    Accepts,
    Conversion,
    Kind,
    Loss,
    Scanned,
    Spread,
    What,
)
from apps.engine.facts import Facts

# A parameter may be a formula of the memory; then the default of the class stands.
PLAIN_COUNT = Conversion(lambda value: int(value) if str(value).isdigit() else None, int)
# A query's answer takes so long while nothing waits, its CPU included.
QUERY_MS = Spread(3.0, 1.5, 9.0, "A query, its CPU included", "ms")
QUERY_CPU = Spread(0.001, 0.0002, 0.005, "1 ms of CPU for each query", "s")
# A processor needs so long to read and filter a megabyte of rows. Assumed. [s]
SCAN_CPU_S = 0.003
DAILY_CHANGE = Spread(0.02, 0.005, 0.1, "Share of the storage that changes in a day")
QUERY = Accepts(
    "sync",
    calls=Spread(5.0, 2.0, 30.0, "Five queries in a request", "queries"),
    units=QUERY_CPU,
    holds_connection=True,
)
# How a cluster says that its reads and writes cost nothing beside its storage.
IO_OPTIMIZED = Conversion(
    lambda value: str(value).lower() == "aurora-iopt1",
    lambda value: "aurora-iopt1" if value else "aurora",
)


class Database(Kind):
    """A kind that answers queries; a proxy before it asks it for its size."""

    __slots__ = ()

    FAILOVER: ClassVar[str] = "rds.failover_time"

    @property
    def copies(self) -> int:
        """Instances that can take over at once. [count]"""
        return 0

    def loses(self, what: What, facts: Facts) -> Loss:
        return failing_over(self.copies, facts.quota(self.FAILOVER))

    # The value that says how often a query reads, and how many reads a megabyte takes in a row:
    # a volume reads up to 256 KiB at once. https://docs.aws.amazon.com/ebs/latest/userguide/
    READS: ClassVar[tuple[str, float]] = ("reads_per_query", 4.0)
    # What the volume can read, as gp3 below 400 GiB; what a reader gets through at most. [MB/s]
    MOST_MB_PER_S: ClassVar[float] = 125.0

    def scanned(
        self, facts: Facts, values: Mapping[str, float], *, on_replica: bool
    ) -> Scanned | None:
        if on_replica and not self.has_readers:
            return None
        name, per_mb = self.READS
        calls = per_mb / values[name] if values.get(name) else 1.0
        role = "replica" if on_replica else "query"
        one = min(1.0 / SCAN_CPU_S, 125.0)
        return Scanned(role, calls, SCAN_CPU_S / calls, one, self.MOST_MB_PER_S)

    @property
    def has_readers(self) -> bool:
        """Say whether something else answers what is read only."""
        return False

    @property
    def vcpus(self) -> float:
        """Processors of the instance that takes the writes. [count]"""
        raise NotImplementedError(self.name)

    @property
    def is_serverless(self) -> bool:
        """Say whether its capacity follows the load by itself."""
        return False

    def usable(self, facts: Facts) -> float:
        """Return the connections that applications can open. [count]

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.

        Returns
        -------
        float
            max_connections less what the engine reserves. [count]

        Raises
        ------
        NotImplementedError
            If the kind does not say it.
        """
        raise NotImplementedError(self.name)
