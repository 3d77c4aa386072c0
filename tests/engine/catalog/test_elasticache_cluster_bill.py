"""ElastiCache: snapshots, reserved nodes and processing units on the bill."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.elasticache_cluster import ElasticacheCluster
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import usage_of


def test_the_newest_snapshot_of_nodes_is_free() -> None:
    node = {"engine": "redis", "node_type": "cache.m6g.large", "num_cache_nodes": 1}

    def backups(days: int) -> float:
        attributes = node | {"snapshot_retention_limit": days}
        found = billed("aws_elasticache_cluster", attributes, {"snapshot_storage_size_gb": 100})
        return found.get("elasticache.backup_gb_month", 0.0)

    assert [backups(days) for days in (0, 1, 2, 5)] == [0.0, 0.0, 100.0, 400.0]


def test_a_reserved_node_has_an_hour_and_a_fee() -> None:
    usage = {
        "reserved_instance_term": "1_year",
        "reserved_instance_payment_option": "partial_upfront",
    }
    group = {"node_type": "cache.m6g.large", "num_node_groups": 2, "replicas_per_node_group": 1}

    found = billed("aws_elasticache_replication_group", group, usage)

    reserved = "elasticache.redis.cache.m6g.large.hour.reserved_1y_partial"
    assert found == {reserved: 4 * 730, f"{reserved}.upfront": pytest.approx(4 / 12)}


def test_a_command_takes_a_unit_for_each_kilobyte_and_at_least_one() -> None:
    cache = ElasticacheCluster(is_serverless=True)

    def units(item_bytes: float) -> float:
        meters = Meters(passed={"command": 10.0}, values={"item_bytes": item_bytes})
        return usage_of(cache, meters)["elasticache.serverless.redis.ecpu"].quantity

    assert [units(size) for size in (100.0, 1024.0, 3.2 * 1024)] == pytest.approx([10, 10, 32])
