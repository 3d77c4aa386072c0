"""Amazon OpenSearch Serverless collection."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._nodes import nodes_limit
from apps.engine.catalog.base import (
    TEXT,
    Accepts,
    Conversion,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    about,
    setting,
)
from apps.engine.catalog.opensearch_domain import INDEX_CPU, SEARCH_CPU
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.station import Station

COLLECTION = "AWS::OpenSearchServerless::Collection"
TERRAFORM = "aws_opensearchserverless_collection"
GUIDE = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"
STANDBY = Conversion(
    lambda value: str(value).upper() != "DISABLED",
    lambda value: "ENABLED" if value else "DISABLED",
)
# Capacity units that always run, for indexing and for search together; half without a standby.
# https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-scaling.html
LEAST_OCU = 2.0
ROLES: Mapping[str, Spread] = {"search": SEARCH_CPU, "index": INDEX_CPU}
BUSY_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class OpensearchCollection(Kind):
    """Search and indexing have capacity units of their own, up to a most of the account."""

    name: ClassVar[str] = "opensearch_collection"
    label: ClassVar[str] = "OpenSearch Serverless collection"
    service: ClassVar[str] = "opensearch"
    source_url: ClassVar[str] = f"{GUIDE}serverless-scaling.html"
    STORES: ClassVar[tuple[str, ...]] = ("index",)
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(COLLECTION, "StandbyReplicas", "has_standby", STANDBY),
        Property(COLLECTION, "Type", "purpose", TEXT),
        Property(TERRAFORM, "standby_replicas", "has_standby", STANDBY),
        Property(TERRAFORM, "type", "purpose", TEXT),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        role: Accepts("sync", units=units) for role, units in ROLES.items()
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/AOSS", "SearchOCU", "Maximum", "servers"),
        Metric("AWS/AOSS", "IndexingOCU", "Maximum", "servers"),
    )

    has_standby: bool = setting(True, "Standby replicas")
    purpose: str = setting("TIMESERIES", "Type", choices=("SEARCH", "TIMESERIES", "VECTORSEARCH"))
    max_search_ocu: float = setting(
        10.0, "Most capacity for search", unit="OCU", low=1, high=1700, hint="Of the account."
    )
    max_index_ocu: float = setting(
        10.0, "Most capacity for indexing", unit="OCU", low=1, high=1700, hint="Of the account."
    )

    def _most(self, role: str) -> float:
        return self.max_search_ocu if role == "search" else self.max_index_ocu

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(15.0, up=4.0, rule="Network and storage of a request", unit="ms"),
            "stored_gb": about(2.0, down=0.1, up=20.0, rule="Stored", unit="GB"),
            "vcpus_per_ocu": Spread(
                1.0, 0.75, 1.5, "A unit has 6 GiB and the processor that belongs to it", "vCPU"
            ),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        own_s, each = place.value("latency_ms") / 1000.0, place.value("vcpus_per_ocu")
        return tuple(
            Lane(role, (Station(servers=self._most(role) * each, own_s=own_s),), emits=False)
            for role in ROLES
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        return tuple(self._limit(place, role) for role in ROLES)

    def _limit(self, place: Place, role: str) -> Limit:
        metric = "SearchOCU" if role == "search" else "IndexingOCU"
        least = LEAST_OCU / 2.0 if self.has_standby else LEAST_OCU / 4.0
        limit = nodes_limit(
            f"opensearch.{role}_ocu",
            role,
            self._most(role),
            check_command="aws opensearchserverless get-account-settings",
            source_url=self.source_url,
            label=f"capacity for {'search' if role == 'search' else 'indexing'} ({metric})",
        )
        return dataclasses.replace(
            limit,
            minimum=least,
            unit="OCU",
            remedy="Raise the most capacity of the account, or ask for less with each call.",
        )

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> OpensearchCollection:
        more: dict[str, Any] = {
            f"max_{role}_ocu": min(math.ceil(self._most(role) * use / BUSY_SHARE), 1700.0)
            for role in ROLES
            if (use := uses.get((role, "servers"), 0.0)) > 1.0
        }
        return dataclasses.replace(self, **more) if more else self

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        least = (LEAST_OCU if self.has_standby else LEAST_OCU / 2.0) / 2.0
        each = meters.values.get("vcpus_per_ocu", 1.0)
        # A unit is added whole, and each has its standby.
        copies = 2.0 if self.has_standby else 1.0
        used = {role: copies * meters.units.get(role, 0.0) / 3600.0 / each for role in ROLES}
        hours = sum(
            meters.given.get(f"{role}_ocu_hours", max(least * meters.hours, used[role]))
            for role in ROLES
        )
        return (
            Usage(
                "opensearch.ocu_hour",
                "Capacity for search and indexing",
                "OCU-h",
                hours,
                "Shared by the collections of an account that have the same key",
            ),
            Usage("opensearch.serverless_gb_month", "Storage", "GB-month", meters.stored_gb),
        )
