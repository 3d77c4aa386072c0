"""Versions of databases that AWS supports for longer, at a price for each processor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from apps.engine.catalog._bill import Usage

# Versions that are charged for in November 2026, and whether it is at the price of the first two
# years or at that of the third. Aurora MySQL has no third year.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
# https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.VersionPolicy.html
FIRST, THIRD = "y1", "y3"
CHARGED: Final[Mapping[str, Mapping[str, str]]] = {
    "mysql": {"5.7": THIRD, "8.0": FIRST},
    "postgres": {"11": THIRD, "12": FIRST, "13": FIRST},
    "aurora-mysql": {"5.7": FIRST},
    "aurora-postgresql": {"11": THIRD, "12": FIRST, "13": FIRST},
}


def extended_support_usage(
    engine: str, version: str, hours: float, *, unit: str = "vCPU-h"
) -> Iterator[Usage]:
    """Yield what an old version costs beside its instance.

    Parameters
    ----------
    engine : str
        Such as postgres or aurora-mysql.
    version : str
        A version, major or with its minor parts; empty where none is chosen.
    hours : float
        Hours of all its processors or capacity units. [`unit`/month]
    unit : str, optional
        vCPU-h, or ACU-h of what is serverless.

    Yields
    ------
    Usage
        One line for a version that is charged for, else none.

    Examples
    --------
    >>> [use.price_id for use in extended_support_usage("mysql", "5.7.44", 2.0)]
    ['rds.extended_support_y3']
    """
    charged = CHARGED.get(engine, {})
    parts = version.split(".")
    matching = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
    for name in matching:
        if name in charged:
            service = "aurora" if engine.startswith("aurora") else "rds"
            year = charged[name]
            label = "Extended support, " + ("years 1 and 2" if year == FIRST else "from year 3")
            acu = "_acu" if unit == "ACU-h" else ""
            yield Usage(f"{service}.extended_support{acu}_{year}", label, unit, hours)
            return
