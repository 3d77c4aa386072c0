"""What a link from an API is as a route: verb and path."""

from __future__ import annotations

import re
from collections.abc import Container

from apps.engine.formats.cloudformation.doors import is_read
from apps.engine.formats.cloudformation.write.ground import worded
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.graph import Link

# Code answers every verb; a service is read, or written to.
_ANY = frozenset({"lambda_function", "load_balancer", "lambda_url", "outside_api"})
_ROUTE = re.compile(r"([A-Z]+) (/[A-Za-z0-9_.{}+/-]*)")


def free_routes(
    routes: list[tuple[str, str]], taken: Container[tuple[str, str]], role: str
) -> list[tuple[str, str]]:
    """Return the routes that are free; a path with the door behind it where none is.

    Parameters
    ----------
    routes : list of (str, str)
        Verbs and paths.
    taken : container of (str, str)
        Those that others answer.
    role : str
        The door.

    Returns
    -------
    list of (str, str)
        At least one.
    """
    free = [route for route in routes if route not in taken]
    return free or [(verb, f"{path.rstrip('/')}/{role}") for verb, path in routes[:1]]


def slug(plan: Plan, id_: str) -> str:
    """Return a component's name as a part of a path.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the component.

    Returns
    -------
    str
        Small letters, digits and hyphens.
    """
    return worded(plan.ids[id_], "-").lower()


def routes_of(plan: Plan, link: Link) -> list[tuple[str, str]]:
    """Return verbs and paths of a link: those that it names, else one made of its target.

    Parameters
    ----------
    plan : Plan
        The template so far.
    link : Link
        From an API to what answers.

    Returns
    -------
    list of (str, str)
        At least one.
    """
    named = [_ROUTE.fullmatch(text) for text in str(link.settings.get("route", "")).split(", ")]
    found = [(match[1], match[2].rstrip("/") or "/") for match in named if match]
    if found:
        return found
    kind = plan.kind(link.target)
    verb = "ANY" if kind in _ANY else "GET" if is_read(link.role) else "POST"
    return [(verb, f"/{slug(plan, link.target)}")]
