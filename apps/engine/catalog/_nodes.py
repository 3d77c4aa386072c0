"""Nodes by the names of their types: processors and memory follow from family and size."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.engine.catalog.base import InvalidSetting, Limit

# A type is a family and a size, inside what a service puts around them: `db.r6g.large`.
_TYPE = re.compile(r"(?:^|\.)([a-z]+\d+[a-z-]*)\.(micro|small|medium|(?:\d*x)?large|metal)\b")
# Sizes below xlarge have two processors, larger ones four for each times.
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-type-specifications.html
_SMALL_VCPUS: Mapping[str, float] = {"micro": 2.0, "small": 2.0, "medium": 2.0, "large": 2.0}
_XLARGE_VCPUS = 4.0
_SMALL_GIB: Mapping[str, float] = {"micro": 1.0, "small": 2.0, "medium": 4.0, "large": 8.0}
# GiB beside a processor by the first letter of a family; others are taken for general ones.
_GIB_PER_VCPU: Mapping[str, float] = {"c": 2.0, "m": 4.0, "t": 4.0, "r": 8.0, "i": 8.0, "x": 16.0}
_METAL_VCPUS = 64.0


def check_type(kind_label: str, label: str, node_type: str, like: str) -> None:
    """Refuse what does not look like a type of node.

    Parameters
    ----------
    kind_label : str
        Label of the kind, which the refusal begins with.
    label : str
        Label of the setting.
    node_type : str
        Name of a type.
    like : str
        A valid type, for the refusal to show.

    Raises
    ------
    InvalidSetting
        If the name has no family and size.
    """
    if not _TYPE.search(str(node_type)):
        raise InvalidSetting(
            f"{kind_label}: {label} must be a type such as {like}, not '{node_type}'."
        )


def node_vcpus(node_type: str) -> float:
    """Return the processors of a type by its name. [count]

    Parameters
    ----------
    node_type : str
        Name of a type; one that cannot be read counts as m.large.

    Returns
    -------
    float
        Processors. [vCPU]

    References
    ----------
    .. [1] https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-type-specifications.html

    Examples
    --------
    >>> node_vcpus("m6g.large.search"), node_vcpus("dax.r5.4xlarge")
    (2.0, 16.0)
    """
    _, size = _split(node_type)
    if size in _SMALL_VCPUS:
        return _SMALL_VCPUS[size]
    if size == "metal":
        return _METAL_VCPUS
    return _XLARGE_VCPUS * float(size.removesuffix("xlarge") or 1)


def node_gib(node_type: str) -> float:
    """Return the memory of a type by its name. [GiB]

    Parameters
    ----------
    node_type : str
        Name of a type; one that cannot be read counts as m.large.

    Returns
    -------
    float
        Memory. [GiB]

    Examples
    --------
    >>> node_gib("dax.t3.small"), node_gib("r6g.xlarge.search")
    (2.0, 32.0)
    """
    family, size = _split(node_type)
    if family.startswith("t") and size in _SMALL_GIB:
        return _SMALL_GIB[size]
    return node_vcpus(node_type) * _GIB_PER_VCPU.get(family[0], 4.0)


def _split(node_type: str) -> tuple[str, str]:
    found = _TYPE.search(node_type)
    return (found[1], found[2]) if found else ("m", "large")


def nodes_limit(
    limit_id: str, role: str, vcpus: float, *, check_command: str, source_url: str, label: str
) -> Limit:
    """Return the limit of the processors of some nodes.

    Parameters
    ----------
    limit_id : str
        Id of the limit.
    role : str
        Door of the lane that the processors serve.
    vcpus : float
        Processors of all the nodes. [vCPU]
    check_command : str
        Command that shows what is in force.
    source_url : str
        Page that says so.
    label : str
        What the limit is called in a verdict.

    Returns
    -------
    Limit
        The limit of the gauge `servers`. [vCPU]
    """
    return Limit(
        id=limit_id,
        role=role,
        gauge="servers",
        label=label,
        capacity=vcpus,
        minimum=vcpus,
        unit="vCPU",
        effect="calls wait for a processor until they time out",
        remedy="Take larger nodes or more of them, or ask for less with each call.",
        source_url=source_url,
        is_adjustable=True,
        check_command=check_command,
    )
