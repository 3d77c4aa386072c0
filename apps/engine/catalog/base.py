"""What a kind declares: settings, doors, limits, cost lines, templates, scaling, metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._bill import Meters as Meters
from apps.engine.catalog._bill import Usage as Usage
from apps.engine.catalog._bill import UsageKey as UsageKey
from apps.engine.catalog._given import is_meter as is_meter
from apps.engine.catalog._given import read_meter as read_meter
from apps.engine.catalog._given import with_quantities as with_quantities
from apps.engine.catalog._losses import Loss as Loss
from apps.engine.catalog._losses import What as What
from apps.engine.catalog._records import Accepts as Accepts
from apps.engine.catalog._records import Limit as Limit
from apps.engine.catalog._records import Metric as Metric
from apps.engine.catalog._records import ScalingOption as ScalingOption
from apps.engine.catalog._records import Spread as Spread
from apps.engine.catalog._records import about as about
from apps.engine.catalog._scans import Scanned as Scanned
from apps.engine.catalog._settings import InvalidSetting as InvalidSetting
from apps.engine.catalog._settings import check_settings as check_settings
from apps.engine.catalog._settings import setting as setting
from apps.engine.catalog._template import COUNT as COUNT
from apps.engine.catalog._template import FLAG as FLAG
from apps.engine.catalog._template import LENGTH as LENGTH
from apps.engine.catalog._template import MINUTES as MINUTES
from apps.engine.catalog._template import NUMBER as NUMBER
from apps.engine.catalog._template import PATTERN as PATTERN
from apps.engine.catalog._template import PRESENT as PRESENT
from apps.engine.catalog._template import SECONDS as SECONDS
from apps.engine.catalog._template import TEXT as TEXT
from apps.engine.catalog._template import Conversion as Conversion
from apps.engine.catalog._template import Property as Property
from apps.engine.catalog._what_if import WhatIf
from apps.engine.facts import Facts
from apps.engine.graph import Link
from apps.engine.stages.base import Lane


@dataclass(frozen=True, slots=True)
class Place:
    """Where a component stands: its neighbours' links and the values in force. Read only.

    `values` holds the kind's own assumptions by name, as set, imported or assumed.
    """

    id: str
    inbound: tuple[Link, ...]
    outbound: tuple[Link, ...]
    values: Mapping[str, float]
    neighbours: Mapping[str, Kind]

    def value(self, name: str) -> float:
        """Return a value in force.

        Parameters
        ----------
        name : str
            Name of an assumption of the kind.

        Returns
        -------
        float
            The value, in the unit of that assumption.
        """
        return self.values[name]

    def is_entered_by(self, role: str) -> bool:
        """Say whether a link comes in by this door.

        Parameters
        ----------
        role : str
            Role of a door.

        Returns
        -------
        bool
            True where a link of that role comes in.
        """
        return any(link.role == role for link in self.inbound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(WhatIf):
    """One AWS kind. A subclass is a frozen dataclass of settings; an instance is one component.

    A subclass declares; it holds no stepping code. What it does not override is empty.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    service: ClassVar[str]
    source_url: ClassVar[str]
    # The door that unsourced events come in by; empty where nothing can start.
    ENTRY: ClassVar[str] = ""
    # People wait for its answer, so it is judged by the latency target.
    FACES_USERS: ClassVar[bool] = False
    # Its synchronous links are alternatives that share the requests, not a sequence.
    ROUTES: ClassVar[bool] = False
    # Calls for each request on links that come on top of those that it routes, where the template
    # does not say; None: as the door that they lead to says.
    EXTRA_CALLS: ClassVar[Spread | None] = None
    # Its code makes the calls, so it waits for the answer of each door that it calls.
    IS_COMPUTE: ClassVar[bool] = False
    # Users keep connections to it open, and send messages over them.
    KEEPS_SOCKETS: ClassVar[bool] = False
    # It answers browsers that ask before a call to another origin, which counts as a request.
    ANSWERS_PREFLIGHTS: ClassVar[bool] = False
    # It lets what runs in a VPC reach the internet and AWS.
    GIVES_WAY_OUT: ClassVar[bool] = False
    # Its callers borrow the connections of what stands behind; a call's units are time on one.
    SHARES_CONNECTIONS: ClassVar[bool] = False
    # Reads found here spare the calls to databases that hold connections.
    CACHES: ClassVar[bool] = False
    # It watches or protects: it is drawn and billed, and what nothing calls starts nothing.
    WATCHES: ClassVar[bool] = False
    # The doors by which what is kept here is written; empty where nothing is kept.
    STORES: ClassVar[tuple[str, ...]] = ()
    TEMPLATE: ClassVar[tuple[Property, ...]] = ()
    # What a resource type implies while its template is silent, where that is not our default.
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    # Of types that several kinds read: the attribute, and the value of it that means this one.
    ONLY_WITH: ClassVar[Mapping[str, tuple[str, str]]] = {}
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {}
    # The keys of an Infracost usage file that say what it did in a month.
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = ()
    SCALING: ClassVar[tuple[ScalingOption, ...]] = ()
    METRICS: ClassVar[tuple[Metric, ...]] = ()

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def has_unknown_limit(self) -> bool:
        """Say whether something holds it back that nobody has stated, so none is modelled."""
        return False

    @property
    def draws_on(self) -> tuple[str, ...]:
        """Quotas of the account that only some designs draw on, this kind among them."""
        return ()

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        """Return what the kind needs to know and a template does not say, by name.

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.

        Returns
        -------
        mapping of str to Spread
            What is expected, from low to high, each in its unit.
        """
        return {}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        """Return the lanes that the component is made of.

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.
        place : Place
            Where the component stands, with the values in force.

        Returns
        -------
        tuple of Lane
            The stages behind each door, in series.

        Raises
        ------
        NotImplementedError
            If the kind does not say it.
        """
        raise NotImplementedError(self.name)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        """Return one limit for each gauge of each lane.

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.
        place : Place
            Where the component stands, with the values in force.

        Returns
        -------
        tuple of Limit
            Each with its capacity in its own unit.
        """
        return ()

    def ticks_per_day(self) -> float:
        """Return how often a day it starts by itself, whoever comes; 0 for what is called.

        Returns
        -------
        float
            Starts. [1/day]
        """
        return 0.0

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> Kind:
        """Return the smallest setting that holds `uses` (use over limit by role and gauge).

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.
        uses : mapping of (str, str) to float
            Use over limit at the number of users that is asked for. [-]

        Returns
        -------
        Kind
            A copy with larger settings; itself where nothing is above its limit.
        """
        return self

    def billed(self, place: Place) -> Mapping[str, float]:
        """Return what the bill needs to know of the values in force and of the neighbours.

        Parameters
        ----------
        place : Place
            Where the component stands, with the values in force.

        Returns
        -------
        mapping of str to float
            Values by name, which come back as `Meters.values`.
        """
        return place.values

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        """Return what AWS bills for a month; AWS's rounding lives here.

        Parameters
        ----------
        meters : Meters
            What the component did in a month.

        Returns
        -------
        tuple of Usage
            Quantities in the units of the price book. [unit/month]
        """
        return ()
