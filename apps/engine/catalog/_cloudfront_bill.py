"""What CloudFront bills, by the area of the viewers where a usage file says it.

References
----------
.. [1] https://aws.amazon.com/cloudfront/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from apps.engine.catalog._bill import Meters, Usage
from apps.engine.catalog._cloudfront_rows import AREAS, SHIELDS
from apps.engine.catalog._lines import used

# As AWS's pricing page heads its columns.
NAMES: Final[Mapping[str, str]] = {
    "us": "United States, Mexico and Canada",
    "eu": "Europe, Israel and Türkiye",
    "za_me": "South Africa, Kenya, Nigeria and Middle East",
    "sa": "South America",
    "jp": "Japan",
    "au": "Australia and New Zealand",
    "ap": "Asia Pacific",
    "in": "India",
}
# The shield of a usage file that a Region is counted at; the longest prefix wins.
_SHIELD_OF: Final[Mapping[str, str]] = {
    "af-": "europe",
    "ap-": "singapore",
    "ap-northeast-1": "japan",
    "ap-northeast-2": "south_korea",
    "ap-northeast-3": "japan",
    "ap-south-": "india",
    "ap-southeast-2": "australia",
    "ap-southeast-3": "indonesia",
    "ca-": "us",
    "eu-": "europe",
    "il-": "europe",
    "me-": "middle_east",
    "me-south-1": "india",
    "sa-": "south_america",
    "us-": "us",
}


class Traffic(NamedTuple):
    """What passed in a month, where no usage file says it by area."""

    https_requests: float
    sent_gb: float
    origin_gb: float
    note: str


def traffic_lines(meters: Meters, traffic: Traffic) -> Iterator[Usage]:
    """Yield requests and bytes: of each area where given, else of the area near the Region.

    Parameters
    ----------
    meters : Meters
        What is given, by line and area: `transfer_gb.eu`.
    traffic : Traffic
        What a simulation says.

    Yields
    ------
    Usage
        Lines of a bill.
    """
    note = traffic.note
    yield from _by_area(
        meters, "https_requests", "Requests (HTTPS)", "request", traffic.https_requests, note
    )
    yield from used(*_by_area(meters, "http_requests", "Requests (HTTP)", "request", 0.0))
    yield from _by_area(meters, "transfer_gb", "Transfer out", "GB", traffic.sent_gb, note)
    yield from used(
        *_by_area(meters, "origin_transfer_gb", "Transfer to origins", "GB", traffic.origin_gb)
    )


def _by_area(
    meters: Meters, line: str, label: str, unit: str, simulated: float, note: str = ""
) -> Iterator[Usage]:
    given = {area: meters.given.get(f"{line}.{area}", 0.0) for area in AREAS.values()}
    if not any(given.values()):
        yield Usage(f"cloudfront.{line}", label, unit, simulated, note)
        return
    for area, quantity in given.items():
        name = f"{label}, {NAMES[area]}"
        yield from used(Usage(f"cloudfront.{line}.{area}", name, unit, quantity))


def shield_lines(meters: Meters, regions: str, misses: float) -> Iterator[Usage]:
    """Yield the requests that Origin Shield takes on top: what edges elsewhere do not hold.

    Parameters
    ----------
    meters : Meters
        What is given for each place of a shield.
    regions : str
        Regions of the shields, with commas between.
    misses : float
        Requests that the edge does not answer itself, shared by the shields. [count]

    Yields
    ------
    Usage
        A line for each Region.
    """
    places = [region.strip() for region in regions.split(",") if region.strip()]
    for region in places:
        fits = [prefix for prefix in _SHIELD_OF if region.startswith(prefix)]
        place = _SHIELD_OF[max(fits, key=len)] if fits else "us"
        given = meters.given.get(f"shield_requests.{place}")
        yield from used(
            Usage(
                f"cloudfront.origin_shield_requests.{SHIELDS[place]}",
                f"Origin Shield requests ({region})",
                "request",
                misses / len(places) if given is None else given,
                "" if given else "As if all that the edge does not hold passed the shield",
            )
        )


def option_lines(
    meters: Meters, *, has_dedicated_ip: bool, encrypts_fields: bool, log_lines: float
) -> Iterator[Usage]:
    """Yield what is billed beside traffic.

    Parameters
    ----------
    meters : Meters
        What is given.
    has_dedicated_ip : bool
        Whether its certificate has addresses of its own, which cost by the hour.
    encrypts_fields : bool
        Whether some fields of requests are encrypted at the edge.
    log_lines : float
        Lines of real-time logs, where none are given. [count]

    Yields
    ------
    Usage
        Lines of a bill.
    """
    given = meters.given
    certificates = given.get("certificates", 1.0) if has_dedicated_ip else 0.0
    encrypted = given.get("encryption_requests", 0.0) if encrypts_fields else 0.0
    paths, logged = given.get("invalidation_paths", 0.0), given.get("log_lines", log_lines)
    months = certificates * meters.hours / 730.0
    yield from used(
        Usage("cloudfront.invalidation_path", "Invalidation paths", "path", paths),
        Usage(
            "cloudfront.field_level_encryption_requests",
            "Field-level encryption requests",
            "request",
            encrypted,
            "On top of the requests themselves",
        ),
        Usage("cloudfront.realtime_log_lines", "Real-time log lines", "line", logged),
        Usage("cloudfront.dedicated_ip_ssl", "Dedicated IP custom SSL", "month", months),
    )
