"""API destinations: what EventBridge bills for calls of APIs outside AWS."""

from __future__ import annotations

from apps.engine.catalog.base import Place, Usage


def api_destinations(place: Place) -> float:
    """Return to how many APIs outside AWS a bus or a pipe sends.

    Parameters
    ----------
    place : Place
        Where it stands.

    Returns
    -------
    float
        Links to them. [count]
    """
    targets = (place.neighbours.get(link.target) for link in place.outbound)
    return float(sum(kind is not None and kind.name == "outside_api" for kind in targets))


def api_usage(calls: float) -> tuple[Usage, ...]:
    """Return the line for calls of APIs outside AWS, none where there are none.

    Parameters
    ----------
    calls : float
        Calls in a month, in steps of 64 KB. [count]

    Returns
    -------
    tuple of Usage
        One line, or nothing.
    """
    label, unit = "API destination invocations", "invocation"
    return (Usage("eventbridge.api_destinations", label, unit, calls),) if calls else ()
