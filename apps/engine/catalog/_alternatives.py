"""Other ways of doing what a component does, as far as the bill goes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from apps.engine.catalog.aurora_cluster import AuroraCluster
from apps.engine.catalog.base import Kind, Meters, Usage
from apps.engine.catalog.dynamodb_table import DynamodbTable
from apps.engine.catalog.ecs_service import EcsService
from apps.engine.catalog.edge_function import EdgeFunction
from apps.engine.catalog.http_api import HttpApi
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.load_balancer import LoadBalancer
from apps.engine.catalog.rest_api import RestApi
from apps.engine.facts import Facts

# Auto scaling of a table, and of tasks, keeps them as busy as AWS's own examples.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
TABLE_TARGET, TASK_TARGET = 0.7, 0.5
# A service that must outlive the loss of a zone has tasks in two.
LEAST_TASKS = 2
TASK_VCPUS, TASK_MB = 1.0, 2048
# An instance has 2 GiB for each capacity unit of the serverless one, and room for twice the mean.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html
GIB_PER_ACU, ACU_ROOM = 2.0, 2.0
SERVERLESS = "db.serverless"


class Alternative(NamedTuple):
    """What else could do the same: how it is called, what it would be billed, what is assumed."""

    now: str
    label: str
    bill: Callable[[Meters], tuple[Usage, ...]]
    note: str


def alternatives_of(kind: Kind, facts: Facts) -> Iterator[Alternative]:
    """Yield other ways of doing what a component does.

    Parameters
    ----------
    kind : Kind
        The settings of one component.
    facts : Facts
        Classes of the Region.

    Yields
    ------
    Alternative
        Its bill follows from the meters of the component as it is.
    """
    if isinstance(kind, DynamodbTable):
        yield _other_billing(kind)
    elif isinstance(kind, HttpApi | RestApi | LoadBalancer):
        yield from _other_doors(kind)
    elif isinstance(kind, LambdaFunction) and not isinstance(kind, EdgeFunction):
        yield _tasks(kind, facts)
    elif isinstance(kind, AuroraCluster):
        yield from _other_cluster(kind, facts)


def _other_billing(table: DynamodbTable) -> Alternative:
    if table.is_provisioned:
        other = replace(table, billing_mode="PAY_PER_REQUEST")
        return Alternative("Provisioned", "On-demand", other.usage, "")
    note = f"Capacity follows its use at {TABLE_TARGET:.0%}; a sudden rush is throttled at first."

    def bill(meters: Meters) -> tuple[Usage, ...]:
        writes = meters.units.get("write", 0.0) * (1.0 + table.indexes)
        reads = meters.units.get("read", 0.0)
        hours = {
            role: max(meters.hours, units / 3600.0 / TABLE_TARGET)
            for role, units in (("wcu", writes), ("rcu", reads))
        }
        return (
            Usage("ddb.wcu_hour", "Write capacity", "WCU-h", hours["wcu"]),
            Usage("ddb.rcu_hour", "Read capacity", "RCU-h", hours["rcu"]),
            Usage("ddb.storage_gb_month", "Storage", "GB-month", meters.stored_gb),
        )

    return Alternative("On-demand", "Provisioned", bill, note)


def _other_doors(door: Kind) -> Iterator[Alternative]:
    for other in (HttpApi(), RestApi(), LoadBalancer()):
        if type(other) is not type(door):
            note = "Beyond the bill: what each can do differs, such as keys, caches and timeouts."
            yield Alternative(door.label, other.label, other.usage, note)


def _tasks(function: LambdaFunction, facts: Facts) -> Alternative:
    """Return tasks that do the function's work, no fewer than two."""
    vcpus = function.memory_mb / facts.quota("lambda.memory_per_vcpu")
    task = EcsService(
        cpu_units=int(1024 * TASK_VCPUS), memory_mb=TASK_MB, architecture=function.architecture
    )

    def bill(meters: Meters) -> tuple[Usage, ...]:
        tasks = meters.busy_s * vcpus / TASK_VCPUS / TASK_TARGET / (3600.0 * meters.hours)
        return replace(task, desired=max(LEAST_TASKS, math.ceil(tasks))).usage(meters)

    note = (
        f"Tasks of {TASK_VCPUS:g} vCPU and {TASK_MB / 1024:g} GB, {TASK_TARGET:.0%} busy, at "
        f"least {LEAST_TASKS}; the function's time counts as work, waiting included."
    )
    return Alternative("Lambda", "Fargate", bill, note)


def _other_cluster(cluster: AuroraCluster, facts: Facts) -> Iterator[Alternative]:
    if not cluster.is_serverless:
        other = replace(cluster, instance_class=SERVERLESS)
        yield Alternative("Provisioned", "Serverless v2", other.usage, "Capacity follows the CPU.")
        return
    classes = sorted(
        (c.memory_gib, c.id)
        for c in facts.classes.values()
        if c.id.startswith("db.r") and facts.price(f"aurora.pg.{c.id}.hour") is not None
    )
    if not classes:
        return

    def bill(meters: Meters) -> tuple[Usage, ...]:
        needs = cluster.mean_acu(meters) * ACU_ROOM * GIB_PER_ACU
        name = next((name for gib, name in classes if gib >= needs), classes[-1][1])
        return replace(cluster, instance_class=name).usage(meters)

    note = "The smallest class with room for twice the mean capacity, always on."
    yield Alternative("Serverless v2", "Provisioned", bill, note)
