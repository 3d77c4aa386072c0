"""What a component loses with a zone, or with one of its instances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from apps.engine.facts import Facts

What = Literal["zone", "instance"]
ZONES = "region.zones"


@dataclass(frozen=True, slots=True)
class Loss:
    """What the loss of a zone, or of one instance, does to a component.

    Nothing answers for `out_s`, or for as long as the fault lasts where that is infinite [s];
    until the fault ends `share` of its servers is missing, and of what stood ready is gone [-].
    """

    out_s: float = 0.0
    share: float = 0.0
    why: str = ""

    @property
    def is_nothing(self) -> bool:
        """Say whether nothing is out and no share is missing."""
        return self.out_s <= 0.0 and self.share <= 0.0


def usual_loss(what: What, facts: Facts) -> Loss:
    """Return what happens to a thing that is spread evenly over the zones of a Region.

    A service of the whole Region, of which no servers are counted, loses nothing by it.

    Parameters
    ----------
    what : str
        A zone, or an instance, of which a kind must say itself what it is.
    facts : Facts
        How many zones a Region has.

    Returns
    -------
    Loss
        A zone's share; nothing for an instance.
    """
    if what == "instance":
        return Loss()
    zones = facts.quota(ZONES)
    return Loss(share=1.0 / zones, why=f"One of {zones:.0f} zones is gone.")


def failing_over(copies: float, out_s: float) -> Loss:
    """Return what happens when the first of several instances is lost.

    Parameters
    ----------
    copies : float
        Instances elsewhere that can take over. [count]
    out_s : float
        Time that a fail-over takes. [s]

    Returns
    -------
    Loss
        That time; for as long as the fault lasts where there is no copy.
    """
    if copies:
        return Loss(out_s, why=f"A copy takes over within {out_s:.0f} s.")
    return Loss(math.inf, why="There is no copy elsewhere that could take over.")
