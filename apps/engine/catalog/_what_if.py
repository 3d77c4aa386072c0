"""What a kind answers when something is lost, read through, kept for itself or taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from apps.engine.catalog._losses import Loss, What, usual_loss
from apps.engine.catalog._scans import Scanned
from apps.engine.facts import Facts


class WhatIf:
    """The answers of a kind that is spread over a Region and has nothing special about it."""

    __slots__ = ()

    def spared_share(self, facts: Facts, values: Mapping[str, float]) -> float:
        """Return the share of its callers' database reads that are found here. [-]

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.
        values : mapping of str to float
            Values in force of the component.

        Returns
        -------
        float
            Share. [-]
        """
        return values.get("hit_share", 0.0)

    def loses(self, what: What, facts: Facts) -> Loss:
        """Return what the loss of one zone, or of one instance, does to it.

        Parameters
        ----------
        what : {"zone", "instance"}
            What is lost.
        facts : Facts
            Prices, quotas and classes of the scenario's Region.

        Returns
        -------
        Loss
            Time without an answer [s], and share of the servers that is missing [-].
        """
        return usual_loss(what, facts)

    def scanned(
        self, facts: Facts, values: Mapping[str, float], *, on_replica: bool
    ) -> Scanned | None:
        """Return what reading it from end to end asks of it; None where that is not modelled.

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.
        values : mapping of str to float
            Values in force of the component.
        on_replica : bool
            Whether the reader asks a copy that takes no writes.

        Returns
        -------
        Scanned or None
            Calls and units for each MB, and the pace. [MB/s]
        """
        return None

    def reserves(self, quota_id: str) -> float:
        """Return what it keeps for itself of a quota that others draw on. [unit of the quota]

        Parameters
        ----------
        quota_id : str
            Id of a quota of the account.

        Returns
        -------
        float
            What others cannot use. [unit of the quota]
        """
        return 0.0

    def without(self, gauge: str) -> Self:
        """Return the setting that takes a limit away; itself where no setting is that limit.

        Parameters
        ----------
        gauge : str
            Gauge of the limit to take away.

        Returns
        -------
        WhatIf
            The kind itself, or a copy.
        """
        return self
