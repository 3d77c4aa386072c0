"""The way out of a VPC: a NAT gateway, or endpoints of the services that are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from apps.engine.catalog.base import Kind, Meters, Usage
from apps.engine.graph import Architecture
from apps.engine.metering import NAT_ZONES, NOT_DRAWN, lacks_way_out

# Gateway endpoints cost nothing.
# https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
FREE_GATEWAYS = frozenset({"s3", "dynamodb"})
# The service of what is not AWS's, which no endpoint reaches.
OUTSIDE = ""


class WayOut(NamedTuple):
    """A way out as it is, and the other one; both are billed from the same meters."""

    component: str
    now: str
    other: str
    meters: Meters
    now_bill: Callable[[Meters], Sequence[Usage]]
    other_bill: Callable[[Meters], Sequence[Usage]]
    note: str


def ways_out(
    architecture: Architecture, kinds: Mapping[str, Kind], meters: Mapping[str, Meters]
) -> Iterator[WayOut]:
    """Yield the NAT gateways of a design, drawn or not, beside endpoints that would do.

    Parameters
    ----------
    architecture : Architecture
        The graph.
    kinds : Mapping[str, Kind]
        Settings by component.
    meters : Mapping[str, Meters]
        What each component did in the month.

    Yields
    ------
    WayOut
        Only where all that is called from inside is a service of AWS with an endpoint.
    """
    services = _called_from_inside(architecture, kinds)
    if not services or OUTSIDE in services:
        return
    needed = sorted(services - FREE_GATEWAYS)
    said = ", ".join(needed) or "S3 and DynamoDB, whose gateway endpoints cost nothing"
    note = f"Endpoints in two zones, of: {said}."
    for name, kind in kinds.items():
        if kind.GIVES_WAY_OUT:
            yield _way(name, kind.usage, meters[name], needed, note)
    if lacks_way_out(architecture, kinds):
        yield _way(NOT_DRAWN, _undrawn, Meters(), needed, note)


def _called_from_inside(architecture: Architecture, kinds: Mapping[str, Kind]) -> set[str]:
    services = set()
    for link in architecture.links:
        accepts = kinds[link.target].ACCEPTS.get(link.role)
        is_inside = accepts is None or accepts.holds_connection
        if getattr(kinds[link.source], "is_in_vpc", False) and not is_inside:
            services.add(kinds[link.target].service)
    return services


def _way(
    component: str,
    now_bill: Callable[[Meters], Sequence[Usage]],
    meters: Meters,
    services: Sequence[str],
    note: str,
) -> WayOut:
    gigabytes = sum(use.quantity for use in now_bill(meters) if use.unit == "GB")

    def endpoints(at: Meters) -> Sequence[Usage]:
        hours = len(services) * NAT_ZONES * at.hours
        return (
            Usage("vpce.hour", "VPC endpoints", "AZ-h", hours),
            Usage("vpce.gb", "Data through endpoints", "GB", gigabytes if services else 0.0),
        )

    return WayOut(component, "NAT gateway", "VPC endpoints", meters, now_bill, endpoints, note)


def _undrawn(meters: Meters) -> Sequence[Usage]:
    return (Usage("nat.hour", "NAT gateway", "hour", NAT_ZONES * meters.hours),)
