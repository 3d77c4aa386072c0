"""Classes of SQL databases by their names: processors, connections, and the smallest that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from apps.engine.catalog.base import InvalidSetting, Spread
from apps.engine.facts import Facts, InstanceClass

_CLASS = re.compile(r"db\.(([a-z])[a-z0-9-]*)\.([a-z0-9-]+)$")
# A size means the same number of processors in every family but the first; "2xlarge" is two of
# "xlarge".
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
_VCPUS: Mapping[str, float] = {
    "micro": 2.0,
    "small": 2.0,
    "medium": 2.0,
    "large": 2.0,
    "xlarge": 4.0,
    "metal": 64.0,
}
_SINGLE = ("db.t2.micro", "db.t2.small", "db.m1.small", "db.m1.medium", "db.m3.medium")
# Families of the facts by the first letter, for classes that are not among them.
_LIKE: Mapping[str, str] = {"t": "db.t3", "m": "db.m6g", "c": "db.m6g"}
_LARGEST = "db.r6g.16xlarge"
# Processors of a raised class are busy for so much of the time, and no more.
BUSY_SHARE = 0.8


class Engine(NamedTuple):
    """What differs between the engines of SQL."""

    label: str
    is_mysql: bool
    reserved: int
    check_command: str


# Engines of Aurora that are MySQL.
MYSQL_ENGINES = ("aurora-mysql",)
# MariaDB divides the memory by 25,165,760, MySQL by 12,582,880, and MariaDB ends at 12,000.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
MARIADB_SHARE, MARIADB_MOST = 12_582_880 / 25_165_760, 12_000.0
# PostgreSQL keeps three connections for its superuser, and RDS two for itself.
# https://www.postgresql.org/docs/current/runtime-config-connection.html
POSTGRES = Engine("PostgreSQL", False, 5, "SHOW max_connections")
MYSQL = Engine("MySQL", True, 0, "SHOW VARIABLES LIKE 'max_connections'")


def check_class(label: str, instance_class: str) -> None:
    """Refuse what does not look like a database class.

    Parameters
    ----------
    label : str
        Label of the kind, which the refusal begins with.
    instance_class : str
        Name of a class, such as db.t4g.micro.

    Raises
    ------
    InvalidSetting
        If the name is not `db.<family>.<size>`.
    """
    if not _CLASS.match(str(instance_class)):
        raise InvalidSetting(
            f"{label}: Instance class must be a class such as db.t4g.micro, not '{instance_class}'."
        )


def vcpus_of(instance_class: str) -> float:
    """Return the processors of a class by its name. [count]

    Parameters
    ----------
    instance_class : str
        Name of a class; a size that is not known counts as the largest.

    Returns
    -------
    float
        Processors. [vCPU]

    References
    ----------
    .. [1] https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html

    Examples
    --------
    >>> vcpus_of("db.r6g.2xlarge")
    8.0
    """
    if instance_class in _SINGLE:
        return 1.0
    size = instance_class.rpartition(".")[2]
    times = size.removesuffix("xlarge")
    if times.isdigit():
        return _VCPUS["xlarge"] * int(times)
    return _VCPUS.get(size, max(_VCPUS.values()))


def connections_of(facts: Facts, instance_class: str, engine: Engine) -> Spread:
    """Return the connections that a class allows by default, those reserved included.

    AWS's formula counts with the memory that is really left; the estimate does so too, and the
    range reaches up to what the formula gives for the memory on the label.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    instance_class : str
        Name of a class; one that is not known takes the facts of one like it.
    engine : Engine
        The engine, which has a formula of its own.

    Returns
    -------
    Spread
        From 0.9 of the estimate to the formula for the nominal memory. [connections]
    """
    row = row_of(facts, instance_class)
    if engine.is_mysql:
        expected, nominal = row.mysql_max_connections, row.mysql_max_connections_nominal
    else:
        expected, nominal = row.pg_max_connections, row.pg_max_connections_nominal
    count = float(expected or 0)
    origin = f"Default of {instance_class}, by its memory"
    if row.id != instance_class:
        origin += f"; taken for {row.id}, as there are no facts about it"
    return Spread(count, 0.9 * count, max(count, float(nominal or 0)), origin, "connections")


def mariadb_connections(spread: Spread) -> Spread:
    """Return what MariaDB allows by default where MySQL would allow so many.

    Parameters
    ----------
    spread : Spread
        What MySQL allows. [connections]

    Returns
    -------
    Spread
        Half of it, and no more than MariaDB ever allows. [connections]

    References
    ----------
    .. [1] https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    """
    half = spread.scaled(MARIADB_SHARE)
    low, middle, high = (min(x, MARIADB_MOST) for x in (half.low, half.expected, half.high))
    return replace(half, low=low, expected=middle, high=high)


def smallest_class(
    facts: Facts, current: str, engine: Engine, *, vcpus: float, connections: float
) -> str:
    """Return the smallest class that carries both, of the same family where one is enough.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    current : str
        Name of the class that is in force.
    engine : Engine
        The engine, for the connections that a class allows.
    vcpus : float
        Processors that the queries keep busy; a class is filled to `BUSY_SHARE`. [vCPU]
    connections : float
        Connections that callers open, those reserved not included. [count]

    Returns
    -------
    str
        Name of the class; `current` where none is large enough.
    """
    family = current.rpartition(".")[0]
    for families in ((family,), ("db.r6g", "db.r7g")):
        fitting = [
            row
            for row in facts.classes.values()
            if row.id.rpartition(".")[0] in families
            and row.vcpu * BUSY_SHARE >= vcpus
            and connections_of(facts, row.id, engine).expected - engine.reserved >= connections
        ]
        if fitting:
            return min(fitting, key=lambda row: (row.vcpu, row.memory_gib, row.id)).id
    return current


def row_of(facts: Facts, instance_class: str) -> InstanceClass:
    """Return the facts of a class, or of the one with the same letter and size.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    instance_class : str
        Name of a class.

    Returns
    -------
    InstanceClass
        Its facts; else those of the usual family of its letter, else of the largest class.

    Raises
    ------
    InvalidSetting
        If the facts have none of them.
    """
    found = _CLASS.match(instance_class)
    _, letter, size = found.groups() if found else ("", "", "")
    for name in (instance_class, f"{_LIKE.get(letter, 'db.r6g')}.{size}", _LARGEST):
        row = facts.instance_class(name)
        if row is not None:
            return row
    raise InvalidSetting(f"There are no facts about {instance_class}, nor about a class like it.")
