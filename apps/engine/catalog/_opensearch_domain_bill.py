"""What an OpenSearch domain bills: nodes by the hour, volumes, and warm and cold storage.

https://aws.amazon.com/opensearch-service/pricing/
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from apps.engine.catalog._bill import Meters, Usage
from apps.engine.catalog._commitment import committed, upfront_usage
from apps.engine.catalog._steps import Given, given_lines

TERRAFORM: Final = ("aws_opensearch_domain", "aws_elasticsearch_domain")
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/opensearch_domain
_DEFAULTS: Final[Mapping[str, Any]] = {
    "has_volumes": False,
    "instance_type": "m4.large.search",
    "master_type": "m4.large.search",
    "storage_type": "gp2",
}
IMPLIED: Final = dict.fromkeys(TERRAFORM, _DEFAULTS)
# A gp3 volume has some operations and throughput for nothing, and more of them with its size:
# above 170 GiB so much for each 3 TiB begun.
# https://aws.amazon.com/opensearch-service/pricing/
FREE_IOPS, FREE_IOPS_PER_GIB = 3000, 3
FREE_MIB_S, SMALL_GIB, FREE_MIB_S_PER_PART, PART_GIB = 125, 170, 250, 3072
# AWS keeps what is warm or cold itself, by the size of one copy.
MANAGED: Final = (
    Given("warm_gb", "opensearch.warm_gb_month", "UltraWarm managed storage", "GB-month"),
    Given("cold_gb", "opensearch.cold_gb_month", "Cold storage", "GB-month"),
)


class _Domain(Protocol):
    """What this module needs to know of a domain's settings."""

    @property
    def instance_type(self) -> str: ...
    @property
    def nodes(self) -> int: ...
    @property
    def has_masters(self) -> bool: ...
    @property
    def master_type(self) -> str: ...
    @property
    def masters(self) -> int: ...
    @property
    def has_warm_nodes(self) -> bool: ...
    @property
    def warm_type(self) -> str: ...
    @property
    def warm_nodes(self) -> int: ...
    @property
    def has_volumes(self) -> bool: ...
    @property
    def storage_gb(self) -> int: ...
    @property
    def storage_type(self) -> str: ...
    @property
    def iops(self) -> int | None: ...
    @property
    def throughput_mib_s(self) -> int | None: ...
    @property
    def committed_years(self) -> int | None: ...
    @property
    def payment(self) -> str: ...


def lines(domain: _Domain, meters: Meters) -> Iterator[Usage]:
    """Yield what is billed in a month, whoever comes.

    Parameters
    ----------
    domain : OpensearchDomain
        The settings.
    meters : Meters
        What the component did in a month.

    Yields
    ------
    Usage
        The lines of the bill, each in the unit of its price.
    """
    yield from _nodes(domain, "Data nodes", domain.instance_type, domain.nodes, meters)
    if domain.has_masters:
        managers = (domain.master_type, domain.masters)
        yield from _nodes(domain, "Cluster managers", *managers, meters)
    if domain.has_warm_nodes:
        label = f"UltraWarm nodes ({domain.warm_type})"
        hours = domain.warm_nodes * meters.hours
        yield Usage(f"opensearch.{domain.warm_type}.hour", label, "hour", hours)
    if domain.has_volumes:
        yield from _volumes(domain)
    yield from given_lines(meters, MANAGED)


def _nodes(
    domain: _Domain, label: str, node_type: str, count: int, meters: Meters
) -> Iterator[Usage]:
    """Yield what nodes cost; UltraWarm nodes cannot be reserved, others can."""
    years, payment, price_id = (
        domain.committed_years,
        domain.payment,
        f"opensearch.{node_type}.hour",
    )
    hour = committed(price_id, years, payment)
    yield Usage(hour, f"{label} ({node_type})", "hour", count * meters.hours)
    yield from upfront_usage(price_id, years, payment, count)


def _volumes(domain: _Domain) -> Iterator[Usage]:
    """Yield what the volumes cost; each data node has one."""
    type_, nodes = domain.storage_type, float(domain.nodes)
    label, gb = f"Storage ({type_})", nodes * domain.storage_gb
    yield Usage(f"opensearch.{type_}_gb_month", label, "GB-month", gb)
    iops = _billed_iops(domain)
    if iops:
        label = f"Provisioned IOPS ({type_})"
        yield Usage(f"opensearch.{type_}_iops", label, "IOPS-month", nodes * iops)
    more = _billed_mib_s(domain)
    if more:
        note = "Above what the size includes"
        label = f"Provisioned throughput ({type_})"
        yield Usage(f"opensearch.{type_}_throughput", label, "MBps-month", nodes * more, note)


def _billed_iops(domain: _Domain) -> int:
    """Return the operations of a volume that have a price. [IOPS]"""
    iops = domain.iops or 0
    if domain.storage_type == "io1":
        return iops
    if domain.storage_type != "gp3":
        return 0
    return max(0, iops - max(FREE_IOPS, FREE_IOPS_PER_GIB * domain.storage_gb))


def _billed_mib_s(domain: _Domain) -> int:
    """Return the throughput of a volume that has a price. [MiB/s]"""
    if domain.storage_type != "gp3":
        return 0
    free = FREE_MIB_S
    if domain.storage_gb > SMALL_GIB:
        free = FREE_MIB_S_PER_PART * math.ceil(domain.storage_gb / PART_GIB)
    return max(0, (domain.throughput_mib_s or 0) - free)
