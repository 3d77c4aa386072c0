"""What a route of an API says of its share of the requests."""

from __future__ import annotations

from typing import Any

# People read more than they write, and delete seldom.
_WEIGHTS = {"GET": 10.0, "POST": 2.0, "PUT": 2.0, "PATCH": 2.0, "DELETE": 0.2}
OTHER_WEIGHT = 10.0
# A connection opens and closes once for some twenty messages.
_PER_CONNECTION = {"$connect": 0.5, "$disconnect": 0.5}


def route_settings(method: str, path: str) -> dict[str, Any]:
    """Return the settings of a link for one route.

    Parameters
    ----------
    method : str
        The HTTP method, ANY for all.
    path : str
        The path of the route.

    Returns
    -------
    dict[str, Any]
        Weight and route of the link.

    Examples
    --------
    >>> route_settings("post", "/orders")
    {'weight': 2.0, 'route': 'POST /orders'}
    """
    verb = method.upper() if method and method != "*" else "ANY"
    verb = "ANY" if verb == "X-AMAZON-APIGATEWAY-ANY-METHOD" else verb
    weight = _PER_CONNECTION.get(path) or _WEIGHTS.get(verb, OTHER_WEIGHT)
    return {"weight": weight, "route": f"{verb} {path}"}


def is_preflight(method: str) -> bool:
    """Return whether a route only answers a browser's question before the request itself.

    Parameters
    ----------
    method : str
        The HTTP method.

    Returns
    -------
    bool
        True for OPTIONS.
    """
    return method.upper() == "OPTIONS"
