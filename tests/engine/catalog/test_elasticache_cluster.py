"""ElastiCache: threads, clients, processing units, cost, template."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.elasticache_cluster import (
    CLUSTER,
    GROUP,
    SERVERLESS,
    ElasticacheCluster,
)
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.rds_instance import RdsInstance
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.credits import Credits
from apps.engine.stages.station import Station
from tests.engine.catalog.building import (
    US,
    Run,
    lanes_of,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)


def station_of(cache: ElasticacheCluster) -> Station:
    station = lanes_of(cache)["command"].stages[0]
    assert isinstance(station, Station)
    return station


def run_function(cache: ElasticacheCluster, *, rps: float, calls: float, units: float) -> Run:
    call = Link(source="Fn", target="Cache", role="command", calls=calls)
    return run(
        {"Fn": LambdaFunction(), "Cache": cache},
        [call],
        enter=("Fn", "invoke"),
        rps=rps,
        units=units,
    )


def cost(cache: ElasticacheCluster, meters: Meters) -> float:
    bill = price_bill([("Cache", usage) for usage in cache.usage(meters)], US)
    assert bill.is_complete
    return float(bill.monthly_usd)


def test_a_shard_runs_its_commands_in_one_thread_whatever_the_node() -> None:
    small, large = station_of(ElasticacheCluster()), ElasticacheCluster(node_type="cache.r6g.large")

    # elasticache_nodes.csv: maxclients 65000; scenario.md: a wait on a cache is 1 ms.
    assert (small.servers, small.connections, small.own_s) == (1, 65_000, 0.001)
    assert station_of(large).servers == 1
    assert station_of(ElasticacheCluster(engine="valkey", shards=3)).servers == 3


def test_memcached_uses_every_processor() -> None:
    # instance_classes.csv: cache.m6g.xlarge 4 vCPU.
    cache = ElasticacheCluster(engine="memcached", node_type="cache.m6g.xlarge", shards=2)

    assert station_of(cache).servers == 8
    (_, limit, _) = cache.limits(US, make_place(cache))
    assert (limit.capacity, limit.unit) == (8, "vCPU")


def test_commands_fill_the_thread() -> None:
    # 100 requests of 500 commands of 10 µs are half of a thread.
    seen = run_function(ElasticacheCluster(), rps=100.0, calls=500.0, units=0.00001)

    assert seen.use("Cache", "command", "servers") == pytest.approx(0.5)
    limits = {item.limit.gauge: item.limit for item in seen.model.gauges}
    assert limits["servers"].remedy.startswith("Add shards")
    assert limits["connections"].capacity == 65_000


def test_environments_hold_clients() -> None:
    seen = run_function(ElasticacheCluster(), rps=100.0, calls=1.0, units=0.00001)

    kept = seen.model.v[seen.at("Fn", "invoke").port.kept]
    assert seen.use("Cache", "command", "connections") == pytest.approx(kept / 65_000, rel=0.01)


def test_reads_that_it_answers_spare_the_database() -> None:
    links = (
        Link(source="Fn", target="Cache", role="command", calls=5.0),
        Link(source="Fn", target="Db", role="query", calls=5.0),
    )
    seen = run(
        {"Fn": LambdaFunction(), "Cache": ElasticacheCluster(), "Db": RdsInstance()},
        links,
        enter=("Fn", "invoke"),
        rps=10.0,
        units=0.001,
    )

    # scenario.md section 5: ElastiCache before a database answers 80 %, 50 to 95 %.
    assert ElasticacheCluster.CACHES
    offered = seen.count("Cache", "command", "offered")
    assert seen.count("Db", "query", "offered") == pytest.approx(0.2 * offered)
    spread = ElasticacheCluster().assumed(US)["hit_share"]
    assert (spread.expected, spread.low, spread.high) == (0.8, 0.5, 0.95)


def test_a_serverless_cache_begins_with_30_000_units_and_grows() -> None:
    # quotas.csv: elasticache.serverless_initial_ecpu 30000, serverless_slot_ecpu 30000.
    cache = ElasticacheCluster(is_serverless=True)
    _, capacity = lanes_of(cache)["command"].stages

    assert isinstance(capacity, Credits)
    assert (capacity.rate_per_s, capacity.hot_per_s) == (30_000, 30_000)
    assert capacity.most_per_s == 5_000_000
    capped = lanes_of(ElasticacheCluster(is_serverless=True, max_ecpu_per_s=10_000))
    assert capped["command"].stages[1].rate_per_s == 10_000  # type: ignore[attr-defined]


def test_a_limit_that_is_set_throttles_the_commands() -> None:
    cache = ElasticacheCluster(is_serverless=True, max_ecpu_per_s=10_000)

    seen = run_function(cache, rps=100.0, calls=200.0, units=0.00001)

    assert seen.use("Cache", "command", "units") == pytest.approx(2.0)
    refused = seen.count("Cache", "command", "refused", index=1)
    assert refused == pytest.approx(0.5 * seen.count("Cache", "command", "offered", index=1))
    limits = {item.limit.gauge: item.limit for item in seen.model.gauges}
    assert limits["units"].capacity == 10_000
    assert limits["hot_key"].capacity == 30_000


def test_a_raised_cache_has_more_shards_or_units() -> None:
    cache = ElasticacheCluster(shards=2)

    assert cache.raised(US, {("command", "servers"): 1.6}).shards == 4  # 3.2 busy of 4
    assert cache.raised(US, {("command", "servers"): 0.9}) == cache
    serverless = ElasticacheCluster(is_serverless=True, max_ecpu_per_s=10_000)
    assert serverless.raised(US, {("command", "units"): 2.5}).max_ecpu_per_s == 25_000


@pytest.mark.parametrize(
    ("engine", "nodes", "hourly"),
    # prices.csv: elasticache.redis.cache.t4g.micro.hour 0.016, valkey 0.0128.
    [("redis", 4, 0.016), ("valkey", 4, 0.0128), ("memcached", 2, 0.016)],
)
def test_every_node_is_billed(engine: str, nodes: int, hourly: float) -> None:
    cache = ElasticacheCluster(engine=engine, shards=2, replicas=1)

    assert cost(cache, Meters()) == pytest.approx(nodes * 730 * hourly)


def test_a_serverless_cache_is_billed_by_units_and_data() -> None:
    cache = ElasticacheCluster(engine="valkey", is_serverless=True)
    meters = Meters(passed={"command": 1e9}, stored_gb=10.0, values={"ecpu_per_command": 2.0})

    # prices.csv: serverless.valkey.ecpu 0.0000000023, gb_hour 0.084.
    assert cost(cache, meters) == pytest.approx(2e9 * 2.3e-9 + 10 * 730 * 0.084)


@pytest.mark.parametrize(("engine", "least_gb"), [("redis", 1.0), ("valkey", 0.1)])
def test_an_empty_serverless_cache_has_a_least_price(engine: str, least_gb: float) -> None:
    # prices.csv: "min 1GB" for Redis and Memcached, "min 100MB" for Valkey.
    lines = usage_of(ElasticacheCluster(engine=engine, is_serverless=True), Meters())

    line = lines[f"elasticache.serverless.{engine}.gb_hour"]
    assert line.quantity == pytest.approx(least_gb * 730)


def test_it_reads_the_three_resources_of_a_template() -> None:
    cluster = {"Engine": "Memcached", "CacheNodeType": "cache.t4g.small", "NumCacheNodes": "3"}
    group = {"Engine": "valkey", "CacheNodeType": "cache.m7g.large", "NumNodeGroups": 2,
             "ReplicasPerNodeGroup": 1}  # fmt: skip
    serverless = {
        "Engine": "redis",
        "CacheUsageLimits": {"ECPUPerSecond": {"Maximum": 5000}, "DataStorage": {"Maximum": 10}},
    }

    assert make_kind(
        "elasticache_cluster", **read_template(ElasticacheCluster, CLUSTER, cluster)
    ) == ElasticacheCluster(engine="memcached", node_type="cache.t4g.small", shards=3)
    assert make_kind(
        "elasticache_cluster", **read_template(ElasticacheCluster, GROUP, group)
    ) == ElasticacheCluster(engine="valkey", node_type="cache.m7g.large", shards=2, replicas=1)
    assert read_template(ElasticacheCluster, GROUP, {"NumCacheClusters": 3}) == {"replicas": 2}
    assert read_template(ElasticacheCluster, SERVERLESS, serverless) == {
        "engine": "redis",
        "max_ecpu_per_s": 5000.0,
        "max_gb": 10.0,
    }
    assert ElasticacheCluster.IMPLIED[SERVERLESS] == {"is_serverless": True}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"engine": "memcache"}, "Engine must be one of redis, valkey, memcached"),
        ({"node_type": "db.t4g.micro"}, "must be a type such as cache.t4g.micro"),
        ({"replicas": 6}, "Replicas of each shard must be between 0 and 5"),
    ],
)
def test_what_it_cannot_be_is_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason):
        make_kind("elasticache_cluster", **settings)


def test_items_that_do_not_fit_are_evicted_and_the_hits_fall() -> None:
    # elasticache_nodes.csv: cache.m6g.large 6.38 GiB, a quarter of it reserved.
    cache = ElasticacheCluster(node_type="cache.m6g.large")
    room = 6.38 * 0.75
    wanted = {"hit_share": 0.8, "stored_gb": 16.0 * room}
    place = make_place(cache, hit_share=0.8, stored_gb=16.0 * room)

    limit = {item.gauge: item for item in cache.limits(US, place)}["storage"]

    assert cache.memory_gb(US) == limit.capacity == pytest.approx(room)
    # By Zipf's law with 0.75, a sixteenth of the items gets half of the hits.
    assert cache.spared_share(US, wanted) == pytest.approx(0.4)
    assert "40% of the reads are still found" in limit.effect
    assert cache.spared_share(US, {**wanted, "stored_gb": room}) == 0.8


def test_memcached_keeps_no_memory_back_and_serverless_grows_to_its_maximum() -> None:
    nodes = ElasticacheCluster(engine="memcached", node_type="cache.m6g.large", shards=2)

    assert nodes.memory_gb(US) == pytest.approx(2 * 6.38)
    assert ElasticacheCluster(is_serverless=True, max_gb=10).memory_gb(US) == 10


def test_a_full_cache_refuses_nothing() -> None:
    seen = run(
        {"Fn": LambdaFunction(), "Cache": ElasticacheCluster()},
        [Link(source="Fn", target="Cache", role="command", calls=1.0)],
        enter=("Fn", "invoke"),
        rps=10.0,
        seconds=60,
        values={"Cache": {"stored_gb": 100.0}},
        units=0.0001,
    )

    assert seen.count("Cache", "command", "refused", index=1) == 0.0
    gauge = seen.gauge("Cache", "command", "storage")
    assert seen.model.v[gauge.slot] == pytest.approx(1.0)
    assert gauge.fullness(seen.model.v[gauge.slot]) == 0.0


def test_what_is_evicted_is_read_from_the_database() -> None:
    def queries(stored_gb: float) -> float:
        seen = run(
            {"Fn": LambdaFunction(), "Cache": ElasticacheCluster(), "Db": RdsInstance()},
            [
                Link(source="Fn", target="Cache", role="command", calls=1.0),
                Link(source="Fn", target="Db", role="query", calls=1.0),
            ],
            enter=("Fn", "invoke"),
            rps=10.0,
            values={"Cache": {"stored_gb": stored_gb, "hit_share": 0.8}},
            units=0.0001,
        )
        return seen.count("Db", "query", "offered")

    # A micro node keeps 0.375 GiB of 0.5; sixteen times as much leaves 40 % of hits.
    assert queries(0.375) == pytest.approx(0.2 * 6000, rel=0.01)
    assert queries(6.0) == pytest.approx(0.6 * 6000, rel=0.01)
