"""Storage that grows: the stage and the limit of a store with so much room and no more."""

from __future__ import annotations

from apps.engine.catalog.base import Limit, Place
from apps.engine.stages.room import Room

# The names of the values in force: what one daily user leaves until the end of the time for which
# data is kept, and how long that is.
GROWS_GB, KEEP_DAYS = "grows_gb", "keep_days"
# Requests follow Zipf's law with an exponent of about 0.75, so the most asked for x of all items
# get x^0.25 of the requests. L. Breslau et al., "Web caching and Zipf-like distributions",
# INFOCOM 1999, table 1: 0.64 to 0.83.
_ZIPF = 0.75


def grows(place: Place) -> bool:
    """Say whether the scenario tells how much is stored, and how it grows.

    Parameters
    ----------
    place : Place
        Where the component stands, with the values in force.

    Returns
    -------
    bool
        True where `grows_gb`, which one daily user leaves, is above 0. [GB]
    """
    return place.values.get(GROWS_GB, 0.0) > 0.0


def room_stage(place: Place, room_gb: float) -> tuple[Room, ...]:
    """Return the stage of a store that grows; none where nothing is said of its growth.

    Parameters
    ----------
    place : Place
        Where the component stands, with the values in force.
    room_gb : float
        What the store has room for. [GB]

    Returns
    -------
    tuple of Room
        One stage, or none.
    """
    if not grows(place):
        return ()
    return (
        Room(
            room_gb,
            place.values.get("stored_gb", 0.0),
            place.value(GROWS_GB),
            place.value(KEEP_DAYS),
        ),
    )


def storage_limit(
    place: Place,
    limit_id: str,
    *,
    role: str,
    room_gb: float,
    remedy: str,
    source_url: str,
    check_command: str = "",
) -> tuple[Limit, ...]:
    """Return the limit of a store that grows; none where nothing is said of its growth.

    Parameters
    ----------
    place : Place
        Where the component stands, with the values in force.
    limit_id : str
        Id of the limit.
    role : str
        Door by which the store is written.
    room_gb : float
        What the store has room for. [GB]
    remedy : str
        What to do about it.
    source_url : str
        Page that says how much fits.
    check_command : str, optional
        Command that shows what is stored.

    Returns
    -------
    tuple of Limit
        The limit of the gauge `storage`, or nothing. [GB]
    """
    if not grows(place):
        return ()
    limit = Limit(
        id=limit_id,
        role=role,
        gauge="storage",
        label=f"storage after {place.value(KEEP_DAYS):,.0f} days",
        capacity=room_gb,
        unit="GB",
        effect="what is written is refused until there is room again",
        remedy=remedy,
        source_url=source_url,
        is_adjustable=True,
        check_command=check_command,
    )
    return (limit,)


def fitting_share(room_gb: float, wanted_gb: float) -> float:
    """Return the share of the hits that remain when only a part of what is wanted fits. [-]

    Parameters
    ----------
    room_gb : float
        Memory for items. [GB]
    wanted_gb : float
        Items that are asked for. [GB]

    Returns
    -------
    float
        1 where all fit, else ``(room / wanted)^0.25``. [-]

    Notes
    -----
    Requests follow Zipf's law with an exponent of about 0.75; the items most asked for are those
    that stay.

    References
    ----------
    .. [1] L. Breslau et al., "Web caching and Zipf-like distributions", INFOCOM 1999, table 1.

    Examples
    --------
    >>> fitting_share(2.0, 1.0), round(fitting_share(1.0, 16.0), 3)
    (1.0, 0.5)
    """
    if wanted_gb <= room_gb:
        return 1.0
    return float((room_gb / wanted_gb) ** (1.0 - _ZIPF))
