"""What differs for SQL Server on RDS: its editions, which come with their licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from apps.engine.catalog._database_classes import Engine, vcpus_of
from apps.engine.catalog.base import InvalidSetting, Limit

# Callers are counted by the engine alone, whatever the class: 32,767 at most.
# https://learn.microsoft.com/en-us/sql/database-engine/configure-windows/
# configure-the-user-connections-server-configuration-option
MOST_CONNECTIONS = 32_767.0
# SQL Server's gp3 volumes are never striped, and end at 16,000 operations a second.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
MOST_GP3_IOPS, UNSTRIPED_GB = 16_000, 399.0
SERVER = Engine("SQL Server", False, 0, "SELECT @@MAX_CONNECTIONS")
_SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")


class Edition(NamedTuple):
    """What an edition's licence allows: processors that it uses, and GB that it stores."""

    label: str
    most_vcpus: float
    most_gb: float
    has_standby: bool


# Cores that an edition uses, two processors each, and the size of a database.
# https://learn.microsoft.com/en-us/sql/sql-server/editions-and-components-of-sql-server-2022
EDITIONS: Mapping[str, Edition] = {
    "sqlserver-ex": Edition("Express", 8.0, 10.0, False),
    "sqlserver-web": Edition("Web", 32.0, 16_384.0, True),
    "sqlserver-se": Edition("Standard", 48.0, 16_384.0, True),
    "sqlserver-ee": Edition("Enterprise", 1e9, 16_384.0, True),
}


def check_standby(label: str, edition: Edition | None) -> None:
    """Refuse a second copy where an edition has none.

    Parameters
    ----------
    label : str
        Label of the kind, which the refusal begins with.
    edition : Edition or None
        None for other engines, which all have one.

    Raises
    ------
    InvalidSetting
        If the edition has none.
    """
    if edition is not None and not edition.has_standby:
        raise InvalidSetting(
            f"{label}: SQL Server {edition.label} has no second copy; "
            "take the Standard edition for one."
        )


def licensed_vcpus(engine: str, vcpus: float) -> float:
    """Return the processors of a class that an engine's licence uses. [count]

    Parameters
    ----------
    engine : str
        Engine of RDS, such as sqlserver-web.
    vcpus : float
        Processors of the class. [vCPU]

    Returns
    -------
    float
        Processors that run queries; all of them for other engines. [vCPU]

    References
    ----------
    .. [1] https://learn.microsoft.com/en-us/sql/sql-server/editions-and-components-of-sql-server-2022
    """
    edition = EDITIONS.get(engine)
    return vcpus if edition is None else min(vcpus, edition.most_vcpus)


def server_connections(capacity: float) -> Limit:
    """Return the limit of the connections, which no class and no parameter group raises.

    Parameters
    ----------
    capacity : float
        Connections that applications can open. [count]

    Returns
    -------
    Limit
        The limit of the gauge `connections`. [connections]
    """
    return Limit(
        id="rds.sqlserver_connections",
        role="query",
        gauge="connections",
        label="connections",
        capacity=capacity,
        unit="connections",
        effect="new connections are refused, and the requests that need one fail",
        remedy="Share connections, or keep fewer of them open for each environment.",
        source_url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_SQLServer.html",
        check_command=SERVER.check_command,
    )


def larger_class(instance_class: str, vcpus: float) -> str:
    """Return the smallest class of the same family with so many processors, at most the largest.

    Parameters
    ----------
    instance_class : str
        Name of the class that is in force.
    vcpus : float
        Processors that are needed. [vCPU]

    Returns
    -------
    str
        Name of a class of the same family.

    Examples
    --------
    >>> larger_class("db.m5.large", 5.0)
    'db.m5.2xlarge'
    """
    family = instance_class.rpartition(".")[0]
    fitting = [size for size in _SIZES if vcpus_of(f"{family}.{size}") >= vcpus]
    return f"{family}.{fitting[0] if fitting else _SIZES[-1]}"
