"""Amazon RDS Proxy: many clients share the connections of one database."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._database import Database
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.aurora_cluster import AuroraCluster
from apps.engine.catalog.base import (
    COUNT,
    SECONDS,
    Accepts,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay
from apps.engine.stages.station import Station

PROXY, TARGETS = "AWS::RDS::DBProxy", "AWS::RDS::DBProxyTargetGroup"
TERRAFORM, GROUP = "aws_db_proxy", "aws_db_proxy_default_target_group"
PERCENT_OF, BORROW = "max_connections_percent", "borrow_timeout_s"
POOL = "ConnectionPoolConfigurationInfo"
PERCENT = "rds-proxy.max_connections_percent"
CHECK = "aws cloudwatch get-metric-statistics --namespace AWS/RDS --metric-name "
# So much is billed for the smallest database. https://aws.amazon.com/rds/proxy/pricing/
LEAST_VCPUS, LEAST_ACU = 2.0, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RdsProxy(Kind):
    """A query borrows one of the database's connections for its part of the transaction.

    A session that is pinned keeps its connection for as long as the client keeps its own, so
    the pinned share of the clients' connections is a limit beside the transactions.
    """

    name: ClassVar[str] = "rds_proxy"
    label: ClassVar[str] = "RDS Proxy"
    service: ClassVar[str] = "rds"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.howitworks.html"
    )
    SHARES_CONNECTIONS: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(PROXY, "", ""),
        Property(TARGETS, f"{POOL}.MaxConnectionsPercent", "max_connections_percent", COUNT),
        Property(TARGETS, f"{POOL}.ConnectionBorrowTimeout", "borrow_timeout_s", SECONDS),
        Property(TERRAFORM, "", ""),
        Property(GROUP, "connection_pool_config.0.max_connections_percent", PERCENT_OF, COUNT),
        Property(GROUP, "connection_pool_config.0.connection_borrow_timeout", BORROW, SECONDS),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "query": Accepts(
            "sync",
            calls=Spread(5.0, 2.0, 30.0, "Five queries in a request", "queries"),
            units=Spread(0.002, 0.0005, 0.01, "A transaction of 10 ms over five queries", "s"),
            holds_connection=True,
        )
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/RDS", "DatabaseConnectionsCurrentlyBorrowed", "Maximum", "servers"),
        Metric("AWS/RDS", "DatabaseConnectionsCurrentlySessionPinned", "Maximum", "connections"),
    )

    max_connections_percent: int = setting(
        100, "Share of the database's connections", unit="%", low=1, high=100
    )
    borrow_timeout_s: float = setting(
        120.0, "Longest wait for a connection", unit="s", low=0, high=300
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "pinned_share": Spread(
                0.1, 0.0, 1.0, "SET, locks and named statements keep a connection", "share"
            )
        }

    def _database(self, place: Place) -> Database | None:
        for link in place.outbound:
            behind = place.neighbours.get(link.target)
            if isinstance(behind, Database):
                return behind
        return None

    def _pool(self, facts: Facts, place: Place) -> float | None:
        """Return the connections to the database behind, None where none is known. [count]"""
        database = self._database(place)
        if database is None:
            return None
        return max(1.0, database.usable(facts) * self.max_connections_percent / 100.0)

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        pool = self._pool(facts, place)
        if pool is None:
            return (Lane("query", (Delay(0.0, cv=0.0),)),)
        pinned = place.value("pinned_share")
        borrowed = Station(
            servers=pool,
            own_s=0.0,
            connections=pool / pinned if pinned > 0.0 else math.inf,
            patience_s=self.borrow_timeout_s,
        )
        return (Lane("query", (borrowed,)),)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        pool = self._pool(facts, place)
        if pool is None:
            return ()
        return (self._borrowed_limit(facts, pool), self._pinned_limit(pool))

    def _borrowed_limit(self, facts: Facts, pool: float) -> Limit:
        return quota_limit(
            facts,
            PERCENT,
            role="query",
            gauge="servers",
            label="borrowed connections",
            capacity=pool,
            unit="connections",
            effect=f"queries wait up to {self.borrow_timeout_s:g} s for a connection, then fail",
            remedy="Make transactions shorter, raise the proxy's share of the connections, "
            "or take a larger database.",
            check_command=CHECK + "DatabaseConnectionsCurrentlyBorrowed",
        )

    def _pinned_limit(self, pool: float) -> Limit:
        wait = f"{self.borrow_timeout_s:g} s"
        return Limit(
            id="rds-proxy.pinned",
            role="query",
            gauge="connections",
            label="pinned connections",
            capacity=pool,
            unit="connections",
            effect=f"pinned sessions keep every connection, and others wait up to {wait} and fail",
            remedy="Avoid what pins a session: SET, advisory locks, temporary tables, named "
            "prepared statements.",
            source_url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
            "rds-proxy-pinning.html",
            check_command=CHECK + "DatabaseConnectionsCurrentlySessionPinned",
        )

    def billed(self, place: Place) -> Mapping[str, float]:
        database = self._database(place)
        if isinstance(database, AuroraCluster) and database.is_serverless:
            return {"database_acu": database.least_acu}
        return {"database_vcpus": database.vcpus if database else 0.0}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        acu = meters.given.get("database_acu", meters.values.get("database_acu"))
        if acu is not None:
            return (
                Usage(
                    "rds.proxy_acu_hour",
                    "RDS Proxy",
                    "ACU-h",
                    max(LEAST_ACU, acu) * meters.hours,
                    "At the least capacity of the cluster; at least 8 ACU",
                ),
            )
        known = meters.given.get("database_vcpus", meters.values.get("database_vcpus", 0.0))
        vcpus = max(LEAST_VCPUS, known)
        note = "By the processors of the database; at least 2"
        return (Usage("rds.proxy_vcpu_hour", "RDS Proxy", "vCPU-h", vcpus * meters.hours, note),)
