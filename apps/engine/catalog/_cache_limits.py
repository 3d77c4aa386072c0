"""What bounds a cache: its threads, its memory, the units of a serverless one and their bill."""

from __future__ import annotations

from dataclasses import replace

from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import Limit
from apps.engine.facts import Facts
from apps.engine.stages.room import Room

EMPTY, SLOT = "elasticache.serverless_initial_ecpu", "elasticache.serverless_slot_ecpu"
GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/"
CHECK = "aws cloudwatch get-metric-statistics --namespace AWS/ElastiCache --metric-name "


def thread_limit(threads: float, *, is_single: bool) -> Limit:
    """Return the limit of what runs commands: one thread a shard, or all processors.

    Parameters
    ----------
    threads : float
        Commands that run at once: shards, or processors for Memcached. [count]
    is_single : bool
        Whether the engine runs the commands of a shard in one thread.

    Returns
    -------
    Limit
        The limit of the gauge `servers`. [threads, or vCPU]
    """
    return Limit(
        id="elasticache.engine_cpu",
        role="command",
        gauge="servers",
        label="engine threads" if is_single else "processors",
        capacity=threads,
        minimum=threads,
        unit="threads" if is_single else "vCPU",
        effect="commands wait for each other",
        remedy="Add shards: an engine runs the commands of a shard in one thread, so that a "
        "larger node helps little."
        if is_single
        else "Add nodes, or take a larger node type.",
        source_url=f"{GUIDE}CacheMetrics.WhichShouldIMonitor.html",
        is_adjustable=True,
        check_command=f"{CHECK}EngineCPUUtilization",
    )


def memory_limit(room: Room, hit_share: float) -> Limit:
    """Return the limit of the memory; what does not fit is evicted, and the hits fall.

    Parameters
    ----------
    room : Room
        The memory that is left for items, and what is stored. [GB]
    hit_share : float
        Share of the reads that are still found with that much memory. [-]

    Returns
    -------
    Limit
        The limit of the gauge `storage`, which does not grow with the users. [GB]
    """
    short = (
        f"{room.stored_gb:,.3g} GB of items do not fit: some are evicted, {100.0 * hit_share:.0f}% "
        "of the reads are still found, and the others go to the database"
    )
    return Limit(
        id="elasticache.memory",
        role="command",
        gauge="storage",
        label="memory for items",
        capacity=room.size_gb,
        unit="GB",
        effect=short
        if room.stored_gb > room.size_gb
        else "items are evicted, and what they would answer is read from the database",
        remedy="Take a node with more memory, add shards, or let items expire sooner.",
        source_url=f"{GUIDE}redis-memory-management.html",
        is_adjustable=True,
        check_command=f"{CHECK}Evictions",
        # What does not fit is evicted, however many users come.
        grows=False,
    )


def serverless_limits(facts: Facts, most_ecpu: float) -> tuple[Limit, ...]:
    """Return the limits of the processing units: most, of the busiest slot, and their growth.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    most_ecpu : float
        Most processing units that the cache may grow to. [ECPU/s]

    Returns
    -------
    tuple of Limit
        The gauges `units`, `hot_key` and `pace`. [ECPU/s]
    """
    units = _units_limit(facts, most_ecpu)
    slot = quota_limit(
        facts,
        SLOT,
        role="command",
        gauge="hot_key",
        label="units of the busiest slot",
        unit="ECPU/s",
        effect="commands on the keys of that slot are throttled",
        remedy="Spread the busiest key over several, or read from replicas.",
        check_command=f"{CHECK}ThrottledCmds",
    )
    pace = replace(
        units,
        gauge="pace",
        label="growth of the processing units",
        capacity=facts.quota(EMPTY),
        grows=False,
    )
    return units, slot, pace


def _units_limit(facts: Facts, most_ecpu: float) -> Limit:
    return quota_limit(
        facts,
        EMPTY,
        role="command",
        gauge="units",
        label="processing units",
        unit="ECPU/s",
        effect="commands are throttled; capacity doubles in two to three minutes at best",
        remedy="Raise the most processing units, and set a minimum an hour before a rush.",
        capacity=most_ecpu,
        check_command=f"{CHECK}ThrottledCmds",
    )
