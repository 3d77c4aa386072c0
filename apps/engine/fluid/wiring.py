"""What one link means: how many calls it makes, and which connections it keeps open."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.catalog.base import Accepts, Kind, Spread
from apps.engine.fluid.blueprint import Blueprint
from apps.engine.fluid.model import Placed
from apps.engine.graph import Link
from apps.engine.stages.base import Call, Hold

# Mean pause before the SDK's second attempt, with its jitter.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
BACKOFF_S = 0.5
# An API asks its authorizer again for each token in five minutes.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
AUTHORIZED = Spread(0.1, 0.02, 1.0, "Once for a token in 5 minutes, which makes ten requests")
# Above this share of hits the misses are too few to carry what all requests cause.
_MOST_HITS = 0.999


def assumed_calls(link: Link, source: Kind, accepts: Accepts) -> Spread:
    """Return the calls for each request of the source, while nobody says how many.

    Parameters
    ----------
    link : Link
        The link, whose settings say whether it comes on top of others.
    source : Kind
        The caller: code, or something that hands each request on.
    accepts : Accepts
        The door that it leads to.

    Returns
    -------
    Spread
        Calls a request, from low to high. [-]
    """
    if source.IS_COMPUTE:
        return accepts.calls
    if link.settings.get("is_kept"):
        return AUTHORIZED
    if link.settings.get("is_extra"):
        return source.EXTRA_CALLS or accepts.calls
    return Spread(1.0, 1.0, 1.0, "One for each")


def calls_of(
    blueprint: Blueprint, component: str, doors: Mapping[tuple[str, str], Placed]
) -> list[tuple[Placed, Call]]:
    """Return the calls that a component makes, with the stage behind each door.

    Parameters
    ----------
    blueprint : Blueprint
        Graph, kinds and values in force.
    component : str
        Id of the caller.
    doors : mapping of (str, str) to Placed
        First stages by component and role.

    Returns
    -------
    list of (Placed, Call)
        In the order of the links; none for dead letters.
    """
    links = [
        link
        for link in blueprint.architecture.outbound(component)
        if (link.target, link.role) in doors and not link.settings.get("dead_letter")
    ]
    spared = _spared(blueprint, links)
    shares = _shares(blueprint, component, links)
    result = []
    for link in links:
        values = blueprint.links[link.key]
        accepts = blueprint.kinds[link.target].ACCEPTS[link.role]
        count = values.calls * shares.get(link.key, 1.0)
        count += _before_cache(link, blueprint.values.get(component, {}))
        if accepts.holds_connection and not blueprint.kinds[link.target].CACHES:
            count *= spared
        is_repeated = blueprint.kinds[component].IS_COMPUTE and not accepts.holds_connection
        target = doors[link.target, link.role]
        p = target.port
        attempts = blueprint.attempts if is_repeated else 1
        slots = (p.inn, p.work, p.response, p.failed, p.retried)
        is_extra = bool(link.settings.get("is_extra"))
        call = Call(*slots, count, values.units, attempts, BACKOFF_S, is_extra)
        result.append((target, call))
    return result


def _before_cache(link: Link, values: Mapping[str, float]) -> float:
    """Return the calls made for requests that the caller's own cache answers, per miss.

    A firewall and code at the edge see each request; the caller's calls are made behind its
    cache.
    """
    hit_share = min(values.get("hit_share", 0.0), _MOST_HITS)
    return float(link.settings.get("viewer_calls") or 0.0) * hit_share / (1.0 - hit_share)


def _spared(blueprint: Blueprint, links: list[Link]) -> float:
    """Return the share of database calls that remain behind the caller's caches."""
    left = 1.0
    for link in links:
        kind = blueprint.kinds[link.target]
        if kind.CACHES:
            left *= 1.0 - kind.spared_share(blueprint.facts, blueprint.values[link.target])
    return left


def _shares(
    blueprint: Blueprint, component: str, links: list[Link]
) -> dict[tuple[str, str, str], float]:
    """Return each link's share of the requests where the component routes them."""
    if not blueprint.kinds[component].ROUTES:
        return {}
    routed = [link for link in links if not link.settings.get("is_extra")]
    weights = {link.key: float(link.settings.get("weight") or 10.0) for link in routed}
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()}


def holds_of(blueprint: Blueprint, link: Link, source: Placed) -> tuple[Hold, ...]:
    """Return the connections that a link keeps open at its target.

    Parameters
    ----------
    blueprint : Blueprint
        Graph, kinds and values in force.
    link : Link
        The link, whose settings may say how long a connection lives.
    source : Placed
        The stage of the caller that makes the calls.

    Returns
    -------
    tuple of Hold
        One, times environments or requests in service; none where nothing is held.
    """
    accepts = blueprint.kinds[link.target].ACCEPTS.get(link.role)
    if accepts is None or not accepts.holds_connection:
        return ()
    is_compute = blueprint.kinds[link.source].IS_COMPUTE
    life = link.settings.get("connection_life") or ("environment" if is_compute else "transaction")
    each = float(link.settings.get("connections") or 1.0)
    if life == "none":
        return ()
    if life == "environment":
        return (Hold(source.port.kept, each, False),)
    if life == "transaction" and is_compute:
        # Held only while the transaction runs, not while the handler computes.
        each *= blueprint.values[link.target].get("transaction_share", 0.5)
    return (Hold(source.port.held, each, True),)
