"""A table's capacity: how it is set, how it follows its use, and the limits that come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from apps.engine.catalog.base import COUNT, NUMBER, Conversion, Limit, Property
from apps.engine.facts import Facts
from apps.engine.stages.tracking import Tracking

GLOBAL = "AWS::DynamoDB::GlobalTable"
UNITS = {"read": "RCU", "write": "WCU"}
# "Up to a few minutes" until an alarm acts, then seconds to minutes for the table's update.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
ACTION_S = 240.0
TARGET_PERCENT = 70.0
# Use a fifth below the target takes capacity away again.
# https://github.com/awslabs/amazon-dynamodb-tools
LOW = 0.8
AUTO_URL = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html"
GROWTH_URL = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
)


class Table(Protocol):
    """What this module needs to know of a table's settings."""

    @property
    def is_provisioned(self) -> bool:
        """Say whether capacity is bought ahead; else it is on demand."""

    @property
    def index_write_capacity(self) -> int | None:
        """Fewest write units of its indexes, None where none is provisioned. [WCU]"""

    def provisioned(self, role: str) -> float:
        """Return the capacity that is provisioned.

        Parameters
        ----------
        role : str
            read or write.

        Returns
        -------
        float
            Capacity. [RCU or WCU]
        """


def _smallest(indexes: Any) -> int | None:
    """Return the fewest write units of an index; None where none is provisioned."""
    found = [
        int(index["ProvisionedThroughput"]["WriteCapacityUnits"])
        for index in indexes
        if isinstance(index, Mapping) and index.get("ProvisionedThroughput")
    ]
    return min(found, default=None)


SMALLEST_INDEX = Conversion(_smallest, int)


def _of_terraform(indexes: Any) -> int | None:
    found = [int(index["write_capacity"]) for index in indexes if index.get("write_capacity")]
    return min(found, default=None)


SMALLEST_OF_TERRAFORM = Conversion(_of_terraform, int)


def global_rows(word: str, role: str) -> tuple[Property, ...]:
    """Return the rows of a global table, which says itself how its capacity follows its use.

    Parameters
    ----------
    word : str
        Read or Write, as the template spells it.
    role : str
        read or write.

    Returns
    -------
    tuple of Property
        Rows for the minimum, the maximum and the target.
    """
    path = f"{word}ProvisionedThroughputSettings.{word}CapacityAutoScalingSettings"
    target = f"{path}.TargetTrackingScalingPolicyConfiguration.TargetValue"
    return (
        Property(GLOBAL, f"{path}.MinCapacity", f"{role}_minimum", COUNT),
        Property(GLOBAL, f"{path}.MaxCapacity", f"{role}_maximum", COUNT),
        Property(GLOBAL, target, f"{role}_target_percent", NUMBER),
    )


def maximum_of(table: Table, role: str) -> float | None:
    """Return the most that the capacity follows its use to; None where it does not. [units/s]

    Parameters
    ----------
    table : Table
        Settings of the table.
    role : str
        read or write.

    Returns
    -------
    float or None
        Maximum. [RCU or WCU]
    """
    most = getattr(table, f"{role}_maximum")
    return None if most is None or not table.is_provisioned else float(most)


def minimum_of(table: Table, role: str) -> float:
    """Return the least capacity. [units/s]

    Parameters
    ----------
    table : Table
        Settings of the table.
    role : str
        read or write.

    Returns
    -------
    float
        The minimum of the policy, else what is provisioned. [RCU or WCU]
    """
    least = getattr(table, f"{role}_minimum")
    return table.provisioned(role) if least is None else float(least)


def tracking_of(facts: Facts, table: Table, role: str) -> Tracking | None:
    """Return how capacity follows its use; None where it stands.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    table : Table
        Settings of the table.
    role : str
        read or write.

    Returns
    -------
    Tracking or None
        Minimum and maximum [RCU or WCU], target [-] and the delays of the alarms [s].

    References
    ----------
    .. [1] https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
    """
    most = maximum_of(table, role)
    if most is None:
        return None
    least = min(minimum_of(table, role), most)
    return Tracking(
        minimum=least,
        maximum=most,
        target=getattr(table, f"{role}_target_percent") / 100.0,
        alarm_s=60.0 * facts.quota("dynamodb.as_scale_out_points"),
        action_s=ACTION_S,
        calm_s=60.0 * facts.quota("dynamodb.as_scale_in_points"),
        low=LOW,
    )


def limits_of(facts: Facts, table: Table, role: str) -> Iterator[Limit]:
    """Yield the limits of reading or writing: capacity, how fast it grows, the busiest key.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    table : Table
        Settings of the table.
    role : str
        read or write, which is also the door.

    Yields
    ------
    Limit
        The gauges `units`, `pace` where it grows, and `hot_key`. [RCU or WCU]
    """
    if not table.is_provisioned:
        yield _growth(facts, role)
        yield _whole_table(facts, role)
    elif maximum_of(table, role) is None:
        yield _provisioned(facts, table, role)
    else:
        yield _tracked(facts, table, role)
        yield _maximum(facts, table, role)
    yield _hot_key(facts, role)


def _provisioned(facts: Facts, table: Table, role: str) -> Limit:
    letter, capacity = role[0], table.provisioned(role)
    is_index = role == "write" and table.index_write_capacity == capacity
    return Limit(
        id=f"dynamodb.provisioned_{letter}cu",
        role=role,
        gauge="units",
        label=f"{role} capacity" + (" of an index" if is_index else ""),
        capacity=capacity,
        minimum=capacity,
        unit=UNITS[role],
        effect="throttled calls, which the SDK repeats",
        remedy="Raise the capacity or let it scale.",
        source_url=facts.quota_row(f"dynamodb.table_{letter}cu").source_url,
        is_adjustable=True,
    )


def _tracked(facts: Facts, table: Table, role: str) -> Limit:
    least = minimum_of(table, role)
    alarm_min = facts.quota("dynamodb.as_scale_out_points")
    return Limit(
        id=f"dynamodb.provisioned_{role[0]}cu",
        role=role,
        gauge="pace",
        label=f"{role} capacity, which follows its use late",
        capacity=least,
        minimum=least,
        unit=UNITS[role],
        effect=f"calls are throttled once the saved units are spent; more capacity comes about "
        f"{alarm_min + ACTION_S / 60.0:g} minutes after use passes its target",
        remedy="Raise the minimum, scale by schedule before the rush, or go on demand.",
        source_url=AUTO_URL,
        is_adjustable=True,
        grows=False,
    )


def _maximum(facts: Facts, table: Table, role: str) -> Limit:
    return Limit(
        id=f"dynamodb.autoscaling_max_{role[0]}cu",
        role=role,
        gauge="units",
        label=f"maximum of the {role} capacity",
        capacity=maximum_of(table, role) or 0.0,
        minimum=minimum_of(table, role),
        unit=UNITS[role],
        effect="throttled calls, which the SDK repeats",
        remedy="Raise the maximum of the scalable target.",
        source_url=AUTO_URL,
        is_adjustable=True,
    )


def _growth(facts: Facts, role: str) -> Limit:
    row = facts.quota_row(f"dynamodb.ondemand_initial_{role[0]}ps")
    return Limit(
        id=row.id,
        role=role,
        gauge="pace",
        label=f"growth of {role}s on demand",
        capacity=facts.quota(row.id),
        minimum=0.0,
        unit=UNITS[role],
        effect="calls are throttled above twice the last peak, within half an hour of it",
        remedy="Raise the table's warm throughput before the rush.",
        source_url=GROWTH_URL,
        grows=False,
    )


def _whole_table(facts: Facts, role: str) -> Limit:
    row = facts.quota_row(f"dynamodb.table_{role[0]}cu")
    return Limit(
        id=row.id,
        role=role,
        gauge="units",
        label=f"{role} capacity",
        capacity=facts.quota(row.id),
        unit=UNITS[role],
        effect="throttled calls, which the SDK repeats",
        remedy="Ask AWS for a higher table quota.",
        source_url=row.source_url,
        is_adjustable=True,
    )


def _hot_key(facts: Facts, role: str) -> Limit:
    row = facts.quota_row(f"dynamodb.partition_{role[0]}cu")
    return Limit(
        id=row.id,
        role=role,
        gauge="hot_key",
        label=f"{role}s of the busiest key",
        capacity=facts.quota(row.id),
        unit=UNITS[role],
        effect="calls for that key are throttled",
        remedy="Spread the key over several (write sharding), or cache its reads.",
        source_url=row.source_url,
    )
