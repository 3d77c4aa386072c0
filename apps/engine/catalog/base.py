"""What a kind declares: settings, doors, limits, cost lines, templates, scaling, metrics."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

from apps.engine.catalog._bill import Meters as Meters
from apps.engine.catalog._bill import Usage as Usage
from apps.engine.catalog._bill import UsageKey as UsageKey
from apps.engine.catalog._losses import Loss as Loss
from apps.engine.catalog._losses import What as What
from apps.engine.catalog._losses import usual_loss
from apps.engine.catalog._scans import Scanned as Scanned
from apps.engine.catalog._settings import InvalidSetting as InvalidSetting
from apps.engine.catalog._settings import check_settings as check_settings
from apps.engine.catalog._settings import setting as setting
from apps.engine.catalog._template import COUNT as COUNT
from apps.engine.catalog._template import FLAG as FLAG
from apps.engine.catalog._template import MINUTES as MINUTES
from apps.engine.catalog._template import NUMBER as NUMBER
from apps.engine.catalog._template import PATTERN as PATTERN
from apps.engine.catalog._template import PRESENT as PRESENT
from apps.engine.catalog._template import SECONDS as SECONDS
from apps.engine.catalog._template import TEXT as TEXT
from apps.engine.catalog._template import Conversion as Conversion
from apps.engine.catalog._template import Property as Property
from apps.engine.facts import Facts
from apps.engine.graph import Link, Mode
from apps.engine.stages.base import Lane


@dataclass(frozen=True, slots=True)
class Spread:
    """A value that is assumed: what is expected, from low to high, and why."""

    expected: float
    low: float
    high: float
    rule: str = ""
    unit: str = ""

    def scaled(self, factor: float) -> Spread:
        return dataclasses.replace(
            self, expected=self.expected * factor, low=self.low * factor, high=self.high * factor
        )


def about(
    expected: float, *, down: float = 0.5, up: float = 2.0, rule: str = "", unit: str = ""
) -> Spread:
    """Return a spread from `down` to `up` times what is expected.

    Parameters
    ----------
    expected : float
        The middle, in `unit`.
    down : float, optional
        Low over expected. [-]
    up : float, optional
        High over expected. [-]
    rule : str, optional
        Where it is from, for the reader.
    unit : str, optional
        Unit of the value.

    Returns
    -------
    Spread
        From `down × expected` to `up × expected`.
    """
    return Spread(expected, expected * down, expected * up, rule, unit)


@dataclass(frozen=True, slots=True)
class Accepts:
    """A door of a kind: how it may be called, and what a call costs on this side.

    `calls` are the calls per request of the caller while the template does not say; `units`
    what one call takes of the stage's own resource (read units, seconds of CPU).
    `holds_connection` says that a caller keeps a connection open.
    """

    mode: Mode = "sync"
    calls: Spread = Spread(1.0, 0.5, 3.0, "Policies say what may be called, not how often.")
    units: Spread = Spread(1.0, 1.0, 1.0)
    holds_connection: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bound of one gauge of one lane, as verdict, review and live read it."""

    id: str
    role: str
    gauge: str
    label: str
    capacity: float
    unit: str
    effect: str
    remedy: str
    source_url: str
    is_adjustable: bool = False
    check_command: str = ""
    # Its gauge rises with the users; else it says nothing of their number until it is met.
    grows: bool = True
    # What stands ready, and is paid for, while nobody comes.
    minimum: float = 0.0


class ScalingOption(NamedTuple):
    """What AWS can scale by itself on a kind."""

    namespace: str
    dimension: str
    metric: str
    minimum: float
    maximum: float


class Metric(NamedTuple):
    """A CloudWatch series that shows a gauge."""

    namespace: str
    name: str
    statistic: str
    gauge: str


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
        return self.values[name]

    def is_entered_by(self, role: str) -> bool:
        """Say whether a link comes in by this door."""
        return any(link.role == role for link in self.inbound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
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
        """Return what the kind needs to know and a template does not say, by name."""
        return {}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        """Return the lanes that the component is made of."""
        raise NotImplementedError(self.name)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        """Return one limit for each gauge of each lane."""
        return ()

    def spared_share(self, facts: Facts, values: Mapping[str, float]) -> float:
        """Return the share of its callers' database reads that are found here. [-]"""
        return values.get("hit_share", 0.0)

    def ticks_per_day(self) -> float:
        """Return how often a day it starts by itself, whoever comes; 0 for what is called."""
        return 0.0

    def loses(self, what: What, facts: Facts) -> Loss:
        """Return what the loss of one zone, or of one instance, does to it."""
        return usual_loss(what, facts)

    def scanned(
        self, facts: Facts, values: Mapping[str, float], *, on_replica: bool
    ) -> Scanned | None:
        """Return what reading it from end to end asks of it; None where that is not modelled."""
        return None

    def reserves(self, quota_id: str) -> float:
        """Return what it keeps for itself of a quota that others draw on. [unit of the quota]"""
        return 0.0

    def without(self, gauge: str) -> Self:
        """Return the setting that takes a limit away; itself where no setting is that limit."""
        return self

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> Kind:
        """Return the smallest setting that holds `uses` (use over limit by role and gauge)."""
        return self

    def billed(self, place: Place) -> Mapping[str, float]:
        """Return what the bill needs to know of the values in force and of the neighbours."""
        return place.values

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        """Return what AWS bills for a month; AWS's rounding lives here."""
        return ()
