"""What AWS bills for the capacity of an Aurora cluster: hours of its class, or units."""

from __future__ import annotations

from apps.engine.catalog.base import Usage


def class_usage(family: str, name: str, hours: float, *, is_io_optimized: bool) -> Usage:
    """Return the line of provisioned instances.

    Parameters
    ----------
    family : {"pg", "mysql"}
        Engine, by whose prices the class is billed.
    name : str
        Class of the instances, such as db.r6g.large.
    hours : float
        Hours of all instances over the month. [h]
    is_io_optimized : bool
        Whether the cluster pays more for capacity and nothing for reads and writes.

    Returns
    -------
    Usage
        Under the price that goes with the storage. [h]
    """
    word = "ioopt_hour" if is_io_optimized else "hour"
    return Usage(f"aurora.{family}.{name}.{word}", f"Database instances ({name})", "hour", hours)


def acu_usage(acu_hours: float, *, is_io_optimized: bool) -> Usage:
    """Return the line of Serverless v2 capacity.

    Parameters
    ----------
    acu_hours : float
        Capacity of all instances over the month. [ACU-h]
    is_io_optimized : bool
        Whether the cluster pays more for capacity and nothing for reads and writes.

    Returns
    -------
    Usage
        Under the price that goes with the storage. [ACU-h]
    """
    return Usage(
        "aurora.acu_hour.ioopt" if is_io_optimized else "aurora.acu_hour",
        "Serverless v2 capacity",
        "ACU-h",
        acu_hours,
        "From the CPU of the queries; what stays in memory can keep it higher",
    )
