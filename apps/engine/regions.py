"""Which books of prices count in a Region."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

GLOBAL: Final = "global"
EDGE: Final = "edge:"
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}")

# CloudFront is priced by the place of the viewer. Viewers are taken to be near the Region.
# The longest prefix of the Region's name wins. https://aws.amazon.com/cloudfront/pricing/
_EDGES: Final[Mapping[str, str]] = {
    "us-": "edge:US",
    "ca-": "edge:US",
    "mx-": "edge:US",
    "eu-": "edge:EU",
    "il-": "edge:EU",
    "sa-": "edge:SA",
    "me-": "edge:ZA_ME",
    "af-": "edge:ZA_ME",
    "ap-": "edge:AP",
    "ap-northeast-1": "edge:JP",
    "ap-northeast-3": "edge:JP",
    "ap-southeast-2": "edge:AU",
    "ap-southeast-4": "edge:AU",
    "ap-southeast-6": "edge:AU",
    "ap-south-": "edge:IN",
}


def area_of(edge: str) -> str:
    """Return the word that ends the ids of an edge's prices in a Region that is not near it.

    Parameters
    ----------
    edge : str
        Such as edge:ZA_ME.

    Returns
    -------
    str
        Such as za_me; empty for what is no edge.
    """
    is_edge = edge.startswith(EDGE)
    return edge.removeprefix(EDGE).lower() if is_edge else ""


def is_region(name: str) -> bool:
    """Say whether a name looks like an AWS Region, as `global` and `edge:EU` do not.

    Parameters
    ----------
    name : str
        Such as us-east-1.

    Returns
    -------
    bool
        Whether it has AWS's form.
    """
    return _REGION.fullmatch(name) is not None


def is_price_region(name: str) -> bool:
    """Say whether a book of prices can have a name.

    Parameters
    ----------
    name : str
        A Region, an edge, or what costs the same everywhere.

    Returns
    -------
    bool
        Whether it is one.
    """
    return is_region(name) or name == GLOBAL or name in _EDGES.values()


def price_regions(region: str) -> tuple[str, str, str]:
    """Return the books that price a Region, the one that wins first.

    Parameters
    ----------
    region : str
        Name of the Region.

    Returns
    -------
    tuple[str, str, str]
        The Region, the edges near it, and what costs the same everywhere.

    Examples
    --------
    >>> price_regions("eu-central-1")
    ('eu-central-1', 'edge:EU', 'global')
    """
    return (region, edge_of(region), GLOBAL)


AREAS: Final = tuple(dict.fromkeys(area_of(edge) for edge in _EDGES.values()))


def edge_of(region: str) -> str:
    """Return CloudFront's name for the edges near a Region; edge:US where none is known.

    Parameters
    ----------
    region : str
        Name of the Region.

    Returns
    -------
    str
        Such as edge:EU.
    """
    fits = [prefix for prefix in _EDGES if region.startswith(prefix)]
    return _EDGES[max(fits, key=len)] if fits else "edge:US"
